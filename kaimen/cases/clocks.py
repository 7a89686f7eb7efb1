"""Promises of a case and of its tasks: starting, pausing, meeting, ending; `due_on` is kept here and only here.

What counts as a first answer: words on how things stand, a question, the answer itself and a signed refusal: each of
them tells the asker something. Taking the case in hand or passing a task on does not.
While the case waits for the asker only FIRST_ANSWER and SOLVED stand still: a call after a bad rating, its
mending and another organisation's task do not depend on the asker.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from kaimen.cases.enums import OPEN_TASKS, PromiseKind
from kaimen.cases.models import Case, Pause, Promise, Task
from kaimen.catalogue.models import Service
from kaimen.foundation.rows import insert_values
from kaimen.foundation.workcalendar import calendar, day_due
from kaimen.logic import deadlines

FIRST_ANSWER_DAYS = 2  # where the list names no service
SOLVE_DAYS = 10
CALL_BACK_DAYS = 1  # 好差评: a bad rating is called back within 1 working day
MENDING_DAYS = 15  # … and mended within 15
RETURN_DAYS = 2  # a wrong unit sends a task back within 2
APPEAL_DAYS = 15
SILENT_DAYS = 5
FEDERATION_AFTER_DAYS = 2

PAUSED_KINDS = frozenset({PromiseKind.FIRST_ANSWER, PromiseKind.SOLVED})


def explain_promise(promise: Promise, today: date | None = None) -> deadlines.Deadline:
    """The days this promise counted and skipped, and why (logic.deadlines)."""
    pauses: Iterable[Pause] = ()
    if promise.case_id and promise.kind in PAUSED_KINDS:
        pauses = Pause.objects.filter(case_id=promise.case_id)
    return _deadline(promise, pauses, today)


def _deadline(promise: Promise, pauses: Iterable[Pause], today: date | None = None) -> deadlines.Deadline:
    over = promise.met_at or promise.ended_at
    until = timezone.localdate(over) if over else None
    counted = [
        deadlines.Pause(pause.started_on, pause.ended_on)
        for pause in pauses
        # what was met is met: a pause that came with the meeting or after it changes nothing any more
        if until is None or pause.started_on < until
    ]
    return deadlines.due(
        promise.started_on, promise.days, calendar(), counted, promise.extension_days, today=today
    )


def new_promise(
    kind: PromiseKind,
    days: int,
    on: date,
    *,
    case: Case | None = None,
    task: Task | None = None,
    round: int = 1,
) -> Promise:
    """An unsaved promise with its due day."""
    return Promise(
        kind=kind, days=days, started_on=on, due_on=day_due(on, days), case=case, task=task, round=round
    )


@dataclass
class NewPromise:
    """A promise of a case that has no key yet."""

    kind: PromiseKind
    days: int
    started_on: date
    due_on: date
    round: int = 1
    met_at: datetime | None = None

    def row(self, case: Case) -> dict[str, Any]:
        return {
            "case_id": case.pk,
            "kind": self.kind,
            "days": self.days,
            "started_on": self.started_on,
            "due_on": self.due_on,
            "round": self.round,
            "met_at": self.met_at,
        }


def case_promises(service: Service | None, on: date, round: int = 1) -> list[NewPromise]:
    """The first answer and the solution, as the service promises or by default."""
    first = service.first_answer_days if service else FIRST_ANSWER_DAYS
    solve = service.solve_days if service else SOLVE_DAYS
    return [
        NewPromise(PromiseKind.FIRST_ANSWER, first, on, day_due(on, first), round),
        NewPromise(PromiseKind.SOLVED, solve, on, day_due(on, solve), round),
    ]


def write_promises(made: Iterable[tuple[Case, Iterable[NewPromise]]]) -> None:
    """Write the promises of cases that have their keys."""
    insert_values(Promise, (promise.row(case) for case, promises in made for promise in promises))


def start_round(case: Case, on: date) -> None:
    """A reopened case promises anew, in the next round."""
    last = case.promises.aggregate(last=Max("round"))["last"] or 0
    write_promises([(case, case_promises(case.service, on, last + 1))])
    refresh_next_due([case.pk], case)


def current_round(case: Case) -> int:
    return case.promises.aggregate(last=Max("round"))["last"] or 1


def pause(case: Case, on: date) -> None:
    """The clocks stand still from the end of this day."""
    Pause.objects.create(case=case, started_on=on)
    recompute(case)


def resume(case: Case, on: date) -> None:
    """The clocks run again from the day after."""
    Pause.objects.filter(case=case, ended_on=None).update(ended_on=on)
    recompute(case)


def recompute(case: Case) -> None:
    """Write anew when the open promises that pause are due."""
    pauses = list(case.pauses.all())
    for promise in open_promises(case).filter(kind__in=PAUSED_KINDS):
        due = _deadline(promise, pauses).due
        if due != promise.due_on:
            Promise.objects.filter(pk=promise.pk).update(due_on=due)
    refresh_next_due([case.pk], case)


def open_promises(case: Case) -> QuerySet[Promise]:
    return Promise.objects.filter(case=case, met_at=None, ended_at=None)


def meet(case: Case, kinds: Iterable[PromiseKind], now: datetime) -> int:
    """The promise is kept (or kept late: `met_at` tells); how many were open."""
    return open_promises(case).filter(kind__in=list(kinds)).update(met_at=now)


def end(case: Case, kinds: Iterable[PromiseKind], now: datetime) -> int:
    """Nobody waits for it any more; it counts neither as kept nor as broken."""
    return open_promises(case).filter(kind__in=list(kinds)).update(ended_at=now)


def refresh_next_due(case_ids: Iterable[int], case: Case | None = None) -> None:
    """Set `next_due_on`: the earliest open promise of the case and of its open tasks. Two reads for any number."""
    ids = list(case_ids)
    is_open = {"met_at": None, "ended_at": None, "due_on__isnull": False}
    own = Promise.objects.filter(case__in=ids, **is_open).order_by().values_list("case")
    through = (
        Promise.objects.filter(task__cases__in=ids, task__state__in=OPEN_TASKS, **is_open)
        .order_by()
        .values_list("task__cases")
    )
    earliest: dict[int, date] = {}
    for pk, due_on in [*own.annotate(first=Min("due_on")), *through.annotate(first=Min("due_on"))]:
        earliest[pk] = min(due_on, earliest.get(pk, due_on))
    by_day: dict[date | None, list[int]] = {}
    for pk in ids:
        by_day.setdefault(earliest.get(pk), []).append(pk)
    for day, pks in by_day.items():
        Case.objects.filter(pk__in=pks).update(next_due_on=day)
    if case is not None:
        case.next_due_on = earliest.get(case.pk)
