"""The calendar of due days: what another program makes of it, and what it must never hold."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from kaimen.cases import actions, feeds
from kaimen.cases.actions import feeding
from kaimen.cases.models import DueFeed
from kaimen.foundation import my_data
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Account, AuditEntry, Role
from tests.cast import World, signed_in

NOW = timezone.now()


def address(person: Any) -> str:
    Account.objects.get_or_create(person=person, defaults={"username": f"p{person.pk}"})
    return feeds.feed_url(feeding.make_feed(by=person, now=NOW)).partition("//")[2].partition("/")[2]


def read(path: str, expect: int = 200) -> Any:
    answer = Client().get(f"/{path}")
    assert answer.status_code == expect
    return answer


def events(path: str) -> dict[str, Any]:
    """By their summary, as another program parses the file."""
    return {str(one["SUMMARY"]): one for one in Calendar.from_ical(read(path).content).walk("VEVENT")}


def test_each_open_promise_is_a_day(park: World) -> None:
    case = park.case("热水没有，电话 13800000009", title="热水,没有;了", now=NOW)
    path = address(park.officer)
    found = events(path)
    assert set(found) == {f"最晚答复 {case.number} 停车", f"最晚办结 {case.number} 停车"}
    promise = case.promises.get(kind="solved")
    event = found[f"最晚办结 {case.number} 停车"]
    assert event["DTSTART"].dt == promise.due_on
    assert event["DTEND"].dt == promise.due_on + timedelta(days=1)
    assert type(event["DTSTART"].dt) is date  # an all-day event
    assert str(event["UID"]).startswith(f"promise-{promise.pk}@")
    assert str(event["URL"]).endswith(f"/desk/{case.number}")
    raw = read(path)
    assert raw["Content-Type"] == "text/calendar; charset=utf-8"
    assert raw["Cache-Control"] == "no-store"
    for private in ("热水", "138", "示例周", "没有"):
        assert private not in raw.content.decode()


def test_lines_are_folded_at_75_octets_and_end_as_the_standard_says(park: World) -> None:
    park.service.name = "外来职工停车、充电；以及,其他\\一切\n换行" * 6
    park.service.save()
    park.case(now=NOW)
    raw = read(address(park.officer)).content
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    assert any(len(line) > 60 for line in lines)
    raw.decode()  # no character is cut in two
    for line in lines:
        line.decode()
    summary = str(next(iter(Calendar.from_ical(raw).walk("VEVENT")))["SUMMARY"])
    assert park.service.name in summary


def test_a_day_that_moves_keeps_its_uid_and_counts_up(park: World) -> None:
    case, path = park.case(now=NOW), address(park.officer)
    name = f"最晚办结 {case.number} 停车"
    before = events(path)[name]
    promise = case.promises.get(kind="solved")
    extension = actions.ask_extension(promise=promise, days=3, reason="等材料", by=park.officer, now=NOW)
    later = NOW + timedelta(minutes=5)
    actions.decide_extension(extension=extension, agree=True, by=park.supervisor, now=later)
    after = events(path)[name]
    assert after["UID"] == before["UID"]
    assert after["DTSTART"].dt > before["DTSTART"].dt
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    actions.ask_for_more(case=park.fresh(case), question="哪个门？", by=park.officer, now=later)
    assert name not in events(path)  # the clock stands still
    actions.answer_case(case=park.fresh(case), text="好了", by=park.officer, now=later)
    assert events(path) == {}


def test_tasks_stand_with_who_does_them_and_who_asked(park: World) -> None:
    cases = [park.case(now=NOW), park.case(now=NOW)]
    task = actions.give_task(
        cases=cases,
        organisation=park.department,
        title="给钱老板打电话",
        detail="看",
        days=3,
        by=park.officer,
        now=NOW,
    )
    path = address(park.handler)
    name = f"交办时限 {cases[0].number} 停车 等 2 件"
    assert set(events(path)) == {name}
    assert name in events(address(park.officer))
    assert events(address(park.colleague)) == {}
    event = events(path)[name]
    actions.accept_task(task=task, by=park.handler, now=NOW + timedelta(minutes=1))
    assert events(path)[name]["SEQUENCE"] > event["SEQUENCE"]
    actions.finish_task(task=task, reply="好", by=park.handler, now=NOW)
    assert events(path) == {}


def test_the_address_is_a_secret_that_can_be_changed(park: World) -> None:
    office = signed_in(Client(), park.officer)
    assert "还没有网址" in office.get("/me/due").content.decode()
    office.post("/me/due", {"do": "make"})
    first = feeds.feed_url(DueFeed.objects.get())
    assert first in office.get("/me/due").content.decode()
    assert first.rpartition("/")[2].removesuffix(".ics") not in str(DueFeed.objects.values().get())
    path = first.partition("//")[2].partition("/")[2]
    read(path)
    assert DueFeed.objects.get().read_at is not None
    office.post("/me/due", {"do": "make"})
    read(path, 404)
    path = feeds.feed_url(DueFeed.objects.get()).partition("//")[2].partition("/")[2]
    read(path)
    office.post("/me/due", {"do": "revoke"})
    read(path, 404)
    assert AuditEntry.objects.filter(verb__startswith="feed.").count() == 3
    for _ in range(20):
        Client().get("/due/guessed.ics")
    read("due/guessed.ics", 429)


def test_who_has_gone_leaves_no_open_address(park: World) -> None:
    path = address(park.officer)
    account = park.officer.account
    account.is_active = False
    account.save()
    read(path, 404)
    account.is_active = True
    account.save()
    read(path)
    Role.objects.filter(person=park.officer, kind=RoleKind.OFFICER).update(active=False)
    read(path, 404)
    park.officer.__dict__.pop("_roles", None)
    my_data.erase(person=park.officer, by=park.officer, now=NOW)
    assert not DueFeed.objects.exists()


@pytest.mark.parametrize("rows", [1, 6])
def test_the_number_of_queries_does_not_grow(park: World, rows: int, django_assert_num_queries: Any) -> None:
    for _ in range(rows):
        case = park.case(now=NOW)
        actions.give_task(
            cases=[case],
            organisation=park.department,
            title="看",
            detail="看",
            days=3,
            by=park.officer,
            now=NOW,
        )
    with django_assert_num_queries(3):
        feeds.calendar_of(park.officer)
