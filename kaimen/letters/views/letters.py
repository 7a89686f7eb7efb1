"""One letter: its paper, its history, its address mended, its door shut."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kaimen.foundation import audit
from kaimen.letters import actions, files, queries, wording
from kaimen.letters.editable import docx_response, is_editable
from kaimen.letters.enums import LETTER_TRANSITIONS, OPEN_TO_CHANGE, RECEIVED, LetterState, ReturnReason
from kaimen.letters.errors import NotNow
from kaimen.letters.forms import MendForm
from kaimen.letters.heads import number_on
from kaimen.letters.looking import GLYPH_FIELDS
from kaimen.letters.models import Letter
from kaimen.letters.printer import print_one, unprintable
from kaimen.letters.sheets import Writer
from kaimen.letters.wording import happened
from kaimen.logic.letters import CannotFill

from .common import login_required, mailing_of, own_letter, tell

MENDED = ("name", "title", "unit", "phone", "email", "address", "postcode")


@never_cache
@login_required
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Whole address and phone: the sender needs them; that they were read, its person can see."""
    person, found = own_letter(request, pk)
    if found.person is not None:
        audit.record_read(person=found.person, reader=person, what="address", purpose="letter")
    return _page(request, found)


@login_required
@require_safe
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    _person, found = own_letter(request, pk)
    return files.response(found.pdf, f"letter-{found.number}.pdf")


@login_required
@require_safe
def letter_docx(request: HttpRequest, pk: int) -> HttpResponse:
    _person, found = own_letter(request, pk)
    return docx_response(found)


@login_required
@require_safe
def mailing_sample(request: HttpRequest, pk: int, seq: int) -> HttpResponse:
    """A letter of the draft as it would be printed; nothing is kept."""
    _person, mailing = mailing_of(request, pk)
    found = mailing.letters.filter(seq=seq).first()
    if found is None:
        raise Http404
    found.mailing = mailing
    try:
        made = print_one(mailing.kind, Writer(mailing, timezone.now()).sheet(found))
    except CannotFill as error:
        messages.error(request, _("这一封的“%(field)s”是空的，先补上。") % {"field": error.field})
        return redirect("mailing", pk)
    response = HttpResponse(made, content_type=files.PDF)
    response["Content-Disposition"] = f'inline; filename="sample-{pk}-{seq}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def letter_mend(request: HttpRequest, pk: int) -> HttpResponse:
    person, found = own_letter(request, pk)
    form = MendForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    data, on_its_way = form.cleaned_data, found.state == LetterState.SENT
    try:
        actions.mend_letter(
            letter=found,
            changes={name: data[name] for name in MENDED},
            channel=data["channel"],
            to_directory=data["to_directory"],
            by=person,
            now=timezone.now(),
        )
    except NotNow as error:
        if error.code == "glyphs":  # what was typed stays
            for name in (one for one in GLYPH_FIELDS if unprintable(data[one])):
                form.add_error(name, wording.not_now(error))
            return _page(request, found, form=form, status=422)
        tell(request, error)
        return redirect("letter", pk)
    messages.success(
        request,
        _("改好了。") if found.mailing.state in OPEN_TO_CHANGE else _("改好了，这封信重新做、重新送。"),
    )
    if on_its_way:
        messages.info(
            request, _("上一封已经在路上，收不回来。先到哪一封都行：两封上的码都能回话，只算一封。")
        )
    return redirect("letter", pk)


@login_required
@require_POST
def letter_do(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One letter by hand: sent, delivered, returned, left out, its link shut."""
    person, found = own_letter(request, pk)
    now = timezone.now()
    try:
        match verb:
            case "send" | "deliver" | "return":
                actions.move_letter(
                    letter=found, verb=verb, reason=request.POST.get("reason", ""), by=person, now=now
                )
            case "leave_out":
                actions.take_out(letter=found, by=person, now=now)
                if found.mailing.state in OPEN_TO_CHANGE:
                    return redirect("mailing", found.mailing_id)
            case "close_link":
                actions.close_link(letter=found, by=person, now=now)
            case _other:
                raise Http404
    except NotNow as error:
        tell(request, error)
    else:
        messages.success(request, _("记下了。"))
    return redirect("letter", pk)


def _page(
    request: HttpRequest, found: Letter, form: MendForm | None = None, status: int = 200
) -> HttpResponse:
    events = queries.history(found)
    able = {verb for verb, (sources, _to) in LETTER_TRANSITIONS.items() if found.state in sources}
    initial: dict[str, Any] = {name: getattr(found, name) for name in (*MENDED, "channel")}
    context = {
        "letter": found,
        "mailing": found.mailing,
        "editable": is_editable(found),
        "number": number_on(found.mailing),
        "events": [(event, happened(event)) for event in events],
        "reason": wording.reason(found.reason),
        "tone": wording.TONES.get(LetterState(found.state), ""),
        "form": form or MendForm(initial=initial | {"to_directory": True}),
        "draft": found.mailing.state in OPEN_TO_CHANGE,
        "can": {verb: verb in able for verb in LETTER_TRANSITIONS},
        "arrived": found.state in RECEIVED,
        "on_its_way": found.state == LetterState.SENT,
        "back": found.state in (LetterState.RETURNED, LetterState.BOUNCED),
        "reasons": ReturnReason.choices,
    }
    return render(request, "letters/letter.html", context, status=status)
