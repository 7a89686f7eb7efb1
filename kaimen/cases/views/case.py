"""One case on the desk: everything about it, and every verb of the officer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kaimen.cases import actions, links, queries, ready_answers, wording
from kaimen.cases.actions import desking
from kaimen.cases.chips import chips_of
from kaimen.cases.enums import OPEN_TASKS, Decision
from kaimen.cases.errors import Moved, NotNow
from kaimen.cases.forms.desk import CaseForm, TemplateChoice
from kaimen.cases.mentioned import mentioned_in
from kaimen.cases.models import Case
from kaimen.cases.paper_links import paper_links
from kaimen.cases.permissions import can_handle, can_see_asker
from kaimen.foundation.models import Person
from kaimen.logic.identity import mask_name, mask_phone

from .common import desk_people, now, take_as_seen
from .desk import desk_list
from .pieces import files_of, shown
from .verbs import VERBS, Verb, offered

TASK_DONE = {
    "link": "",
    "revoke": gettext_lazy("链接收回了，打不开了。"),
    "cancel": gettext_lazy("这件交办取消了。"),
    "reply": gettext_lazy("记下了他们的回话。"),
}


@require_safe
@desk_people
def desk_case(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    return _page(request, person, seen_case(person, number), doing=request.GET.get("do", ""))


@require_POST
@desk_people
def desk_do(request: HttpRequest, person: Person, number: str, verb: str) -> HttpResponse:
    """One verb. Whatever goes wrong, what was typed stays in the form."""
    case = seen_case(person, number)
    if verb not in VERBS:
        raise Http404
    if not can_handle(person, case):
        raise PermissionDenied
    form = VERBS[verb].form(request.POST, case=case, person=person)
    if not form.is_valid():
        return _page(request, person, case, doing=verb, form=form, status=422)
    try:
        take_as_seen(request, case)
        VERBS[verb].run(case, form.cleaned_data, person, now())
    except Moved as moved:
        told = wording.meanwhile(moved)
        return _page(request, person, seen_case(person, number), doing=verb, form=form, told=told, status=409)
    except NotNow as no:
        told = wording.not_now(no)
        return _page(request, person, seen_case(person, number), doing=verb, form=form, told=told, status=409)
    messages.success(request, str(VERBS[verb].done))
    return _back(request, number)


@require_POST
@desk_people
def desk_reveal(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The asker's name and phone, once, on this page only; the asker can see that it was read."""
    case = seen_case(person, number)
    if not can_see_asker(person, case):
        raise PermissionDenied
    phone = desking.read_phone(case=case, by=person)
    return _page(request, person, case, revealed={"name": case.asker_name, "phone": phone})


@require_POST
@desk_people
def desk_task(request: HttpRequest, person: Person, number: str, pk: int, verb: str) -> HttpResponse:
    """A link to a task (shown once), taking it back, cancelling the task, or writing down what they said."""
    case = seen_case(person, number)
    task = case.tasks.filter(pk=pk).select_related("organisation", "community", "handler").first()
    if task is None or verb not in TASK_DONE:
        raise Http404
    kept: dict[str, Any] = {"status": 409, "typed": request.POST.get("reply", "")}
    try:
        if verb == "link":
            link, _token = actions.make_task_link(task=task, for_person=task.handler, by=person, now=now())
            url = links.task_url(link)
            made = {"task": task, "url": url, "qr": links.qr_svg(url), "until": link.expires_at}
            return _page(request, person, seen_case(person, number), link=made)
        if verb == "revoke":
            for link in task.links.filter(revoked_at=None):
                actions.revoke_task_link(link=link, by=person, now=now())
        elif verb == "reply":
            actions.finish_task(task=task, reply=request.POST.get("reply", ""), by=person, now=now())
        else:
            actions.cancel_task(task=task, by=person, now=now())
    except Moved as moved:
        return _page(request, person, seen_case(person, number), told=wording.meanwhile(moved), **kept)
    except NotNow as no:
        return _page(request, person, seen_case(person, number), told=wording.not_now(no), **kept)
    messages.success(request, str(TASK_DONE[verb]))
    return _back(request, number)


@require_safe
@desk_people
def desk_print(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The answer as a sheet of paper for the asker."""
    case = seen_case(person, number)
    answers = sorted(case.answers.all(), key=lambda answer: -answer.pk)
    refusals = [refusal for refusal in case.refusals.all() if refusal.decision == Decision.AGREED]
    context = {
        "case": case,
        "answers": answers,
        "refusal": refusals[-1] if refusals else None,
        "asker": asker_shown(person, case),
        "url": links.track_url(case),
        "qr": links.track_qr(case),
    }
    return render(request, "cases/desk_print.html", context)


def _back(request: HttpRequest, number: str) -> HttpResponse:
    """To the case, the list beside it as it was asked for."""
    asked = request.GET.copy()
    for name in ("do", "template"):
        asked.pop(name, None)
    return redirect(f"{reverse('desk_case', args=[number])}{'?' if asked else ''}{asked.urlencode()}")


def seen_case(person: Person, number: str) -> Case:
    """The case, or 404 also where this person must not know that it exists."""
    try:
        return queries.case_for(person, number)
    except Case.DoesNotExist:
        raise Http404 from None


def asker_shown(person: Person, case: Case) -> dict[str, Any]:
    """Who asked, masked; nothing at all where the asker wants to stay unknown to this reader."""
    may = can_see_asker(person, case)
    return {
        "may": may,
        "name": mask_name(case.asker_name) if may else "",
        "phone": mask_phone(case.asker_phone) if may and case.asker_phone else "",
    }


def _page(
    request: HttpRequest,
    person: Person,
    case: Case,
    *,
    doing: str = "",
    form: CaseForm | None = None,
    told: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = _context(request, person, case, doing, form) | {"told": told} | more
    htmx = getattr(request, "htmx", None)
    if htmx and not htmx.history_restore_request and request.method == "GET":
        return render(request, "cases/_case.html", context)
    context["list"] = desk_list(request, person)
    return render(request, "cases/desk_case.html", context, status=status)


def _context(
    request: HttpRequest, person: Person, case: Case, doing: str, form: CaseForm | None
) -> dict[str, Any]:
    verbs = offered(case) if can_handle(person, case) else []
    verb = _chosen(verbs, doing, kept=form is not None)
    refusals = list(case.refusals.all())
    return {
        "case": case,
        "asker": asker_shown(person, case),
        "lines": wording.lines(queries.timeline_of(case, staff=True), staff=True),
        "promises": shown(list(case.promises.all())),
        "tasks": [{"task": task, "open": task.state in OPEN_TASKS} for task in case.tasks.all()],
        "files": files_of(case, for_asker=False),
        "refusal": refusals[-1] if refusals else None,
        "rating": list(case.ratings.all())[-1:],
        "papers": paper_links(person, case),
        "why": wording.why_owner(case),
        "together": case.group.cases.exclude(pk=case.pk).order_by("-pk")[:5] if case.group else [],
        "chips": chips_of(case, person),
        "mentioned": mentioned_in(case),
        "verbs": verbs,
        "verb": verb,
        "form": form or _fresh_form(request, person, case, verb),
        "templates": TemplateChoice(case=case) if verb and verb.key == "answer" else None,
    }


def _chosen(verbs: list[Verb], doing: str, *, kept: bool) -> Verb | None:
    """The verb whose form is open: the one asked for; one that just failed stays open in any state."""
    if kept and doing in VERBS:
        return VERBS[doing]
    return next((verb for verb in verbs if verb.key == doing), None) or next(
        (verb for verb in verbs if not verb.at_once), None
    )


def _fresh_form(request: HttpRequest, person: Person, case: Case, verb: Verb | None) -> CaseForm | None:
    if verb is None:
        return None
    initial = {}
    if verb.key == "answer" and request.GET.get("template"):
        choice = TemplateChoice(request.GET, case=case)
        if choice.is_valid() and choice.cleaned_data["template"]:
            initial["text"] = ready_answers.text_for(choice.cleaned_data["template"], case)
    return verb.form(case=case, person=person, initial=initial)
