"""What the pages of this room share: who may come in, and to which mailing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from kaimen.foundation.communities import current_community
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import person_of, scope
from kaimen.letters import wording
from kaimen.letters.enums import MailingState
from kaimen.letters.errors import NotNow
from kaimen.letters.models import Letter, Mailing
from kaimen.letters.permissions import SENDERS, can_see_mailing, check_can_send

__all__ = ["login_required", "mailing_of", "own_letter", "sender", "senders_nodes", "tell"]


def sender(request: HttpRequest) -> tuple[Person, Organisation]:
    """Who writes to many, and at whose door; raises PermissionDenied for everybody else."""
    community = current_community(request)
    person = person_of(request)
    if person is None:
        raise PermissionDenied
    check_can_send(person, community)
    return person, community


def senders_nodes(person: Person) -> QuerySet[Organisation]:
    """Organisations for which, and under which, this person may write."""
    return scope(person, *SENDERS).filter(active=True).order_by("path")


def mailing_of(request: HttpRequest, pk: int) -> tuple[Person, Mailing]:
    """A mailing this person may see; 404 where they must not know that it exists."""
    person, community = sender(request)
    rows = Mailing.objects.select_related("organisation", "community", "created_by", "template")
    mailing = get_object_or_404(rows.exclude(state=MailingState.DROPPED), pk=pk, community=community)
    if not can_see_mailing(person, mailing):
        raise Http404
    return person, mailing


def own_letter(request: HttpRequest, pk: int) -> tuple[Person, Letter]:
    person, community = sender(request)
    rows = Letter.objects.select_related(
        "mailing__organisation", "mailing__community", "person", "organisation"
    )
    rows = rows.exclude(mailing__state=MailingState.DROPPED)
    letter = get_object_or_404(rows, pk=pk, mailing__community=community)
    if not can_see_mailing(person, letter.mailing):
        raise Http404
    return person, letter


def tell(request: HttpRequest, error: NotNow) -> None:
    messages.error(request, wording.not_now(error))
