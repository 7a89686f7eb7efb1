"""Every verb from every state: what the tables allow goes there and is written down, all else changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from kaimen.cases import actions
from kaimen.cases.enums import CASE_TRANSITIONS, OPEN_STATES, TASK_TRANSITIONS, CaseState, TaskState
from kaimen.cases.models import Case, Task, TimelineEntry
from kaimen.foundation.models import AuditEntry
from tests.cases.cast import MONDAY, World
from tests.cases.stages import case_in, everything, task_in

Verb = Callable[[World, Case], Any]
CASE_VERBS: dict[str, tuple[str, Verb, str]] = {
    # transition: (name, the call, the last line of the timeline)
    "take": ("take_case", lambda w, c: actions.take_case(case=c, by=w.officer, now=MONDAY), "taken"),
    "ask_for_more": (
        "ask_for_more",
        lambda w, c: actions.ask_for_more(case=c, question="哪个门？", by=w.officer, now=MONDAY),
        "asked_more",
    ),
    "answer": (
        "answer_case",
        lambda w, c: actions.answer_case(case=c, text="好了", by=w.officer, now=MONDAY),
        "answered",
    ),
    "close": ("close_case", lambda w, c: actions.close_case(case=c, by=w.officer, now=MONDAY), "closed"),
    "reopen": (
        "reopen_case",
        lambda w, c: actions.reopen_case(case=c, reason="没好", by_asker=False, by=w.officer, now=MONDAY),
        "reopened",
    ),
    "decline": (
        "propose_refusal",
        lambda w, c: actions.propose_refusal(
            case=c, clause="第七条", reason="不行", by=w.officer, now=MONDAY
        ),
        "refusal_proposed",
    ),
}


@pytest.mark.parametrize("state", list(CaseState))
@pytest.mark.parametrize("verb", list(CASE_VERBS))
def test_every_verb_from_every_state(park: World, state: CaseState, verb: str) -> None:
    case = case_in(park, state)
    _name, call, code = CASE_VERBS[verb]
    allowed, to = CASE_TRANSITIONS[verb]
    before = everything()
    if state not in allowed:
        with pytest.raises(actions.NotNow) as stopped:
            call(park, case)
        assert stopped.value.code == "not_from_here"
        assert everything() == before
        return
    call(park, case)
    # a proposed refusal waits for the second signature; every other verb arrives
    assert park.fresh(case).state == (state if verb == "decline" else to)
    assert TimelineEntry.objects.filter(case=case).order_by("at", "pk").last().code == code
    assert AuditEntry.objects.filter(subject_id=case.pk).last().verb == f"case.{code}"


def test_no_transition_is_left_untested() -> None:
    assert {*CASE_VERBS, "resume"} == set(CASE_TRANSITIONS)  # resume: supply_more below


@pytest.mark.parametrize("state", list(CaseState))
def test_the_asker_adds_to_open_cases_and_wakes_a_waiting_one(park: World, state: CaseState) -> None:
    case = case_in(park, state)
    before = everything()
    if state not in OPEN_STATES:
        with pytest.raises(actions.NotNow, match="closed"):
            actions.supply_more(case=case, text="东门", by=None, now=MONDAY)
        assert everything() == before
        return
    actions.supply_more(case=case, text="东门", by=None, now=MONDAY)
    assert park.fresh(case).state == (CaseState.IN_HAND if state == CaseState.WAITING else state)


TASK_VERBS: dict[str, tuple[Callable[[World, Task], Any], str]] = {
    "accept": (lambda w, t: actions.accept_task(task=t, by=w.handler, now=MONDAY), "task_accepted"),
    "finish": (lambda w, t: actions.finish_task(task=t, reply="好", by=w.handler, now=MONDAY), "task_done"),
    "return": (
        lambda w, t: actions.return_task(task=t, reason="不归", by=w.handler, now=MONDAY),
        "task_returned",
    ),
    "cancel": (lambda w, t: actions.cancel_task(task=t, by=w.officer, now=MONDAY), "task_cancelled"),
}


@pytest.mark.parametrize("state", list(TaskState))
@pytest.mark.parametrize("verb", list(TASK_TRANSITIONS))
def test_every_task_verb_from_every_state(park: World, state: TaskState, verb: str) -> None:
    task = task_in(park, state)
    call, code = TASK_VERBS[verb]
    allowed, to = TASK_TRANSITIONS[verb]
    before = everything()
    if state not in allowed:
        with pytest.raises(actions.NotNow, match="not_from_here"):
            call(park, task)
        assert everything() == before
        return
    call(park, task)
    assert Task.objects.get(pk=task.pk).state == to
    assert TimelineEntry.objects.filter(task=task).order_by("at", "pk").last().code == code
    assert AuditEntry.objects.filter(verb=f"task.{verb}", subject_id=task.pk).exists()


@pytest.mark.parametrize("state", list(CaseState))
def test_tasks_are_given_for_open_cases_only(park: World, state: CaseState) -> None:
    case = case_in(park, state)
    before = everything()
    asked = {
        "organisation": park.department,
        "title": "看看",
        "detail": "",
        "days": 2,
        "by": park.officer,
        "now": MONDAY,
    }
    if state not in OPEN_STATES:
        with pytest.raises(actions.NotNow, match="closed"):
            actions.give_task(cases=[case], **asked)
        assert everything() == before
        return
    actions.give_task(cases=[case], **asked)
    assert park.fresh(case).state in {CaseState.IN_HAND, CaseState.WAITING}


@pytest.mark.parametrize("seen", list(CaseState))
@pytest.mark.parametrize("state", list(CaseState))
def test_what_the_second_saw_is_not_what_is(park: World, seen: CaseState, state: CaseState) -> None:
    """Whoever acts on an old page is told what happened, and changes nothing."""
    case = case_in(park, state)
    if seen == state or seen not in CASE_TRANSITIONS["answer"][0]:
        return
    before = everything()
    with pytest.raises(actions.Moved) as moved:
        actions.answer_case(case=actions.as_seen(case, seen), text="好了", by=park.colleague, now=MONDAY)
    assert moved.value.state == state
    assert moved.value.last.case_id == case.pk
    assert everything() == before
