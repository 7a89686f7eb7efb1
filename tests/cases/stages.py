"""Brings a case or a task into any state, only by the verbs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from kaimen.cases import actions
from kaimen.cases.enums import CaseState, TaskState
from kaimen.cases.models import Case, Promise, Refusal, Task, TimelineEntry
from kaimen.foundation.models import AuditEntry, Delivery, Notice
from tests.cases.cast import MONDAY, World


def case_in(world: World, state: CaseState, now: datetime = MONDAY) -> Case:
    case = world.case(now=now)
    return world.fresh(_WAYS[state](world, case, now) or case)


def _answered(world: World, case: Case, now: datetime) -> None:
    actions.answer_case(case=case, text="划了 20 个新车位。", by=world.officer, now=now)


def _closed(world: World, case: Case, now: datetime) -> None:
    _answered(world, case, now)
    actions.close_case(case=case, by=world.officer, now=now)


def _reopened(world: World, case: Case, now: datetime) -> None:
    _answered(world, case, now)
    actions.reopen_case(case=case, reason="还是没有", by_asker=False, by=world.officer, now=now)


def declined(world: World, case: Case, now: datetime = MONDAY) -> Refusal:
    refusal = actions.propose_refusal(
        case=case,
        clause="《办法》第七条",
        reason="不归社区管",
        other_way="去找房东",
        by=world.officer,
        now=now,
    )
    actions.sign_refusal(refusal=refusal, agree=True, by=world.supervisor, now=now)
    return refusal


_WAYS: dict[CaseState, Callable[[World, Case, datetime], Any]] = {
    CaseState.RECEIVED: lambda w, c, n: None,
    CaseState.IN_HAND: lambda w, c, n: actions.take_case(case=c, by=w.officer, now=n),
    CaseState.WAITING: lambda w, c, n: actions.ask_for_more(case=c, question="哪个门？", by=w.officer, now=n),
    CaseState.ANSWERED: _answered,
    CaseState.CLOSED: _closed,
    CaseState.REOPENED: _reopened,
    CaseState.DECLINED: lambda w, c, n: declined(w, c, n) and None,
}


def task_in(world: World, state: TaskState, now: datetime = MONDAY) -> Task:
    task = actions.give_task(
        cases=[world.case(now=now)],
        organisation=world.department,
        title="看看能划几个",
        detail="东门两侧",
        days=3,
        by=world.officer,
        now=now,
    )
    ways: dict[TaskState, Callable[[], None]] = {
        TaskState.ASKED: lambda: None,
        TaskState.ACCEPTED: lambda: actions.accept_task(task=task, by=world.handler, now=now),
        TaskState.DONE: lambda: actions.finish_task(task=task, reply="20 个", by=world.handler, now=now),
        TaskState.RETURNED: lambda: actions.return_task(
            task=task, reason="不归我们", by=world.handler, now=now
        ),
        TaskState.CANCELLED: lambda: actions.cancel_task(task=task, by=world.officer, now=now),
    }
    ways[state]()
    return Task.objects.get(pk=task.pk)


def everything() -> dict[str, list[Any]]:
    """All that a verb may write: equal before and after means that nothing was."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Case, Task, Promise, Refusal, TimelineEntry, AuditEntry, Notice, Delivery)
    }
