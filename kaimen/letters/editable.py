"""A letter as .docx for whoever must work on in it: official papers and answers. Everything else is for reading only."""

from datetime import datetime

from django.http import Http404, HttpResponse

from kaimen.letters.enums import EDITABLE
from kaimen.letters.files import DOCX
from kaimen.letters.models import Letter
from kaimen.letters.papers import make_docx
from kaimen.letters.sheets import Writer
from kaimen.logic.letters import CannotFill


def is_editable(letter: Letter) -> bool:
    """It is made, and of a kind that its receiver may have to work on in."""
    return bool(letter.pdf) and letter.mailing.kind in EDITABLE


def made_at(letter: Letter) -> datetime:
    """When its paper was made: the day that stands on it."""
    made = letter.events.filter(verb="make").order_by("-pk").first()
    return made.at if made else letter.state_at


def docx_response(letter: Letter) -> HttpResponse:
    """The words of the PDF as .docx, for whoever the view has let in to the PDF. Raises Http404 where there is none.

    It is made when it is asked for and kept nowhere; its name names no person.
    """
    if not is_editable(letter):
        raise Http404
    at = made_at(letter)
    try:
        made = make_docx(letter.mailing.kind, Writer(letter.mailing, at).sheet(letter))
    except CannotFill as error:  # its list was changed since: the PDF is all there is
        raise Http404 from error
    response = HttpResponse(made, content_type=DOCX)
    response["Content-Disposition"] = f'attachment; filename="letter-{letter.number}.docx"'
    response["Cache-Control"] = "no-store"
    return response
