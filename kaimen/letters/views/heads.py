"""The letterhead of an organisation: its 代字 for the 发文字号, its mark, and the register of what it issued."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kaimen.foundation.form_fields import Said
from kaimen.foundation.models import Organisation, Person
from kaimen.letters import actions, heads, wording
from kaimen.letters.errors import NotNow

from .common import login_required, sender, senders_nodes


class CodeForm(forms.Form):
    code = Said(
        label=gettext_lazy("发文代字"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("比如“灵工”：文件就是灵工发〔2026〕1号，函就是灵工函〔2026〕1号。"),
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letterhead(request: HttpRequest) -> HttpResponse:
    """GET: what papers of the organisation `of` bear. POST: another 代字."""
    person, organisation = _whose(request)
    form = CodeForm(request.POST or None, initial={"code": heads.code_of(organisation)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_code(
                organisation=organisation, code=form.cleaned_data["code"], by=person, now=timezone.now()
            )
        except NotNow as error:
            form.add_error("code", wording.not_now(error))
        else:
            messages.success(request, _("记下了，以后的文号就用它。"))
            return _back(organisation)
    return _page(request, person, organisation, form)


def _whose(request: HttpRequest) -> tuple[Person, Organisation]:
    """Who asks, and for which organisation: one they may send for, the community's own unless they chose another."""
    person, community = sender(request)
    chosen = request.POST.get("of") or request.GET.get("of") or ""
    if not chosen:
        return person, community
    pk = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 16 else 0
    return person, get_object_or_404(senders_nodes(person), pk=pk)


def _back(organisation: Organisation) -> HttpResponse:
    return redirect(f"{reverse('letterhead')}?of={organisation.pk}")


def _page(request: HttpRequest, person: Person, organisation: Organisation, form: CodeForm) -> HttpResponse:
    context = {
        "organisation": organisation,
        "organisations": senders_nodes(person),
        "head": heads.head_of(organisation),
        "form": form,
        "issued": heads.issued_by(organisation),
    }
    return render(request, "letters/letterhead.html", context, status=422 if form.errors else 200)
