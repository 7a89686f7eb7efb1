"""Work asked of organisations: several at once, one for many cases, each with its own promise."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kaimen.cases import clocks, links, steps
from kaimen.cases.enums import OPEN_STATES, OPEN_TASKS, CaseState, PromiseKind, Reader
from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case, Promise, Task, TaskLink
from kaimen.cases.permissions import check_can_do_task, check_can_give_task, check_can_handle
from kaimen.foundation import notices
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import has_role, holders
from kaimen.foundation.secret_links import new_salt, token_digest, token_for
from kaimen.foundation.workcalendar import calendar
from kaimen.logic.deadlines import workdays_between

LINK_DAYS = 30
HANDLERS_TOLD = 5


@transaction.atomic
def give_task(
    *,
    cases: Sequence[Case],
    organisation: Organisation,
    title: str,
    detail: str,
    days: int,
    handler: Person | None = None,
    by: Person,
    now: datetime,
) -> Task:
    """Ask an organisation for something that serves these open cases of one community; received ones are taken.

    NotNow: "no_cases", "two_communities", "closed", "no_words", "no_days".
    """
    _check_task(cases, title, days, by)
    task = Task.objects.create(
        community=cases[0].community,
        organisation=organisation,
        handler=handler,
        title=title[:80],
        detail=detail,
        asked_by=by,
        asked_at=now,
    )
    for case in cases:
        if case.state in (CaseState.RECEIVED, CaseState.REOPENED):
            steps.move(case, "take")
            steps.write([case], "taken", by=by, now=now, params={"by": by.name})
        elif not Case.objects.filter(pk=case.pk, state=case.state).update(state=case.state):
            raise steps.moved(case)
    task.cases.set(cases)
    promise = clocks.new_promise(PromiseKind.TASK, days, timezone.localdate(now), task=task)
    promise.save()
    clocks.refresh_next_due([case.pk for case in cases])
    due = promise.due_on.isoformat() if promise.due_on else ""
    params = {"organisation": organisation.name, "title": task.title, "due": due}
    steps.write(cases, "task_given", by=by, now=now, params=params, text=detail, task=task)
    steps.audit_task(task, "give", by, organisation=organisation.pk, cases=[case.pk for case in cases])
    tell_handlers(task, "task_given", due=due)
    notices.notify_group(
        organisation=organisation, code="group_task_given", link="/tasks/", params={"due": due}
    )
    return task


def _check_task(cases: Sequence[Case], title: str, days: int, by: Person) -> None:
    if not cases:
        raise NotNow("no_cases")
    if len({case.community_id for case in cases}) > 1:
        raise NotNow("two_communities")
    if not title.strip():
        raise NotNow("no_words")
    if days < 1:
        raise NotNow("no_days")
    for case in cases:
        check_can_handle(by, case)
        if case.state not in OPEN_STATES:
            raise NotNow("closed", state=str(case.state), number=case.number)


@transaction.atomic
def accept_task(*, task: Task, by: Person | None, now: datetime) -> None:
    """The organisation says: ours. `by` None is the link."""
    check_can_do_task(by, task)
    steps.move_task(task, "accept", **_first_handler(task, by))
    steps.write(_cases(task), "task_accepted", by=by, now=now, params=_named(task), task=task)
    steps.audit_task(task, "accept", by)


@transaction.atomic
def finish_task(*, task: Task, reply: str, by: Person | None, now: datetime) -> None:
    """The organisation's reply, for the owner to answer with. The owner hears when it was the last open task."""
    check_can_do_task(by, task)
    steps.needs_words(reply)
    steps.move_task(task, "finish", reply=reply, replied_at=now, **_first_handler(task, by))
    _promise(task).update(met_at=now)
    cases = _cases(task)
    clocks.refresh_next_due([case.pk for case in cases])
    steps.write(cases, "task_done", by=by, now=now, params=_named(task), text=reply, task=task)
    steps.audit_task(task, "finish", by)
    busy = set(
        Case.objects.filter(tasks__state__in=OPEN_TASKS, pk__in=[c.pk for c in cases]).values_list(
            "pk", flat=True
        )
    )
    for case in cases:
        steps.tell_owner(case, "task_done" if case.pk in busy else "all_tasks_done", by, **_named(task))


@transaction.atomic
def return_task(*, task: Task, reason: str, by: Person | None, now: datetime) -> None:
    """Not ours: within 2 working days of being asked, with a reason. NotNow("too_late_to_return") after that."""
    check_can_do_task(by, task)
    steps.needs_words(reason)
    asked, today = timezone.localdate(task.asked_at), timezone.localdate(now)
    if workdays_between(asked, today, calendar()) > clocks.RETURN_DAYS:
        raise NotNow("too_late_to_return", days=clocks.RETURN_DAYS)
    steps.move_task(task, "return", return_reason=reason, replied_at=now)
    _over(task, "task_returned", by, now, text=reason)
    steps.audit_task(task, "return", by)
    for case in _cases(task):
        steps.tell_owner(case, "task_returned", by, **_named(task))


@transaction.atomic
def cancel_task(*, task: Task, reason: str = "", by: Person, now: datetime) -> None:
    """No longer needed; its promise ends."""
    check_can_give_task(by, task)
    steps.move_task(task, "cancel")
    _over(task, "task_cancelled", by, now, text=reason)
    steps.audit_task(task, "cancel", by)
    tell_handlers(task, "task_cancelled")


def _over(task: Task, code: str, by: Person | None, now: datetime, text: str) -> None:
    _promise(task).update(ended_at=now)
    cases = _cases(task)
    clocks.refresh_next_due([case.pk for case in cases])
    steps.write(cases, code, by=by, now=now, params=_named(task), text=text, task=task)


@transaction.atomic
def make_task_link(
    *, task: Task, for_person: Person | None, by: Person, now: datetime
) -> tuple[TaskLink, str]:
    """A link that opens exactly this task without an account for 30 days, and its token."""
    check_can_give_task(by, task)
    if task.state not in OPEN_TASKS:
        raise NotNow("not_from_here", verb="link", state=str(task.state))
    salt = new_salt()
    token = token_for(salt, "task")
    link = TaskLink.objects.create(
        task=task,
        salt=salt,
        digest=token_digest(token),
        for_person=for_person,
        created_at=now,
        expires_at=now + timedelta(days=LINK_DAYS),
    )
    params = {**_named(task), "for": for_person.name if for_person else ""}
    steps.write(_cases(task), "task_link_made", by=by, now=now, params=params, reader=Reader.STAFF, task=task)
    steps.audit_task(task, "link", by, link=link.pk)
    if for_person is not None:
        notices.notify(
            person=for_person,
            code="task_given",
            link=links.task_path(link),
            sms_to=for_person.phone,
            params=_about(task),
        )
    return link, token


@transaction.atomic
def revoke_task_link(*, link: TaskLink, by: Person, now: datetime) -> None:
    """The link opens nothing any more. Twice is the same as once."""
    check_can_give_task(by, link.task)
    if TaskLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        link.revoked_at = now
        params = _named(link.task)
        cases = _cases(link.task)
        steps.write(
            cases, "task_link_revoked", by=by, now=now, params=params, reader=Reader.STAFF, task=link.task
        )
        steps.audit_task(link.task, "revoke_link", by, link=link.pk)


def _cases(task: Task) -> list[Case]:
    return list(task.cases.select_related("owner", "community").order_by("pk"))


def _promise(task: Task) -> QuerySet[Promise]:
    return Promise.objects.filter(task=task, met_at=None, ended_at=None)


def _first_handler(task: Task, by: Person | None) -> dict[str, Person]:
    """Who does it first is who handles it; an officer who only writes it down is not."""
    if by is None or task.handler_id or not has_role(by, RoleKind.HANDLER, task.organisation):
        return {}
    return {"handler": by}


def _named(task: Task) -> dict[str, str]:
    return {"organisation": task.organisation.name, "title": task.title}


def _about(task: Task, **more: str) -> dict[str, object]:
    return {"task": task.pk, **_named(task), **more}


def tell_handlers(task: Task, code: str, **params: str) -> None:
    """Who handles the task, or until somebody does, the organisation's handlers."""
    people = [task.handler] if task.handler else []
    if not people:
        roles = holders(RoleKind.HANDLER, task.organisation).filter(organisation=task.organisation)
        people = [role.person for role in roles[:HANDLERS_TOLD]]
    for person in people:
        notices.notify(person=person, code=code, link=links.inbox_path(task), params=_about(task, **params))
