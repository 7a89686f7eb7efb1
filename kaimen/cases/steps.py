"""What every verb does: move by the table, write the step and its audit row, tell who should know."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from kaimen.cases import links
from kaimen.cases.enums import CASE_TRANSITIONS, TASK_TRANSITIONS, Channel, Reader
from kaimen.cases.errors import Moved, NotNow
from kaimen.cases.models import Case, Task, TimelineEntry
from kaimen.foundation import audit, notices
from kaimen.foundation.models import AuditEntry, Person


def move(case: Case, verb: str, **fields: Any) -> None:
    """Take the case along `verb`. `case.state` is what the caller saw: if the database says another, Moved.

    NotNow("not_from_here") when the table has no such way from the state the caller saw.
    """
    allowed, to = CASE_TRANSITIONS[verb]
    if case.state not in allowed:
        raise NotNow("not_from_here", verb=verb, state=str(case.state))
    if not Case.objects.filter(pk=case.pk, state=case.state).update(state=to, **fields):
        raise moved(case)
    case.state = to
    for name, value in fields.items():
        setattr(case, name, value)


def move_task(task: Task, verb: str, **fields: Any) -> None:
    """Take the task along `verb`, as `move` does for a case."""
    allowed, to = TASK_TRANSITIONS[verb]
    if task.state not in allowed:
        raise NotNow("not_from_here", verb=verb, state=str(task.state))
    if not Task.objects.filter(pk=task.pk, state=task.state).update(state=to, **fields):
        state = Task.objects.values_list("state", flat=True).get(pk=task.pk)
        raise Moved(task, state, TimelineEntry.objects.filter(task=task).order_by("at", "pk").last())
    task.state = to
    for name, value in fields.items():
        setattr(task, name, value)


def moved(case: Case) -> Moved:
    """What happened meanwhile, ready to raise."""
    state = Case.objects.values_list("state", flat=True).get(pk=case.pk)
    return Moved(case, state, case.timeline.order_by("at", "pk").last())


def needs_words(text: str) -> None:
    """NotNow("no_words") for nothing but spaces."""
    if not text.strip():
        raise NotNow("no_words")


def as_seen(case: Case, state: str) -> Case:
    """The case as the person saw it when the page was drawn: a verb then raises Moved if it has gone on since."""
    if state:
        case.state = state
    return case


def write(
    cases: Iterable[Case],
    code: str,
    *,
    by: Person | None,
    now: datetime,
    params: Mapping[str, Any] | None = None,
    text: str = "",
    reader: Reader = Reader.ALL,
    task: Task | None = None,
    ids: Mapping[str, Any] | None = None,
) -> None:
    """One line of the timeline and one audit row for each case: two inserts for any number of cases.

    `params` are codes, numbers and names shown in the sentence; `ids` go to the audit (never personal data).
    """
    entries, rows = [], []
    for case in cases:
        entries.append(
            TimelineEntry(
                case=case,
                at=now,
                actor=by,
                code=code,
                params=dict(params or {}),
                text=text,
                reader=reader,
                task=task,
            )
        )
        about = {"task": task.pk} if task else {}
        rows.append(
            AuditEntry(
                actor=by,
                at=now,
                verb=f"case.{code}",
                subject_kind=case._meta.label_lower,
                subject_id=case.pk,
                community_id=case.community_id,
                params={**about, **(ids or {})},
            )
        )
    TimelineEntry.objects.bulk_create(entries)
    AuditEntry.objects.bulk_create(rows)


def audit_task(task: Task, verb: str, by: Person | None, **ids: Any) -> None:
    audit.record(verb=f"task.{verb}", subject=task, by=by, **ids)


def tell_asker(case: Case, code: str, **params: Any) -> None:
    """In the app for who has an account; by text message where we only know a phone; else the link must do."""
    phone = "" if case.asker_id else case.asker_phone
    if code == "received" and case.channel == Channel.IMPORT:
        phone = ""  # a table of old needs must not text everybody in it; they hear when something moves
    if case.asker_id or phone:
        notices.notify(
            person=case.asker,
            code=code,
            link=links.track_path(case),
            sms_to=phone,
            params={"number": case.number, "title": case.title, **params},
        )


def tell_staff(person: Person | None, code: str, case: Case, **params: Any) -> None:
    """Tell an owner or a supervisor about a case."""
    if person is not None:
        notices.notify(
            person=person,
            code=code,
            link=links.desk_path(case),
            params={"number": case.number, "title": case.title, **params},
        )


def tell_owner(case: Case, code: str, by: Person | None = None, /, **params: Any) -> None:
    """Tell the owner, unless the owner did it."""
    if by is None or by.pk != case.owner_id:
        tell_staff(case.owner, code, case, **params)
