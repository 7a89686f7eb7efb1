"""Promises: paused while waiting, met by what counts as an answer, lengthened once and by two people."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as fast
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kaimen.cases import actions, clocks
from kaimen.cases.models import Case, Promise
from kaimen.foundation.workcalendar import calendar
from kaimen.logic.deadlines import workdays_between
from tests.cases.cast import MONDAY, World, at, world
from tests.cases.stages import case_in, declined, task_in


def due(case: Case, kind: str) -> date | None:
    return case.promises.filter(kind=kind).latest("round").due_on


def test_waiting_for_the_asker_stops_the_clock_and_the_answer_starts_it(park: World) -> None:
    case = park.case()
    assert due(case, "solved") == date(2026, 3, 16)
    actions.ask_for_more(case=case, question="哪个门？", by=park.officer, now=at("2026-03-03"))
    assert due(case, "solved") is None
    assert park.fresh(case).next_due_on is None
    actions.supply_more(case=case, text="东门", by=None, now=at("2026-03-09"))
    assert due(case, "solved") == date(2026, 3, 20)  # 4, 5, 6 and 9 March were not counted
    assert park.fresh(case).next_due_on == date(2026, 3, 20)
    shown = clocks.explain_promise(case.promises.get(kind="solved"))
    assert [day.date.day for day in shown.skipped if day.code == "paused"] == [4, 5, 6, 9]


def test_a_question_is_a_first_answer_but_taking_and_passing_on_are_not(park: World) -> None:
    case = park.case()
    actions.take_case(case=case, by=park.officer, now=MONDAY)
    actions.give_task(
        cases=[case], organisation=park.department, title="看", detail="", days=3, by=park.officer, now=MONDAY
    )
    assert case.promises.get(kind="first_answer").met_at is None
    actions.ask_for_more(case=case, question="哪个门？", by=park.officer, now=at("2026-03-03"))
    met = case.promises.get(kind="first_answer")
    assert met.met_at == at("2026-03-03") == park.fresh(case).first_answered_at
    assert met.due_on == date(2026, 3, 4)  # met is met: the pause moves it no more
    assert clocks.explain_promise(met).due == date(2026, 3, 4)


def test_an_answer_meets_both_and_a_signed_no_ends_the_solution(park: World) -> None:
    answered, refused = park.case(), park.case()
    actions.answer_case(case=answered, text="好了", by=park.officer, now=MONDAY)
    declined(park, refused)
    assert not clocks.open_promises(answered).exists()
    assert park.fresh(answered).next_due_on is None
    assert [(p.met_at is not None, p.ended_at is not None) for p in refused.promises.all()] == [
        (True, False),
        (False, True),
    ]


def test_a_reopened_case_promises_anew(park: World) -> None:
    case = case_in(park, "answered")
    actions.reopen_case(case=case, reason="没好", by_asker=True, by=None, now=at("2026-03-10"))
    assert [(p.kind, p.round, p.due_on.day) for p in clocks.open_promises(case)] == [
        ("first_answer", 2, 12),
        ("solved", 2, 24),
    ]
    assert park.fresh(case).next_due_on == date(2026, 3, 12)


def test_the_desk_orders_by_the_earliest_of_case_and_open_tasks(park: World) -> None:
    case = park.case(service=None)
    task = actions.give_task(
        cases=[case], organisation=park.department, title="看", detail="", days=1, by=park.officer, now=MONDAY
    )
    assert park.fresh(case).next_due_on == date(2026, 3, 3)
    actions.finish_task(task=task, reply="好", by=park.handler, now=MONDAY)
    assert park.fresh(case).next_due_on == date(2026, 3, 4)


def test_more_time_once_and_agreed_by_another(park: World) -> None:
    case = park.case()
    promise = case.promises.get(kind="solved")
    ask = {"promise": promise, "reason": "等材料", "by": park.supervisor, "now": MONDAY}
    with pytest.raises(actions.NotNow, match="extension_too_long"):
        actions.ask_extension(days=11, **ask)
    extension = actions.ask_extension(days=5, **ask)
    with pytest.raises(actions.NotNow, match="another_person"):
        actions.decide_extension(extension=extension, agree=True, by=park.supervisor, now=MONDAY)
    actions.decide_extension(extension=extension, agree=True, by=park.deputy_supervisor, now=MONDAY)
    promise.refresh_from_db()
    assert promise.due_on == date(2026, 3, 23)
    with pytest.raises(actions.NotNow, match="extension_once"):
        actions.ask_extension(days=1, **ask)
    with pytest.raises(actions.NotNow, match="extension_decided"):
        actions.decide_extension(extension=extension, agree=False, by=park.deputy_supervisor, now=MONDAY)


def test_a_refused_extension_lengthens_nothing(park: World) -> None:
    promise = park.case().promises.get(kind="solved")
    extension = actions.ask_extension(promise=promise, days=5, reason="忙", by=park.officer, now=MONDAY)
    actions.decide_extension(extension=extension, agree=False, by=park.supervisor, now=MONDAY)
    promise.refresh_from_db()
    assert (promise.due_on, promise.extension_days) == (date(2026, 3, 16), 0)


@pytest.mark.parametrize("kind", ["first_answer", "call_back", "mending"])
def test_only_a_solution_or_a_task_can_take_longer(park: World, kind: str) -> None:
    case = case_in(park, "answered")
    actions.rate_case(case=case, score=1, solved="no", by=None, now=MONDAY)
    with pytest.raises(actions.NotNow, match="no_extension_for"):
        actions.ask_extension(
            promise=case.promises.get(kind=kind), days=1, reason="忙", by=park.officer, now=MONDAY
        )


def test_no_extension_once_it_is_late_or_over(park: World) -> None:
    promise = park.case().promises.get(kind="solved")
    with pytest.raises(actions.NotNow, match="already_late"):
        actions.ask_extension(promise=promise, days=1, reason="忙", by=park.officer, now=at("2026-03-17"))
    task = task_in(park, "done")
    with pytest.raises(actions.NotNow, match="promise_over"):
        actions.ask_extension(promise=task.promises.get(), days=1, reason="忙", by=park.handler, now=MONDAY)
    with pytest.raises(actions.NotNow, match="name_needed"):
        actions.ask_extension(promise=task.promises.get(), days=1, reason="忙", by=None, now=MONDAY)


class Pauses(TestCase):
    """Whatever waiting there was: a due day is a working day, and exactly the promised days were counted."""

    @fast(max_examples=40, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 12)), max_size=4), st.integers(0, 500))
    def test_pauses_cost_the_working_days_they_lasted(self, waits: list[tuple[int, int]], start: int) -> None:
        park = world()
        now = at("2025-01-02") + timedelta(days=start)
        case = park.case(now=now)
        waited = 0
        for before, lasted in waits:
            now += timedelta(days=before)
            actions.ask_for_more(case=case, question="?", by=park.officer, now=now)
            asked = now
            now += timedelta(days=lasted)
            actions.supply_more(case=case, text="!", by=None, now=now)
            waited += workdays_between(asked, now, calendar())
        promise = Promise.objects.get(case=case, kind="solved")
        shown = clocks.explain_promise(promise)
        assert promise.due_on == shown.due
        assert len(shown.counted) == 10
        assert calendar().is_workday(promise.due_on)
        paused = sum(1 for day in shown.skipped if day.code == "paused")
        assert paused <= waited
        assert workdays_between(promise.started_on, promise.due_on, calendar()) == 10 + paused
        if promise.due_on >= now.date():
            assert paused == waited
