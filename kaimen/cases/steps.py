"""What every verb does: move by the table, write the step and its audit row, tell who should know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kaimen.cases import links
from kaimen.cases.enums import CASE_TRANSITIONS, TASK_TRANSITIONS, Channel, Reader
from kaimen.cases.errors import Moved, NotNow
from kaimen.cases.models import Case, Task, TimelineEntry
from kaimen.foundation import audit, notices
from kaimen.foundation.models import AuditEntry, Person
from kaimen.foundation.rows import insert_values


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


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of the timeline and its audit row, not yet written.

    `params` are codes, numbers and names shown in the sentence; `ids` go to the audit (never personal data).
    """

    case: Case = field(kw_only=False)
    code: str = field(kw_only=False)
    by: Person | None
    now: datetime
    params: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    reader: Reader = Reader.ALL
    task: Task | None = None
    ids: Mapping[str, Any] = field(default_factory=dict)

    def line(self) -> dict[str, Any]:
        return {
            "case_id": self.case.pk,
            "at": self.now,
            "actor_id": self.by.pk if self.by else None,
            "code": self.code,
            "params": dict(self.params),
            "text": self.text,
            "reader": self.reader,
            "task_id": self.task.pk if self.task else None,
        }

    def row(self) -> dict[str, Any]:
        about = {"task": self.task.pk} if self.task else {}
        return {
            "actor_id": self.by.pk if self.by else None,
            "at": self.now,
            "verb": f"case.{self.code}",
            "subject_kind": self.case._meta.label_lower,
            "subject_id": self.case.pk,
            "community_id": self.case.community_id,
            "params": {**about, **self.ids},
        }


def write_all(steps: Iterable[Step]) -> None:
    """Write these steps with their audit rows: two inserts for any number of them."""
    steps = list(steps)
    insert_values(TimelineEntry, (step.line() for step in steps))
    insert_values(AuditEntry, (step.row() for step in steps))


def write(cases: Iterable[Case], code: str, **told: Any) -> None:
    """The same step for each of these cases; `told` is what a Step is told."""
    write_all([Step(case, code, **told) for case in cases])


def audit_task(task: Task, verb: str, by: Person | None, **ids: Any) -> None:
    audit.record(verb=f"task.{verb}", subject=task, by=by, **ids)


def to_asker(case: Case, code: str, **params: Any) -> list[notices.Message]:
    """In the app for who has an account; by text message where we only know a phone; else the link must do."""
    phone = "" if case.asker_id else case.asker_phone
    if code == "received" and case.channel == Channel.IMPORT:
        phone = ""  # a table of old needs must not text everybody in it; they hear when something moves
    if not case.asker_id and not phone:
        return []
    about = {"number": case.number, "title": case.title, **params}
    return [notices.Message(case.asker, code, link=links.track_path(case), sms_to=phone, params=about)]


def tell_asker(case: Case, code: str, **params: Any) -> None:
    notices.notify_all(to_asker(case, code, **params))


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
