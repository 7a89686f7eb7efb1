"""One case with all a page shows of it, and its timeline as each reader may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet

from kaimen.cases.enums import OPEN_TASKS, Reader
from kaimen.cases.models import Case, Promise, Task, TimelineEntry
from kaimen.cases.permissions import can_see_case
from kaimen.cases.queries.lists import ROW
from kaimen.foundation.models import Person
from kaimen.foundation.secret_links import token_digest


def case_for(person: Person | None, number: str) -> Case:
    """The case with all a page shows of it; Case.DoesNotExist also when this person must not know that it exists."""
    case = (
        Case.objects.select_related(*ROW, "asker", "group", "community__parent", "owner__photo")
        .prefetch_related(
            Prefetch(
                "promises", Promise.objects.select_related("extension__asked_by", "extension__decided_by")
            ),
            Prefetch(
                "tasks", Task.objects.select_related("organisation", "handler").prefetch_related("promises")
            ),
            "answers__by",
            "ratings",
            "refusals__proposed_by",
            "attachments__attachment",
        )
        .get(number=number)
    )
    if not can_see_case(person, case):
        raise Case.DoesNotExist
    return case


def by_track_token(token: str) -> Case | None:
    """The case a tracking link opens, or None."""
    return (
        Case.objects.select_related(*ROW, "asker", "group", "owner__photo")
        .filter(track_digest=token_digest(token))
        .first()
    )


def open_promises(case: Case) -> QuerySet[Promise]:
    """What is still promised: of the case and of its open tasks, the earliest first."""
    tasks = case.tasks.filter(state__in=OPEN_TASKS).values("pk")
    return (
        Promise.objects.filter(Q(case=case) | Q(task__in=tasks), met_at=None, ended_at=None)
        .select_related("task__organisation", "extension")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


@dataclass(frozen=True)
class Step:
    """One line of the timeline as this reader may see it; the page puts the code into words."""

    at: datetime
    code: str
    params: Mapping[str, Any]
    text: str
    actor: str  # "" for the asker by link, the house itself, and staff whose name this reader does not see
    by_asker: bool
    internal: bool
    task: Task | None


# Words between staff and other organisations: the asker sees that it happened, the owner tells what it means.
_STAFF_WORDS = frozenset({"task_given", "task_done", "task_returned", "task_cancelled", "extension_asked"})


_STAFF_PARAMS = frozenset({"by", "supervisor", "signed_by", "for"})


def timeline_of(case: Case, staff: bool) -> list[Step]:
    """Every step in order. The asker sees no internal ones and of the staff only the owner's name."""
    entries = TimelineEntry.objects.filter(case=case).select_related("actor", "task__organisation")
    if not staff:
        entries = entries.filter(reader=Reader.ALL)
    return [_step(entry, case, staff) for entry in entries.order_by("at", "pk")]


def _step(entry: TimelineEntry, case: Case, staff: bool) -> Step:
    by_asker = entry.code in {"more_given", "rated", "appealed"} and entry.actor_id in (None, case.asker_id)
    named = staff or entry.actor_id == case.owner_id
    params, text = entry.params, entry.text
    if not staff:
        params = {name: value for name, value in params.items() if name not in _STAFF_PARAMS}
        text = "" if entry.code in _STAFF_WORDS else text
    hide = staff and case.confidential and entry.actor_id is not None and entry.actor_id == case.asker_id
    return Step(
        at=entry.at,
        code=entry.code,
        params=params,
        text=text,
        actor=entry.actor.name if entry.actor and named and not hide else "",
        by_asker=by_asker or (entry.actor_id is not None and entry.actor_id == case.asker_id),
        internal=entry.reader == Reader.STAFF,
        task=entry.task,
    )
