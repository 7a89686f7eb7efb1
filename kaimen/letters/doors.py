"""What a letter's link opens, for the room that answers the knock."""

from kaimen.foundation.secret_links import token_digest
from kaimen.letters.enums import MailingState
from kaimen.letters.models import Letter
from kaimen.logic.text import clean


def letter_behind(token: str) -> Letter | None:
    """The letter whose open link this is; None for one that never was, or was shut."""
    found = Letter.objects.filter(link_digest=token_digest(clean(token)), link_closed_at=None)
    found = found.exclude(mailing__state=MailingState.DROPPED)
    return found.select_related(
        "mailing__organisation", "mailing__community", "person", "organisation", "community"
    ).first()
