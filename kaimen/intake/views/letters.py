"""The door of a letter: who holds it reads it, answers or asks, without typing who they are."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaimen.cases.enums import Channel
from kaimen.cases.links import track_path
from kaimen.cases.views.common import count_guess, too_many_guesses, unlisted
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.form_fields import Handle, Said
from kaimen.intake.actions import LONGEST, Asker, NotTaken, knock
from kaimen.intake.forms import not_taken_words
from kaimen.intake.senders import remember_device, sender_of
from kaimen.letters import actions, files, links, wording
from kaimen.letters.doors import letter_behind
from kaimen.letters.editable import docx_response, is_editable, made_at
from kaimen.letters.enums import LetterState
from kaimen.letters.forms import AddressForm
from kaimen.letters.models import Letter
from kaimen.letters.sheets import Writer
from kaimen.logic.identity import mask_name
from kaimen.logic.letters import CannotFill
from kaimen.logic.routing import NoOwner

View = Callable[..., HttpResponse]


class AnswerForm(forms.Form):
    key = Handle(widget=forms.HiddenInput)
    words = Said(
        label=gettext_lazy("想回的话，或者要问、要办的事"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("写一句就行。")},
    )


def behind_link(view: View) -> View:
    """Only with a link that opens a letter; wrong ones are counted, so that nobody tries many. Those that are right
    always open: a whole factory may share one address."""

    @unlisted
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        found = letter_behind(token)
        if found is None:
            count_guess(request)
            status = 429 if too_many_guesses(request) else 404
            return render(request, "intake/letter_gone.html", status=status)
        return view(request, found)

    return opened


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def letter_door(request: HttpRequest, letter: Letter) -> HttpResponse:
    """GET: the letter and the box below it; nothing changes, as programs look into links too. POST: the answer."""
    form = AnswerForm(request.POST or None, initial={"key": secrets.token_urlsafe(12)})
    if request.method == "POST" and form.is_valid():
        try:
            return _answered(request, letter, form.cleaned_data)
        except (NotTaken, NoOwner) as error:
            form.add_error("words", not_taken_words(error))
    return _page(request, letter, form, 422 if form.errors else 200)


@require_POST
@behind_link
def letter_read(request: HttpRequest, letter: Letter) -> HttpResponse:
    """Somebody has it open: sent by the page itself, or by pressing 收到了 without JavaScript."""
    actions.open_letter(letter=letter, now=timezone.now())
    if request.htmx:  # type: ignore[attr-defined]  # set by django_htmx's middleware
        return HttpResponse(status=204)
    messages.success(request, _("记下了，您收到了。"))
    return redirect("letter_door", links.token(letter))


@require_safe
@behind_link
def letter_door_pdf(request: HttpRequest, letter: Letter) -> HttpResponse:
    return files.response(letter.pdf, f"letter-{letter.number}.pdf")


@require_safe
@behind_link
def letter_door_docx(request: HttpRequest, letter: Letter) -> HttpResponse:
    return docx_response(letter)


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def letter_off(request: HttpRequest, letter: Letter) -> HttpResponse:
    """No more letters but official ones."""
    done = request.method == "POST"
    if done:
        actions.unsubscribe(letter=letter, now=timezone.now())
    return render(
        request, "intake/letter_off.html", {"letter": letter, "done": done, "token": links.token(letter)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def letter_address(request: HttpRequest, letter: Letter) -> HttpResponse:
    """The receiver writes down where the next letter finds them. What we have is not shown: the paper may be anybody's."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value}
        if not given:
            form.add_error("address", _("写一个新的地址、手机号或邮箱。"))
        else:
            try:
                actions.correct_by_reader(letter=letter, changes=given, now=timezone.now())
            except actions.NotNow as error:
                if error.code == "glyphs":
                    form.add_error("address", wording.not_now(error))
                else:
                    messages.error(request, _("这封信已经收到了，不用再寄。下一封要改地址，在下面说一句。"))
            else:
                messages.success(request, _("记下了，谢谢。这封信会照新的重新送。"))
            if form.is_valid():
                return redirect("letter_door", links.token(letter))
    context = {"letter": letter, "form": form, "token": links.token(letter)}
    return render(request, "intake/letter_address.html", context, status=422 if form.errors else 200)


def _answered(request: HttpRequest, letter: Letter, data: dict[str, Any]) -> HttpResponse:
    firm = letter.organisation
    asker = Asker(
        person=letter.person,
        name=letter.name,
        phone=letter.phone,
        enterprise=firm if firm and firm.kind == OrganisationKind.ENTERPRISE else None,
    )
    case = knock(
        key=f"letter:{letter.pk}:{data['key'][:40]}",
        community=_door_of(letter),
        words=data["words"],
        channel=Channel.LETTER,
        by=None,
        asker=asker,
        sender=sender_of(request, letter.phone_digest, confirmed=True),
    )
    actions.answer_letter(letter=letter, number=case.number, now=timezone.now())
    return remember_device(request, redirect(track_path(case)))


def _door_of(letter: Letter) -> Any:
    return (
        letter.community if letter.community.kind == OrganisationKind.COMMUNITY else letter.mailing.community
    )


def _page(request: HttpRequest, letter: Letter, form: AnswerForm, status: int) -> HttpResponse:
    try:
        sheet = Writer(letter.mailing, made_at(letter)).sheet(letter)
    except CannotFill:
        sheet = None  # its table was changed since; the paper itself is still there
    context = {
        "letter": letter,
        "mailing": letter.mailing,
        "sheet": sheet,
        "editable": is_editable(letter),
        "name": mask_name(letter.name),
        "form": form,
        "token": links.token(letter),
        "not_opened": letter.state
        in (
            LetterState.MADE,
            LetterState.SENT,
            LetterState.DELIVERED,
            LetterState.BOUNCED,
            LetterState.RETURNED,
        ),
    }
    return render(request, "intake/letter_door.html", context, status=status)
