"""发文字号: every official paper has one, none is given twice, and what is missing is named (GB/T 9704-2012, 7.2.5)."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from kaimen.letters import actions, heads, wording
from kaimen.letters.actions.making import make_slice
from kaimen.letters.errors import NotNow
from kaimen.letters.models import IssuedNumber, Letterhead, Mailing
from kaimen.letters.sheets import Writer
from tests.cast import MONDAY, World, world
from tests.letters.cast import TEXT, made, mailing, the

PATTERN = "{代字}发〔{年}〕{号}号"


def official(park: World, number: str = PATTERN, **more: Any) -> Mailing:
    return mailing(park, text=TEXT | {"number": number}, **{"kind": "official"} | more)


def issue(park: World, number: str = PATTERN, now: datetime = MONDAY) -> str:
    """Make one official paper; the number that stands on it."""
    found = official(park, number, now=now)
    report = actions.check_mailing(mailing=found, by=park.supervisor, now=now)
    assert not report["blocks"], report["words"]
    actions.make_letters(mailing=found, by=park.supervisor, now=now)
    found.refresh_from_db()
    return Writer(found, now).sheet(the(found)).number


def give_code(park: World, code: str = "示例工") -> None:
    actions.change_head(organisation=park.community, code=code, lines="", by=park.supervisor, now=MONDAY)


def words_against(found: Mailing, park: World, now: datetime = MONDAY) -> list[str]:
    report = actions.check_mailing(mailing=found, by=park.supervisor, now=now)
    assert report["blocks"] == bool(report["words"])
    return [problem[1] for problem in report["words"]]


def test_numbers_are_counted_for_each_office_and_year(park: World) -> None:
    give_code(park)
    year = MONDAY.year
    assert [issue(park), issue(park)] == [f"示例工发〔{year}〕1号", f"示例工发〔{year}〕2号"]
    assert issue(park, "{代字}函〔{年}〕{号}号") == f"示例工函〔{year}〕1号", (
        "another kind of paper, another count"
    )
    assert issue(park, now=MONDAY.replace(year=year + 1)) == f"示例工发〔{year + 1}〕1号"


def test_a_number_written_by_hand_is_kept_once_and_the_count_goes_on_behind_it(park: World) -> None:
    give_code(park)
    year = MONDAY.year
    assert issue(park, f"示例工发[{year}] 7 号") == f"示例工发〔{year}〕7号"
    assert words_against(official(park, f"示例工发〔{year}〕7号"), park) == ["number_taken"]
    assert issue(park) == f"示例工发〔{year}〕8号"


@pytest.mark.parametrize(
    ("number", "code", "named"),
    [
        ("", "示例工", "number_missing"),
        (PATTERN, "", "number_no_code"),
        ("示例工发2026-3", "示例工", "number_year"),
        ("{代字}发〔{年}〕{序号}号", "示例工", "number_field"),
    ],
)
@pytest.mark.parametrize("kind", ["official", "motion", "reply"])
def test_an_official_paper_without_its_number_is_not_made_and_the_field_is_named(
    park: World, kind: str, number: str, code: str, named: str
) -> None:
    give_code(park, code)
    found = official(park, number, kind=kind)
    (problem,) = actions.check_mailing(mailing=found, by=park.supervisor, now=MONDAY)["words"]
    assert problem[:2] == ["number", named]
    assert wording.text_problem(*problem).startswith("发文字号：")
    with pytest.raises(NotNow, match="not_checked"):
        actions.make_letters(mailing=found, by=park.supervisor, now=MONDAY)


def test_other_papers_need_none(park: World) -> None:
    found = made(park, text=TEXT | {"number": PATTERN})  # its template was an official one before
    assert Writer(found, MONDAY).sheet(the(found)).number == ""
    assert not IssuedNumber.objects.exists()


def test_a_certificate_has_a_number_of_its_own_for_each(park: World) -> None:
    found = mailing(park, kind="certificate", text=TEXT | {"number": "证书编号 {编号}"})
    assert words_against(found, park) == []
    assert Writer(found, MONDAY).sheet(the(found, 2)).number == f"证书编号 {found.pk}-0002"
    assert words_against(mailing(park, kind="certificate", text=TEXT | {"number": "{没有}"}), park) == [
        "unknown"
    ]


def test_a_draft_leaves_its_place_open_and_counts_nothing(park: World) -> None:
    give_code(park)
    found = official(park)
    assert words_against(found, park) == []
    assert Writer(found, MONDAY).sheet(the(found)).number == f"示例工发〔{MONDAY.year}〕\u3000号"
    assert not IssuedNumber.objects.exists()


def test_a_stopped_one_goes_on_with_its_number(park: World) -> None:
    give_code(park)
    found = made(park, kind="official", text=TEXT | {"number": PATTERN})
    actions.stop_mailing(mailing=found, by=park.supervisor, now=MONDAY)
    give_code(park, "示例另")
    actions.make_letters(mailing=found, by=park.supervisor, now=MONDAY)
    make_slice(pk=found.pk, now=MONDAY)
    found.refresh_from_db()
    assert found.text["number"] == f"示例工发〔{MONDAY.year}〕1号" == str(IssuedNumber.objects.get())


def test_what_was_changed_since_the_look_through_stops_the_making(park: World) -> None:
    give_code(park)
    found, other = official(park, "示例工发〔2026〕3号"), official(park, "示例工发〔2026〕3号")
    for one in (found, other):
        assert words_against(one, park) == []
    actions.make_letters(mailing=found, by=park.supervisor, now=MONDAY)
    with pytest.raises(NotNow, match="number_taken"):
        actions.make_letters(mailing=other, by=park.supervisor, now=MONDAY)
    other.refresh_from_db()
    assert other.state == "checked" and IssuedNumber.objects.count() == 1


def test_the_database_holds_a_number_once_and_keeps_it_when_the_papers_are_gone(park: World) -> None:
    give_code(park)
    issue(park)
    kept = IssuedNumber.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedNumber.objects.create(
            organisation=park.community, code=kept.code, year=kept.year, serial=kept.serial, at=MONDAY
        )
    Mailing.objects.all().delete()
    assert issue(park) == f"示例工发〔{MONDAY.year}〕2号"


def test_who_sends_for_an_organisation_writes_its_code(park: World) -> None:
    for person in (park.officer, park.chair, park.worker):
        with pytest.raises(PermissionDenied):
            actions.change_head(organisation=park.community, code="示例", lines="", by=person, now=MONDAY)
    with pytest.raises(NotNow, match="code_wrong"):
        give_code(park, "示例1〔")
    give_code(park, " 示例工 ")
    give_code(park, "示例工")
    assert heads.code_of(park.community) == "示例工" and Letterhead.objects.count() == 1


@pytest.mark.parametrize("number", ["示例工发2026-3", "{代字}发〔{年}〕第{号}号", "{代字}发〔{年}〕{号号"])
def test_a_template_with_a_number_against_the_standard_is_not_kept(park: World, number: str) -> None:
    with pytest.raises(NotNow) as no:
        actions.add_template(
            community=park.community,
            kind="official",
            text=TEXT | {"number": number},
            by=park.supervisor,
            now=MONDAY,
        )
    assert no.value.code in {"number_wrong", "template_wrong"}
    assert wording.not_now(no.value)


def test_the_day_is_that_of_the_house_not_of_greenwich(park: World) -> None:
    give_code(park)
    new_year = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # 1:00 on January 1st in Ningbo
    assert issue(park, now=new_year) == "示例工发〔2027〕1号"


@pytest.mark.django_db(transaction=True)
def test_papers_begun_at_once_have_different_numbers(transactional_db: None) -> None:
    """Real threads, each with its own connection: about a second."""
    park = world()
    give_code(park)
    drafts = [official(park) for _n in range(6)]
    for one in drafts:
        assert words_against(one, park) == []
    start = threading.Barrier(len(drafts))

    def begin(one: Mailing) -> None:
        start.wait()
        actions.make_letters(mailing=one, by=park.supervisor, now=MONDAY)
        connection.close()

    threads = [threading.Thread(target=begin, args=(one,)) for one in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    serials = IssuedNumber.objects.order_by("serial").values_list("serial", flat=True)
    assert list(serials) == [1, 2, 3, 4, 5, 6]
    said = {one.text["number"] for one in Mailing.objects.all()}
    assert len(said) == 6
