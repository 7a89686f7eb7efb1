"""Every need, from whatever channel or story, comes in through `knock`."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from kaimen.cases.enums import Channel
from kaimen.cases.models import Case
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation import audit
from kaimen.foundation.models import Attachment, MachineKey, Organisation, Person, Place
from kaimen.foundation.reference import current_look
from kaimen.intake.hearing import Heard, hear, place_of
from kaimen.intake.models import FormLink, Submission, Visit
from kaimen.intake.senders import Sender
from kaimen.intake.taking import Asker, Need, NotTaken, take_together
from kaimen.logic.text import clean, is_meaningful

__all__ = [
    "LONGEST",
    "Asker",
    "NotTaken",
    "check_words",
    "knock",
    "make_form_link",
    "record_visit",
    "stop_form_link",
]

UNNAMED = Asker()
LONGEST = 2000  # characters; longer texts are asked to be told in short, with the rest as a document


def check_words(words: str) -> str:
    """The words without control characters and outer space, otherwise untouched; raises NotTaken."""
    said = clean(words)
    if not said:
        raise NotTaken("empty")
    if len(said) > LONGEST:
        raise NotTaken("too_long", length=len(said), longest=LONGEST)
    if not is_meaningful(said):
        raise NotTaken("nothing_said")
    return said


def knock(
    *,
    key: str,
    community: Organisation,
    words: str,
    channel: Channel,
    by: Person | None,
    asker: Asker = UNNAMED,
    sender: Sender | None = None,
    service: Service | None = None,
    domain: Domain | None = None,
    place: Place | None = None,
    place_text: str = "",
    attachments: Sequence[Attachment] = (),
    form: FormLink | None = None,
    visit: Visit | None = None,
    machine: MachineKey | None = None,
    join: Case | None = None,
    urgent: bool = False,
    heard: Heard | None = None,
    now: datetime | None = None,
) -> Case:
    """Take one need: afterwards a case with one owner, its promises, timeline, audit and notices exists.

    What the words say beside the service is kept with it: urgency and why, kind, domain if that is clear, a place if
    exactly one is named and none was given.

    `heard`: what `hear` made of these words, from who has asked already.

    `key` makes it once only: the same key again returns the same case and changes nothing. `join` puts the new case
    beside a similar one without touching that one's voice. `sender` is held to the limits of logic.flood; needs
    taken by staff have none. Raises NotTaken; logic.routing.NoOwner if no officer or supervisor exists; within
    `last_look` foundation.reference.Changed.
    """
    said = check_words(words)
    domain = domain or (service.domain if service else None)
    heard = heard or hear(community, said, about=domain is None, why=False)
    domain = domain or (heard.domain if heard.sure else None)
    place = place_of(heard, place, place_text)
    need = Need(
        key=key,
        community=community,
        words=said,
        heard=heard,
        channel=channel,
        by=by,
        asker=asker,
        sender=sender,
        service=service,
        domain=domain,
        place=place,
        place_text=place_text,
        attachments=attachments,
        form=form,
        visit=visit,
        machine=machine,
        join=join,
        urgent=urgent,
        now=now or timezone.now(),
        look=current_look(),
    )
    try:
        return take_together(need)
    except IntegrityError:
        # The same form arrived in two processes at the same moment and the other one was first.
        first = Submission.objects.filter(key=key).select_related("case__owner").first()
        if first is None:
            raise
        return first.case


@transaction.atomic
def make_form_link(
    *,
    community: Organisation,
    name: str,
    by: Person,
    question: str = "",
    place: Place | None = None,
    enterprise: Organisation | None = None,
    service: Service | None = None,
    domain: Domain | None = None,
) -> FormLink:
    """A link with QR code for a place, an enterprise or a survey."""
    form = FormLink.objects.create(
        community=community,
        name=name,
        question=question,
        place=place,
        enterprise=enterprise,
        service=service,
        domain=domain,
        created_by=by,
    )
    audit.record(verb="form.make", subject=form, by=by)
    return form


@transaction.atomic
def stop_form_link(*, form: FormLink, by: Person) -> None:
    """Nothing more comes in through this link; what came stays."""
    if FormLink.objects.filter(pk=form.pk, active=True).update(active=False):
        audit.record(verb="form.stop", subject=form, by=by)


@transaction.atomic
def record_visit(
    *,
    community: Organisation,
    organisation: Organisation,
    by: Person,
    on: date,
    met: str = "",
    note: str = "",
) -> Visit:
    """Somebody went there and listened; the needs follow through `knock` with `visit`."""
    visit = Visit.objects.create(
        community=community, organisation=organisation, visitor=by, on=on, met=met, note=note
    )
    audit.record(verb="visit.record", subject=visit, by=by)
    return visit
