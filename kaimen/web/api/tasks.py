"""Tasks, for those they were given to."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Path, Router

from kaimen.cases import actions, queries
from kaimen.cases.enums import TaskState
from kaimen.cases.models import Task
from kaimen.foundation.enums import KeyScope, RoleKind
from kaimen.foundation.keys import holds_at
from kaimen.logic.identity import mask_text
from kaimen.web.api import shapes
from kaimen.web.api.doors import Caller, act, caller_of, door
from kaimen.web.api.errors import REFUSED, Error
from kaimen.web.api.pages import page_of

router = Router(tags=[gettext_noop("交办")])
DO = door(KeyScope.TASKS_WRITE, RoleKind.HANDLER, RoleKind.CHAIR)
ANSWERS: Any = {200: shapes.TaskWhole, REFUSED: Error}


@router.get(
    "/tasks",
    auth=DO,
    response={200: shapes.Page[shapes.TaskWhole], REFUSED: Error},
    url_name="api_tasks",
    summary=gettext_noop("交办给我的，最先到期的在前"),
)
def tasks(
    request: HttpRequest, done: bool = False, page: shapes.PageNumber = 1, size: shapes.Size = 50
) -> shapes.Page[shapes.TaskWhole]:
    caller = caller_of(request)
    found = queries.inbox(caller.acting, also_done=done)
    if caller.machine is not None:
        found = found.filter(community__path__startswith=caller.machine.organisation.path or "/")
    return page_of(found, page, size, _shape)


@router.get("/tasks/{pk}", auth=DO, response=ANSWERS, url_name="api_task", summary=gettext_noop("一件交办"))
def task(request: HttpRequest, pk: Annotated[shapes.Id, Path()]) -> shapes.TaskWhole:
    return _shape(_one(caller_of(request), pk))


@router.post(
    "/tasks/{pk}/accept",
    auth=DO,
    response=ANSWERS,
    url_name="api_task_accept",
    summary=gettext_noop("接了，归我们办"),
)
def accept(request: HttpRequest, pk: Annotated[shapes.Id, Path()], given: shapes.Seen) -> shapes.TaskWhole:
    return _do(request, pk, given.seen, "accept", lambda **who: actions.accept_task(**who))


@router.post(
    "/tasks/{pk}/finish",
    auth=DO,
    response=ANSWERS,
    url_name="api_task_finish",
    summary=gettext_noop("办了，回话"),
)
def finish(request: HttpRequest, pk: Annotated[shapes.Id, Path()], given: shapes.Said) -> shapes.TaskWhole:
    return _do(request, pk, given.seen, "finish", lambda **who: actions.finish_task(reply=given.text, **who))


@router.post(
    "/tasks/{pk}/return",
    auth=DO,
    response=ANSWERS,
    url_name="api_task_return",
    summary=gettext_noop("不归我们，两个工作日内退回，写明理由"),
)
def send_back(request: HttpRequest, pk: Annotated[shapes.Id, Path()], given: shapes.Said) -> shapes.TaskWhole:
    return _do(request, pk, given.seen, "return", lambda **who: actions.return_task(reason=given.text, **who))


def _do(request: HttpRequest, pk: int, seen: str, verb: str, write: Callable[..., Any]) -> shapes.TaskWhole:
    caller = caller_of(request)
    found = _one(caller, pk)
    if seen in TaskState.values:
        found.state = seen
    act(caller, verb, found, lambda: write(task=found, by=caller.acting, now=timezone.now()))
    return _shape(_one(caller, pk))


def _one(caller: Caller, pk: int) -> Task:
    try:
        found = queries.task_for(caller.acting, pk)
    except Task.DoesNotExist:
        raise Http404 from None
    if caller.machine is not None and not holds_at(caller.machine, found.community):
        raise Http404
    return found


def _shape(task: Any) -> shapes.TaskWhole:
    """As the inbox shows it: the words behind it without numbers, nobody's name."""
    return shapes.TaskWhole(
        id=task.pk,
        title=task.title,
        detail=task.detail,
        organisation=task.organisation.name,
        state=task.state,
        asked_by=task.asked_by.name,
        asked_at=timezone.localtime(task.asked_at),
        due_on=task.due_on,
        reply=task.reply,
        cases=[shapes.CaseOfTask(number=one.number, words=mask_text(one.words)) for one in task.cases.all()],
    )
