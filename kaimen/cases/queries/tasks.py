"""Tasks, as the organisations see them that they were given to."""

from datetime import datetime

from django.db.models import F, Min, Q, QuerySet

from kaimen.cases.enums import OPEN_TASKS
from kaimen.cases.models import Task, TaskLink
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Person
from kaimen.foundation.permissions import scope
from kaimen.foundation.secret_links import token_digest


def inbox(person: Person, *, also_done: bool = False) -> QuerySet[Task]:
    """Tasks asked of the organisations this person handles for, and of them by name; the earliest due first."""
    here = scope(person, RoleKind.HANDLER).values("pk")
    tasks = Task.objects.filter(Q(organisation__in=here) | Q(handler=person))
    if not also_done:
        tasks = tasks.filter(state__in=OPEN_TASKS)
    return (
        tasks.select_related("organisation", "handler", "asked_by", "community")
        .prefetch_related("cases", "promises__extension")
        .annotate(due_on=Min("promises__due_on", filter=Q(promises__met_at=None, promises__ended_at=None)))
        .order_by(F("due_on").asc(nulls_last=True), "-pk")
    )


def task_for(person: Person, pk: int) -> Task:
    """One task of the inbox, done ones too; Task.DoesNotExist if it is not this person's."""
    return inbox(person, also_done=True).get(pk=pk)


def task_by_token(token: str, now: datetime) -> TaskLink | None:
    """The link of this token, if it is neither revoked nor expired, nor made for somebody whose account was stopped."""
    return (
        TaskLink.objects.select_related("task__organisation", "task__community", "for_person")
        .filter(digest=token_digest(token), revoked_at=None, expires_at__gt=now)
        .exclude(for_person__account__is_active=False)
        .first()
    )
