"""The handler's side: an inbox with an account, or one link that opens exactly one task without."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaimen.cases import actions, queries, wording
from kaimen.cases.actions.filing import finish_with_files
from kaimen.cases.enums import OPEN_TASKS, TaskState
from kaimen.cases.errors import Moved, NotNow
from kaimen.cases.forms.asker import ConfirmForm
from kaimen.cases.forms.others import FinishForm, MoreTimeForm, ReturnForm
from kaimen.cases.models import Task, TaskLink
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.files import Refused, accept_all, refused_words
from kaimen.foundation.models import Person
from kaimen.logic.identity import mask_name, mask_text

from .common import count_guess, now, signed_in, take_as_seen, too_many_guesses, unlisted
from .pieces import files_of, shown

A_PAGE = 40
FORMS: dict[str, Any] = {
    "accept": ConfirmForm,
    "finish": FinishForm,
    "return": ReturnForm,
    "more_time": MoreTimeForm,
}
DONE = {
    "accept": lambda: _("接了，按时回就行。"),
    "finish": lambda: _("回过去了。"),
    "return": lambda: _("退回去了，他们另外找人。"),
    "more_time": lambda: _("报给督办了，同意之前按原来的日子。"),
}


@dataclass(frozen=True)
class Guest:
    """Who does the task: a person signed in, or the holder of a link (perhaps without a name)."""

    person: Person | None
    token: str = ""


@require_safe
@signed_in(RoleKind.HANDLER, RoleKind.CHAIR)
def inbox(request: HttpRequest, person: Person) -> HttpResponse:
    done = request.GET.get("show") == "done"
    tasks = queries.inbox(person, also_done=done)
    tasks = tasks.exclude(state__in=OPEN_TASKS).order_by("-replied_at", "-pk") if done else tasks
    page = Paginator(tasks, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/inbox.html", {"page": page, "done": done})


@require_safe
@signed_in(RoleKind.HANDLER, RoleKind.CHAIR)
def task(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    return _page(request, _of(person, pk), Guest(person))


@require_POST
@signed_in(RoleKind.HANDLER, RoleKind.CHAIR)
def task_do(request: HttpRequest, person: Person, pk: int, verb: str) -> HttpResponse:
    return _do(request, _of(person, pk), verb, Guest(person))


@unlisted
@require_safe
def task_link(request: HttpRequest, token: str) -> HttpResponse:
    link = _opened(request, token)
    return _page(request, link.task, Guest(link.for_person, token)) if link else _gone(request)


@unlisted
@require_POST
def task_link_do(request: HttpRequest, token: str, verb: str) -> HttpResponse:
    link = _opened(request, token)
    return _do(request, link.task, verb, Guest(link.for_person, token)) if link else _gone(request)


def _of(person: Person, pk: int) -> Task:
    try:
        return queries.task_for(person, pk)
    except Task.DoesNotExist:
        raise Http404 from None


def _opened(request: HttpRequest, token: str) -> TaskLink | None:
    link = queries.task_by_token(token, now())
    if link is None:
        count_guess(request)
    return link


def _gone(request: HttpRequest) -> HttpResponse:
    ways = [
        _("链接 30 天有效，交办的人也可以收回。请打电话给交办的人，请他再发一个。"),
        _("有账号的话，登录以后在“交办”里也能看到。"),
    ]
    slow = too_many_guesses(request)
    why = _("试的次数太多了，过十分钟再来。") if slow else _("可能过期了、收回了，也可能没复制完整。")
    context = {"why": why, "ways": ways}
    return render(request, "cases/link_gone.html", context, status=429 if slow else 404)


def _do(request: HttpRequest, task: Task, verb: str, guest: Guest) -> HttpResponse:
    if verb not in FORMS:
        raise Http404
    form = FORMS[verb](request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, task, guest, {verb: form}, status=422)
    try:
        take_as_seen(request, task)
        _run(verb, task, form.cleaned_data, guest.person, now())
    except Refused as refused:
        form.add_error("attached", refused_words(refused))
        return _page(request, task, guest, {verb: form}, status=422)
    except Moved as moved:
        task.refresh_from_db()
        return _page(request, task, guest, {verb: form}, wording.meanwhile(moved), status=409)
    except NotNow as no:
        task.refresh_from_db()
        return _page(request, task, guest, {verb: form}, wording.not_now(no), status=409)
    messages.success(request, DONE[verb]())
    return redirect("task_link", guest.token) if guest.token else redirect("task", task.pk)


def _run(verb: str, task: Task, data: dict[str, Any], by: Person | None, at: datetime) -> None:
    if verb == "accept":
        actions.accept_task(task=task, by=by, now=at)
    elif verb == "finish":
        files = accept_all(data["attached"], by=by)
        finish_with_files(task=task, reply=data["reply"], files=files, by=by, now=at)
    elif verb == "return":
        actions.return_task(task=task, reason=data["reason"], by=by, now=at)
    else:
        promise = task.promises.order_by("pk").last()
        if promise is None:
            raise NotNow("promise_over")
        actions.ask_extension(promise=promise, days=data["days"], reason=data["reason"], by=by, now=at)


def _page(
    request: HttpRequest,
    task: Task,
    guest: Guest,
    bound: dict[str, Any] | None = None,
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    forms = {name: kind() for name, kind in FORMS.items()} | (bound or {})
    promises = list(task.promises.select_related("extension"))
    context = {
        "task": task,
        "guest": guest,
        "open": task.state in OPEN_TASKS,
        "fresh": task.state == TaskState.ASKED,
        "cases": [
            _told(case)
            for case in task.cases.select_related("place")
            .prefetch_related("attachments__attachment")
            .order_by("pk")
        ],
        "promises": shown(promises),
        "extension": getattr(promises[-1], "extension", None) if promises else None,
        "forms": forms,
        "bound": list(bound or {}),
        "told": told,
    }
    return render(
        request, "cases/task_link.html" if guest.token else "cases/task.html", context, status=status
    )


def _told(case: Any) -> dict[str, Any]:
    """What a handler reads of a case: the words without numbers in them, the asker's surname unless they said no."""
    return {
        "number": case.number,
        "words": mask_text(case.words),
        "asker": "" if case.confidential else mask_name(case.asker_name),
        "confidential": case.confidential,
        "where": str(case.place or case.place_text),
        "files": [] if case.confidential else files_of(case, for_asker=True),
    }
