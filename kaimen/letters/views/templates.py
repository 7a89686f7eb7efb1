"""Letter templates: written on a page that shows at once how the letter will look."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kaimen.foundation.models import Organisation
from kaimen.letters import actions, files, wording
from kaimen.letters.actions.templates import TEXT, number_problems
from kaimen.letters.enums import NUMBERED, LetterKind
from kaimen.letters.errors import NotNow
from kaimen.letters.forms import TemplateForm
from kaimen.letters.looking import wrong_with
from kaimen.letters.models import LetterTemplate
from kaimen.letters.printer import print_one
from kaimen.letters.sheets import FIELDS, SAMPLE, filled_parts, sample_sheet
from kaimen.logic.letters import fields_in

from .common import login_required, sender

WORDS = tuple(name for name in TEXT if name != "name")
LONGEST = 6000
TOLD_AT = {"template_name_taken": "name", "number_wrong": "number"}  # everything else stands above the form


@never_cache
@login_required
def letter_templates(request: HttpRequest) -> HttpResponse:
    _person, community = sender(request)
    rows = LetterTemplate.objects.filter(community=community).select_related("changed_by")
    return render(request, "letters/templates.html", {"templates": rows})


@login_required
@require_POST
def letter_templates_load(request: HttpRequest) -> HttpResponse:
    """The templates that come with the house; those already here stay as they are."""
    person, community = sender(request)
    added = actions.load_templates(community=community, by=person, now=timezone.now())
    messages.success(request, _("添了 %(n)s 个现成的模板，可以照自己的话改。") % {"n": added})
    return redirect("letter_templates")


@never_cache
@login_required
def letter_template_new(request: HttpRequest) -> HttpResponse:
    person, community = sender(request)
    form = TemplateForm(request.POST or None)
    if _to_save(request) and form.is_valid():
        try:
            actions.add_template(
                community=community,
                kind=form.cleaned_data["kind"],
                text=form.text,
                by=person,
                now=timezone.now(),
            )
        except NotNow as error:
            return _page(request, community, form, told=error)
        messages.success(request, _("存好了，写信时就能挑。"))
        return redirect("letter_templates")
    return _page(request, community, form)


@never_cache
@login_required
def letter_template(request: HttpRequest, pk: int) -> HttpResponse:
    person, community = sender(request)
    template = get_object_or_404(
        LetterTemplate.objects.select_related("community"), pk=pk, community=community
    )
    initial = {name: getattr(template, name) for name in ("name", "kind", *WORDS)} | {
        "seen": template.version
    }
    form = TemplateForm(request.POST or None, initial=initial)
    if _to_save(request) and form.is_valid():
        template.version = form.cleaned_data["seen"] or 0
        try:
            actions.edit_template(
                template=template,
                kind=form.cleaned_data["kind"],
                text=form.text,
                by=person,
                now=timezone.now(),
            )
        except NotNow as error:
            template.refresh_from_db()
            return _page(request, community, form, template=template, told=error)
        messages.success(request, _("改好了。以前写的信不变。"))
        return redirect("letter_templates")
    return _page(request, community, form, template=template)


@login_required
@require_POST
def letter_template_preview(request: HttpRequest) -> HttpResponse:
    """How it reads, while it is being written; with `pdf`, the paper itself for somebody invented."""
    _person, community = sender(request)
    text = {name: request.POST.get(name, "")[:LONGEST] for name in WORDS}
    if "pdf" not in request.POST:
        return render(request, "letters/_preview.html", _preview(_kind(request), text, community))
    made = print_one(_kind(request), sample_sheet(_kind(request), text, community))
    response = HttpResponse(made, content_type=files.PDF)
    response["Content-Disposition"] = 'inline; filename="sample.pdf"'
    return response


@login_required
@require_POST
def letter_template_switch(request: HttpRequest, pk: int) -> HttpResponse:
    person, community = sender(request)
    template = get_object_or_404(
        LetterTemplate.objects.select_related("community"), pk=pk, community=community
    )
    on = request.POST.get("on") == "1"
    actions.switch_template(template=template, on=on, by=person, now=timezone.now())
    messages.success(
        request, _("启用了，写信时又能挑。") if on else _("停用了，写信时挑不到它；随时能启用。")
    )
    return redirect("letter_templates")


def _kind(request: HttpRequest) -> str:
    return _known_kind(request.POST.get("kind", ""))


def _known_kind(wanted: str) -> str:
    return wanted if wanted in LetterKind.values else LetterKind.PERSONAL


def _to_save(request: HttpRequest) -> bool:
    """Without JavaScript a second button only looks."""
    return request.method == "POST" and "look" not in request.POST


def _preview(kind: str, text: dict[str, str], community: Organisation) -> dict[str, Any]:
    fields = list(dict.fromkeys(name for part in filled_parts(kind, text) for name in fields_in(part)))
    wrong = wrong_with(text, [*FIELDS, *fields], kind) if text["body"].strip() else []
    if kind in NUMBERED and text["number"]:
        wrong += number_problems(text["number"])
    return {
        "wrong": [wording.text_problem(*problem) for problem in wrong],
        "sheet": sample_sheet(kind, text, community) if text["body"].strip() else None,
        "of_table": [name for name in fields if name not in FIELDS],
    }


def _page(
    request: HttpRequest,
    community: Organisation,
    form: TemplateForm,
    *,
    template: LetterTemplate | None = None,
    told: NotNow | None = None,
) -> HttpResponse:
    if told:
        form.add_error(TOLD_AT.get(told.code), wording.not_now(told))
    text = {name: str(form[name].value() or "") for name in WORDS}
    kind = _known_kind(str(form["kind"].value() or ""))
    context = _preview(kind, text, community) | {"form": form, "template": template, "names": SAMPLE}
    context["official"] = kind in NUMBERED
    context["versions"] = template.versions.select_related("by")[:20] if template else []
    status = 422 if request.method == "POST" and form.errors and _to_save(request) else 200
    return render(request, "letters/template_form.html", context, status=status)
