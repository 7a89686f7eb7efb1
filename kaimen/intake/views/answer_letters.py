"""The answer letter of a case, from the desk: write it, print it, note where it is."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kaimen.cases.models import Case
from kaimen.cases.views.case import seen_case
from kaimen.cases.views.common import desk_people
from kaimen.foundation.form_fields import Handle, Said
from kaimen.foundation.models import Person
from kaimen.intake import answer_letters
from kaimen.letters import actions, files, wording
from kaimen.letters.editable import docx_response
from kaimen.letters.heads import number_on
from kaimen.letters.models import Letter

MOVES = {"send": gettext_lazy("寄出了"), "deliver": gettext_lazy("送到了")}


class AnswerLetterForm(forms.Form):
    key = Handle(widget=forms.HiddenInput)
    name = Said(label=gettext_lazy("怎么称呼"), max_length=80)
    address = Said(
        label=gettext_lazy("寄到哪里"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("当面给的，可以不写。"),
    )
    template = forms.ChoiceField(label=gettext_lazy("用哪个模板"), required=False)

    def __init__(self, *args: Any, templates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), one.name) for one in templates]
        self.fields["template"].choices = [*choices, ("", _("照答复原文写"))]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@desk_people
def answer_letter(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """GET: what was written so far and the form. POST: write one, or note that one left or arrived."""
    case = _theirs(person, number)
    if request.method == "POST" and "move" in request.POST:
        return _move(request, person, case)
    templates = answer_letters.templates_of(case)
    initial = {
        "key": secrets.token_urlsafe(9),
        "name": case.asker_name,
        "address": case.asker.address if case.asker else "",
    }
    form = AnswerLetterForm(request.POST or None, templates=templates, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = next((one for one in templates if str(one.pk) == data["template"]), None)
        try:
            answer_letters.write_answer(
                case=case,
                name=data["name"],
                address=data["address"],
                template=chosen,
                by=person,
                now=timezone.now(),
                key=data["key"][:40],
            )
        except actions.NotNow as error:
            form.add_error(None, wording.stands_against(error))
        else:
            messages.success(request, _("答复信做好了，可以打印。"))
            return redirect("answer_letter", number)
    context = {
        "case": case,
        "form": form,
        "answered": case.answers.exists(),
        "letters": [
            {
                "letter": one,
                "number": number_on(one.mailing),
                "tone": wording.TONES.get(one.state, ""),  # type: ignore[call-overload]
                "moves": _moves(one),
            }
            for one in answer_letters.letters_of(case)
        ],
    }
    return render(request, "intake/answer_letter.html", context, status=422 if form.errors else 200)


@require_safe
@desk_people
def answer_letter_pdf(request: HttpRequest, person: Person, number: str, pk: int) -> HttpResponse:
    found = _letter(_theirs(person, number), pk)
    return files.response(found.pdf, f"letter-{found.number}.pdf")


@require_safe
@desk_people
def answer_letter_docx(request: HttpRequest, person: Person, number: str, pk: int) -> HttpResponse:
    return docx_response(_letter(_theirs(person, number), pk))


def _move(request: HttpRequest, person: Person, case: Case) -> HttpResponse:
    verb, pk = request.POST.get("move", ""), request.POST.get("letter", "")
    if verb not in MOVES or not pk.isdecimal():
        raise Http404
    try:
        actions.move_letter(letter=_letter(case, int(pk)), verb=verb, by=person, now=timezone.now())
        messages.success(request, _("记下了。"))
    except actions.NotNow as error:
        messages.error(request, wording.not_now(error))
    return redirect("answer_letter", case.number)


def _moves(letter: Letter) -> list[tuple[str, Any]]:
    return {"made": list(MOVES.items()), "sent": [("deliver", MOVES["deliver"])]}.get(letter.state, [])


def _theirs(person: Person, number: str) -> Case:
    case = seen_case(person, number)
    if not answer_letters.may_write(person, case):
        raise PermissionDenied
    return case


def _letter(case: Case, pk: int) -> Letter:
    found = next((one for one in answer_letters.letters_of(case) if one.pk == pk), None)
    if found is None:
        raise Http404
    return found
