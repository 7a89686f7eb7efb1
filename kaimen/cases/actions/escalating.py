"""More time, once and agreed; and what happens by itself when a promise is late."""

from collections import Counter
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from kaimen.cases import clocks, steps
from kaimen.cases.enums import Decision, PromiseKind
from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case, Escalation, Extension, Promise
from kaimen.cases.permissions import check_can_do_task, check_can_handle, check_can_supervise
from kaimen.foundation import notices
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import holders
from kaimen.foundation.workcalendar import calendar
from kaimen.logic.deadlines import overdue_by

from .tasks import tell_handlers

EXTENDABLE: Final = frozenset({PromiseKind.SOLVED, PromiseKind.TASK})
SUPERVISOR, FEDERATION = 1, 2
BATCH: Final = 200


@transaction.atomic
def ask_extension(*, promise: Promise, days: int, reason: str, by: Person | None, now: datetime) -> Extension:
    """Ask for more working days, before the promise is late, at most as many as were promised, once.

    NotNow: "name_needed" (a link without a name cannot ask), "no_extension_for", "promise_over", "already_late",
    "extension_too_long", "extension_once".
    """
    cases = _cases_of(promise)
    if by is None:
        raise NotNow("name_needed")
    _check_asks(promise, cases, by)
    steps.needs_words(reason)
    if promise.met_at or promise.ended_at:
        raise NotNow("promise_over")
    if promise.due_on is not None and promise.due_on < timezone.localdate(now):
        raise NotNow("already_late", due=promise.due_on.isoformat())
    if not 1 <= days <= promise.days:
        raise NotNow("extension_too_long", days=promise.days)
    try:
        with transaction.atomic():
            extension = Extension.objects.create(
                promise=promise, days=days, reason=reason, asked_by=by, asked_at=now
            )
    except IntegrityError as error:
        raise NotNow("extension_once") from error
    params = {"kind": str(promise.kind), "days": days}
    steps.write(cases, "extension_asked", by=by, now=now, params=params, text=reason, task=promise.task)
    for role in holders(RoleKind.SUPERVISOR, cases[0].community).exclude(person=by)[:1]:
        steps.tell_staff(role.person, "extension_to_decide", cases[0], by=by.name, days=days)
    return extension


def _check_asks(promise: Promise, cases: list[Case], by: Person) -> None:
    if promise.kind not in EXTENDABLE or not cases:
        raise NotNow("no_extension_for", kind=str(promise.kind))
    if promise.task is not None:
        check_can_do_task(by, promise.task)
    else:
        check_can_handle(by, cases[0])


@transaction.atomic
def decide_extension(*, extension: Extension, agree: bool, by: Person, now: datetime) -> None:
    """A supervisor other than who asked decides. NotNow: "another_person", "extension_decided", "promise_over"."""
    promise = extension.promise
    cases = _cases_of(promise)
    if by.pk == extension.asked_by_id:
        raise NotNow("another_person")
    check_can_supervise(by, cases[0].community)
    decision = Decision.AGREED if agree else Decision.REFUSED
    fields = {"decision": decision, "decided_by": by, "decided_at": now}
    if not Extension.objects.filter(pk=extension.pk, decision=Decision.PENDING).update(**fields):
        raise NotNow("extension_decided")
    for name, value in fields.items():
        setattr(extension, name, value)
    if agree:
        _lengthen(promise, extension.days, cases)
    params = {
        "kind": str(promise.kind),
        "days": extension.days,
        "due": promise.due_on.isoformat() if promise.due_on else "",
    }
    code = "extension_agreed" if agree else "extension_refused"
    steps.write(cases, code, by=by, now=now, params=params, task=promise.task)
    steps.tell_staff(extension.asked_by, code, cases[0], **params)
    if agree and promise.task is None:
        steps.tell_asker(cases[0], code, **params)


def _lengthen(promise: Promise, days: int, cases: list[Case]) -> None:
    promise.extension_days = days
    due = clocks.explain_promise(promise).due
    still = Promise.objects.filter(pk=promise.pk, met_at=None, ended_at=None)
    if not still.update(extension_days=days, due_on=due):
        raise NotNow("promise_over")
    promise.due_on = due
    clocks.refresh_next_due([case.pk for case in cases])


def escalate_late(*, now: datetime) -> int:
    """Late promises climb by themselves: to the supervisor, and 2 working days on to the federation above; how many.

    Runs in batches, each its own transaction; run again or twice at once, each level is climbed once.
    """
    today = timezone.localdate(now)
    keys = late_keys(today)
    return sum(_climb(keys[n : n + BATCH], today, now) for n in range(0, len(keys), BATCH))


def late_keys(today: date) -> list[int]:
    """Keys of late promises that may still climb: found by the partial index `open_promises`."""
    late = Promise.objects.filter(level__in=(0, SUPERVISOR), due_on__lt=today, met_at=None, ended_at=None)
    return list(late.order_by("level", "due_on").values_list("pk", flat=True))


@transaction.atomic
def _climb(keys: list[int], today: date, now: datetime) -> int:
    above: dict[tuple[int, int], Person | None] = {}
    late_here: Counter[Organisation] = Counter()
    climbed = 0
    for promise in Promise.objects.filter(pk__in=keys).select_related("task__organisation"):
        late = overdue_by(promise.due_on, today, calendar()) if promise.due_on else 0
        if late < 1 or (promise.level == SUPERVISOR and late < clocks.FEDERATION_AFTER_DAYS):
            continue
        cases = _cases_of(promise)
        if not cases:
            continue
        level = promise.level + 1
        key = (cases[0].community_id, level)
        if key not in above:
            above[key] = _person_above(cases[0].community, level)
        to = above[key]
        if to is not None:
            step = _one_level(promise, cases, level, to, late, now)
            climbed += step
            late_here[cases[0].community] += step
    for community, count in late_here.items():
        if count:
            notices.notify_group(
                organisation=community, code="group_late", link="/watch/", params={"count": count}
            )
    return climbed


def _one_level(promise: Promise, cases: list[Case], level: int, to: Person, late: int, now: datetime) -> bool:
    still = Promise.objects.filter(pk=promise.pk, level=promise.level, due_on=promise.due_on)
    if not still.filter(met_at=None, ended_at=None).update(level=level):
        return False
    Escalation.objects.create(promise=promise, level=level, to=to, at=now, working_days_late=late)
    Case.objects.filter(pk__in=[case.pk for case in cases], escalation_level__lt=level).update(
        escalation_level=level
    )
    params = {"kind": str(promise.kind), "days_late": late, "supervisor": to.name}
    if promise.task is not None:
        params |= {"organisation": promise.task.organisation.name, "title": promise.task.title}
    code = "late_supervisor" if level == SUPERVISOR else "late_federation"
    steps.write(cases, code, by=None, now=now, params=params, task=promise.task, ids={"to": to.pk})
    steps.tell_staff(to, code, cases[0], kind=str(promise.kind), days_late=late)
    if promise.task is not None:
        tell_handlers(promise.task, "task_late", days_late=str(late))
    for case in cases:
        steps.tell_owner(case, "late", to, kind=str(promise.kind), days_late=late)
    return True


def _person_above(community: Organisation, level: int) -> Person | None:
    """Level 1: the nearest supervisor; level 2: the nearest one strictly above the community."""
    start = community if level == SUPERVISOR else community.parent
    role = holders(RoleKind.SUPERVISOR, start).first() if start else None
    return role.person if role else None


def _cases_of(promise: Promise) -> list[Case]:
    chosen = Q(pk=promise.case_id) if promise.case_id else Q(tasks=promise.task_id)
    return list(
        Case.objects.filter(chosen).select_related("owner", "community__parent", "asker").order_by("pk")
    )
