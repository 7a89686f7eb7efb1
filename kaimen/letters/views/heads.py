"""The letterhead of an organisation: its 代字 for the 发文字号, its mark, and the register of what it issued."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaimen.foundation import files as uploads
from kaimen.foundation.form_fields import Said
from kaimen.foundation.models import Organisation, Person
from kaimen.letters import actions, files, heads, wording
from kaimen.letters.enums import LetterKind
from kaimen.letters.errors import NotNow
from kaimen.letters.printer import print_one
from kaimen.letters.sheets import sample_sheet

from .common import login_required, sender, senders_nodes

MOST_LINES = 3


class HeadForm(forms.Form):
    code = Said(
        label=gettext_lazy("发文代字"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("比如“灵工”：文件就是灵工发〔2026〕1号，函就是灵工函〔2026〕1号。"),
    )
    lines = forms.CharField(
        label=gettext_lazy("地址、电话"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("小字印在信头右边，一行一样；红头文件和函上不印。"),
    )

    def clean_lines(self) -> str:
        text = str(self.cleaned_data["lines"])
        if len(text.splitlines()) > MOST_LINES:
            raise ValidationError(gettext_lazy("最多写三行。"))
        return text


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=gettext_lazy("选一张图"),
        help_text=gettext_lazy("PNG、JPG 都行，白底的最好。图里的拍摄信息会去掉。"),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        error_messages={
            "required": gettext_lazy("先选一张图。"),
            "empty": gettext_lazy("这张图是空的，请重新选。"),
            "invalid": gettext_lazy("先选一张图。"),
        },
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letterhead(request: HttpRequest) -> HttpResponse:
    """GET: what papers of the organisation `of` bear. POST: another 代字, other lines."""
    person, organisation = _whose(request)
    form = HeadForm(request.POST or None, initial=_initial(organisation))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_head(organisation=organisation, by=person, now=timezone.now(), **form.cleaned_data)
        except NotNow as error:
            form.add_error("lines" if error.code == "glyphs" else "code", wording.not_now(error))
        else:
            messages.success(request, _("记下了，以后做的信和文件就用它。"))
            return _back(organisation)
    return _page(request, person, organisation, form=form)


@never_cache
@login_required
@require_POST
def letterhead_logo(request: HttpRequest) -> HttpResponse:
    """The mark at the head of the letters, drawn anew (foundation.files)."""
    person, organisation = _whose(request)
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.put_up_logo(
                organisation=organisation, upload=form.cleaned_data["logo"], by=person, now=timezone.now()
            )
        except uploads.Refused as refused:
            form.add_error("logo", uploads.refused_words(refused))
        else:
            messages.success(request, _("放上去了，以后做的信就用它。"))
            return _back(organisation)
    return _page(request, person, organisation, logo_form=form)


@login_required
@require_POST
def letterhead_logo_drop(request: HttpRequest) -> HttpResponse:
    person, organisation = _whose(request)
    actions.take_down_logo(organisation=organisation, by=person, now=timezone.now())
    messages.success(request, _("去掉了，信头又是一扇门。"))
    return _back(organisation)


@never_cache
@login_required
@require_safe
def letterhead_sample(request: HttpRequest) -> HttpResponse:
    """A letter with this head, for somebody invented."""
    _person, organisation = _whose(request)
    words = {"greeting": "{姓名}：", "body": _("您好！这是一封样信，看看信头合不合适。")}
    made = print_one(LetterKind.PERSONAL, sample_sheet(LetterKind.PERSONAL, words, organisation))
    response = HttpResponse(made, content_type=files.PDF)
    response["Content-Disposition"] = 'inline; filename="sample.pdf"'
    return response


def _whose(request: HttpRequest) -> tuple[Person, Organisation]:
    """Who asks, and for which organisation: one they may send for, the community's own unless they chose another."""
    person, community = sender(request)
    chosen = request.POST.get("of") or request.GET.get("of") or ""
    if not chosen:
        return person, community
    pk = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 16 else 0
    return person, get_object_or_404(senders_nodes(person), pk=pk)


def _initial(organisation: Organisation) -> dict[str, str]:
    head = heads.head_of(organisation)
    return {"code": head.code, "lines": head.lines}


def _back(organisation: Organisation) -> HttpResponse:
    return redirect(f"{reverse('letterhead')}?of={organisation.pk}")


def _page(request: HttpRequest, person: Person, organisation: Organisation, **forms: Any) -> HttpResponse:
    context = {
        "organisation": organisation,
        "organisations": senders_nodes(person),
        "head": heads.head_of(organisation),
        "form": HeadForm(initial=_initial(organisation)),
        "logo_form": LogoForm(),
        "issued": heads.issued_by(organisation),
    } | forms
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "letters/letterhead.html", context, status=status)
