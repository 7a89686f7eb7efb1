"""Ready-made answers: what officers start from, kept by managers and supervisors."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaimen.cases import ready_answers, wording
from kaimen.cases.actions import answer_templates
from kaimen.cases.errors import NotNow
from kaimen.cases.forms.answers import AnswerTemplateForm
from kaimen.cases.models import AnswerTemplate
from kaimen.cases.permissions import can_keep_answers
from kaimen.foundation.communities import current_community
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person

from .common import now, signed_in

keepers = signed_in(RoleKind.MANAGER, RoleKind.SUPERVISOR)


@require_safe
@keepers
def manage_answers(request: HttpRequest, person: Person) -> HttpResponse:
    templates = AnswerTemplate.objects.filter(community=_kept_by(person, request)).select_related(
        "changed_by"
    )
    context = {"templates": templates.order_by("-active", "name")}
    return render(request, "cases/answers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
def manage_answer_new(request: HttpRequest, person: Person) -> HttpResponse:
    community = _kept_by(person, request)
    form = AnswerTemplateForm(request.POST or None)
    if _to_save(request) and form.is_valid():
        try:
            answer_templates.add_template(
                community=community,
                name=form.cleaned_data["name"],
                text=form.cleaned_data["text"],
                by=person,
                now=now(),
            )
        except NotNow as no:
            return _page(request, form, told=no)
        messages.success(request, _("添好了，专员答复时就能选。"))
        return redirect("manage_answers")
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
def manage_answer(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    template = _template(request, person, pk)
    initial = {"name": template.name, "text": template.text, "seen": template.version}
    form = AnswerTemplateForm(request.POST or None, initial=initial)
    if _to_save(request) and form.is_valid():
        template.version = form.cleaned_data["seen"] or 0
        try:
            answer_templates.edit_template(
                template=template,
                name=form.cleaned_data["name"],
                text=form.cleaned_data["text"],
                by=person,
                now=now(),
            )
        except NotNow as no:
            return _page(request, form, template=_template(request, person, pk), told=no)
        messages.success(request, _("改好了。以前的答复不变。"))
        return redirect("manage_answers")
    return _page(request, form, template=template)


@require_POST
@keepers
def manage_answer_preview(request: HttpRequest, person: Person) -> HttpResponse:
    """The text as it would read, while it is being written."""
    _kept_by(person, request)
    return render(request, "cases/_answer_preview.html", _preview(request.POST.get("text", "")))


@require_POST
@keepers
def manage_answer_switch(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    template, on = _template(request, person, pk), request.POST.get("on") == "1"
    answer_templates.switch_template(template=template, on=on, by=person, now=now())
    messages.success(
        request, _("启用了，专员又能选它。") if on else _("停用了，专员不再看到它；随时能启用。")
    )
    return redirect("manage_answers")


def _kept_by(person: Person, request: HttpRequest) -> Organisation:
    community = current_community(request)
    if not can_keep_answers(person, community):
        raise PermissionDenied
    return community


def _template(request: HttpRequest, person: Person, pk: int) -> AnswerTemplate:
    mine = AnswerTemplate.objects.filter(community=_kept_by(person, request))
    return get_object_or_404(mine.select_related("community"), pk=pk)


def _to_save(request: HttpRequest) -> bool:
    """Without JavaScript a second button only looks."""
    return request.method == "POST" and "look" not in request.POST


def _preview(text: str) -> dict[str, Any]:
    text = text[:4000]
    return {"wrong": ready_answers.wrong_with(text), "sample": ready_answers.sample_of(text)}


def _page(
    request: HttpRequest,
    form: AnswerTemplateForm,
    *,
    template: AnswerTemplate | None = None,
    told: NotNow | None = None,
) -> HttpResponse:
    if told and told.code == "template_name_taken":
        form.add_error("name", wording.not_now(told))
    elif told:
        form.add_error(None, wording.not_now(told))
    text = form["text"].value() or ""
    context = {"form": form, "template": template, "names": ready_answers.SAMPLE} | _preview(text)
    status = 422 if request.method == "POST" and form.errors and _to_save(request) else 200
    return render(request, "cases/answer_form.html", context, status=status)
