"""Lists: the right cases in the right order, in a number of queries that does not grow with them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kaimen.cases import actions, queries
from kaimen.foundation.organisations import add_organisation
from tests.cases.cast import World
from tests.cast import signed_in


def queries_of(read) -> int:
    with CaptureQueriesContext(connection) as asked:
        read()
    return len(asked)


def fill(park: World, n: int) -> None:
    now = timezone.now()
    for number in range(n):
        case = park.case(now=now, words=f"停车位不够{number}", enterprise=park.firm)
        task = actions.give_task(
            cases=[case],
            organisation=park.department,
            title="看",
            detail="",
            days=2,
            by=park.officer,
            now=now,
        )
        actions.ask_extension(promise=task.promises.get(), days=1, reason="忙", by=park.handler, now=now)
        actions.propose_refusal(case=case, clause="1", reason="2", by=park.officer, now=now)


def board(watch: queries.Watch) -> list[list[str]]:
    return [
        [case.owner.name for case in watch.at_risk],
        [extension.asked_by.name for extension in watch.extensions],
        [refusal.case.number for refusal in watch.refusals],
        [load.owner.name for load in watch.loads],
    ]


READS = {
    "desk": lambda w: [(c.owner.name, c.service.name, c.open_tasks) for c in queries.desk(w.officer)[:50]],
    "page of the desk": lambda w: signed_in(Client(), w.officer).get("/desk/").status_code,
    "search": lambda w: [(c.owner.name, c.enterprise.name) for c in queries.search(w.officer, "停车位")[:50]],
    "inbox": lambda w: [
        (t.organisation.name, t.due_on, [c.number for c in t.cases.all()]) for t in queries.inbox(w.handler)
    ],
    "watch": lambda w: board(queries.watch(w.supervisor)),
    "similar": lambda w: [(c.number, how) for c, how in queries.similar_open(w.community, "停车位不够1")],
}


@pytest.mark.parametrize("name", list(READS))
def test_no_list_asks_more_for_more_rows(park: World, name: str) -> None:
    fill(park, 2)
    READS[name](park)  # a person's roles are read once
    few = queries_of(lambda: READS[name](park))
    fill(park, 6)
    assert queries_of(lambda: READS[name](park)) == few
    assert READS[name](park)


def test_a_page_of_one_case_costs_the_same_whatever_happened(park: World) -> None:
    def read() -> None:
        case = queries.case_for(park.officer, number)
        for task in case.tasks.all():
            _ = [task.organisation.name, *task.promises.all()]
        for refusal in case.refusals.all():
            _ = refusal.proposed_by.name
        _ = [(s.actor, s.task and s.task.organisation.name) for s in queries.timeline_of(case, staff=True)]

    case = park.case(now=timezone.now())
    number = case.number
    give = {"organisation": park.department, "title": "看", "detail": "", "days": 2, "by": park.officer}
    actions.give_task(cases=[case], now=timezone.now(), **give)
    actions.propose_refusal(case=case, clause="1", reason="2", by=park.officer, now=timezone.now())
    few = queries_of(read)
    for _ in range(4):
        actions.give_task(cases=[case], now=timezone.now(), **give)
    assert queries_of(read) == few


def test_the_desk_is_ordered_by_what_is_due_and_filtered(park: World) -> None:
    now = timezone.now()
    old = park.case(now=now - timedelta(days=20))
    new = park.case(now=now)
    waiting = park.case(now=now - timedelta(days=1))
    actions.ask_for_more(case=waiting, question="?", by=park.officer, now=now)
    done = park.case(now=now)
    actions.answer_case(case=done, text="好了", by=park.officer, now=now)
    theirs = park.case(now=now, owner=park.colleague, domain=park.domain, channel="phone")
    desk = lambda **filters: list(queries.desk(park.officer, filters))  # noqa: E731 - reads better in one line
    assert desk() == [old, new, waiting]
    assert desk(due="late") == [old]
    assert desk(state="waiting") == [waiting]
    assert desk(state="any", due="") == [done, new, waiting, old]  # years of them: newest first
    assert desk(whose="all", channel="phone") == [theirs]
    assert desk(whose="all", domain="commute") == [old, new, theirs, waiting]
    assert desk(owner=park.colleague.pk) == []
    assert queries.owner_load(park.officer).open == 3
    assert queries.owner_load(park.officer).late == 1
    assert queries.loads([park.officer.pk, park.colleague.pk, park.handler.pk]) == {
        park.officer.pk: 3,
        park.colleague.pk: 1,
        park.handler.pk: 0,
    }


def test_search_finds_by_everything_a_case_says(park: World) -> None:
    case = park.case(words="早班车 A3 路总是不来", place_text="东门岗亭", enterprise=park.firm)
    other = park.case(words="食堂太咸", title="伙食")
    actions.answer_case(case=other, text="换了厨师长", by=park.officer, now=timezone.now())
    find = lambda text: set(queries.search(park.officer, text))  # noqa: E731 - reads better in one line
    assert find("早班车") == {case}
    assert find("a3") == {case}
    assert find("总是 A3") == {case}  # every word, in any order
    assert find("班早") == set()  # a word is its characters in this order
    assert find("岗亭") == find("模具厂") == {case}
    assert find("厨师长") == find("伙食") == {other}
    assert find("示例周") == {case, other}
    assert find(case.number) == {case}
    assert find("KM-2026") == {case, other}
    dotted = park.case(words="差3.5个小时的工资。能不能补？", title="工资")
    assert (
        find("3.5个小时") == find("工资能不能补") == find("工资。能") == {dotted}
    )  # what stands between is no letter
    assert find("5个小") == {dotted}
    assert find("资能") == {dotted}
    assert find("资 工") == {dotted}
    for odd in ("", '"', "*", "a3'--", "NOT", "( OR", "%", "，。"):
        find(odd)  # nothing a person types is a syntax error


def test_a_search_finds_what_somebody_owns_where_they_have_no_role(park: World) -> None:
    other = add_organisation(key="other", name="另一个", kind="community", parent=park.federation, by=None)
    mine, theirs = (
        park.case(words="东门停车位不够", community=other, service=None, owner=owner)
        for owner in (park.officer, park.colleague)
    )
    here = park.case(words="西门停车位不够")
    assert set(queries.search(park.officer, "停车位")) == {mine, here}
    assert list(queries.desk(park.officer, {"text": "停车位", "whose": "all"})) == [here]
    assert theirs not in queries.desk(park.officer, {"text": "停车位", "whose": "mine"})


# what ANALYZE wrote of a house with 100,000 cases and three owners, 96 of 100 closed
OF_A_FULL_HOUSE = {
    ("owner_id", "received_at"): "100000 33334 1",
    ("owner_id", "state", "next_due_on"): "100000 33334 8334 76",
    ("community_id", "received_at"): "100000 100000 1",
    ("community_id", "state", "next_due_on"): "100000 100000 25000 194",
    ("community_id", "domain_id", "received_at"): "100000 100000 8334 1",
}


@pytest.mark.only_on("sqlite", why="PostgreSQL knows how often each state stands there")
@pytest.mark.parametrize("whose", ["mine", "all"])
def test_the_queue_is_read_from_an_index_even_where_states_look_full(park: World, whose: str) -> None:
    """SQLite knows only how many cases a state has on average; told so of a full house it must not read them all."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'cases_case'")
        for name, about in connection.introspection.get_constraints(cursor, "cases_case").items():
            if said := OF_A_FULL_HOUSE.get(tuple(about["columns"])):
                cursor.execute("INSERT INTO sqlite_stat1 VALUES ('cases_case', %s, %s)", [name, said])
        cursor.execute("ANALYZE sqlite_schema")
    told = queries.desk(park.officer, {"whose": whose}).values_list("pk", flat=True).explain()
    assert told.count("AND state=?") == 2, told
    assert "SCAN cases_case" not in told


def test_a_confidential_name_is_not_found(park: World) -> None:
    park.case(confidential=True, asker_name="示例秘")
    assert not list(queries.search(park.officer, "示例秘"))


def test_a_changed_text_is_found_anew_and_no_longer_by_the_old(park: World) -> None:
    case = park.case(title="停车")
    actions.retitle_case(case=case, title="充电桩", by=park.officer, now=timezone.now())
    assert list(queries.search(park.officer, "充电桩")) == [case]
    other = park.case(title="噪音", words="晚上太吵")
    actions.retitle_case(case=other, title="夜里", by=park.officer, now=timezone.now())
    assert list(queries.search(park.officer, "噪音")) == []


def test_similar_open_cases_are_a_hint_from_this_community_alone(park: World) -> None:
    now = timezone.now()
    case = park.case(words="东门停车位不够，晚上没地方停", now=now)
    closed = park.case(words="东门停车位不够", now=now)
    actions.answer_case(case=closed, text="好了", by=park.officer, now=now)
    park.case(words="东门停车位不够，别说是我", confidential=True, now=now)
    park.case(words="食堂太咸了", now=now)
    other = add_organisation(key="other", name="另一个", kind="community", parent=park.federation, by=None)
    park.case(words="东门停车位不够", community=other, service=None, now=now)
    [(found, likeness)] = queries.similar_open(park.community, "东门的停车位不够")
    assert found == case
    assert 0.3 <= likeness <= 1


def test_tasks_without_reply_are_a_filter(park: World) -> None:
    now = timezone.now()
    replied, waited_for = park.case(now=now), park.case(now=now, words="停车位不够")
    park.case(now=now, words="没有交办过")
    for case in (replied, waited_for):
        task = actions.give_task(
            cases=[case],
            organisation=park.department,
            title="看",
            detail="",
            days=2,
            by=park.officer,
            now=now,
        )
        if case == replied:
            actions.accept_task(task=task, by=park.handler, now=now)
            task.refresh_from_db()
            actions.finish_task(task=task, reply="看过了，下周修", by=park.handler, now=now)
    assert [case.pk for case in queries.desk(park.officer, {"state": "tasks"})] == [waited_for.pk]
