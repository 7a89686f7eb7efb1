"""Every need, from whatever channel or story, comes in through `knock`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from kaimen.cases import actions as cases
from kaimen.cases.enums import Channel
from kaimen.cases.models import Case
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation import audit
from kaimen.foundation.enums import ConsentKind
from kaimen.foundation.models import Attachment, Consent, Organisation, Person, Place
from kaimen.foundation.organisations import phone_digest
from kaimen.intake.hearing import Heard, hear
from kaimen.intake.models import FormLink, Reading, Submission, Visit
from kaimen.intake.owners import owner_for
from kaimen.intake.senders import Sender, check_flood
from kaimen.logic.flood import Verdict
from kaimen.logic.text import clean, is_meaningful

LONGEST = 2000  # characters; longer texts are asked to be told in short, with the rest as a document
CONSENT_VERSION = "2026-11"


class NotTaken(Exception):
    """The words cannot be taken like this. `code`: empty, too_long, nothing_said, wait, ask_phone."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Asker:
    """Who says it; all of it may be empty."""

    person: Person | None = None
    name: str = ""
    phone: str = ""  # checked and normalised (logic.identity.check_phone)
    enterprise: Organisation | None = None
    confidential: bool = False
    consented: bool = False


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
    asker: Asker = Asker(),
    sender: Sender | None = None,
    service: Service | None = None,
    domain: Domain | None = None,
    place: Place | None = None,
    place_text: str = "",
    attachments: Sequence[Attachment] = (),
    form: FormLink | None = None,
    visit: Visit | None = None,
    join: Case | None = None,
    urgent: bool = False,
    now: datetime | None = None,
) -> Case:
    """Take one need: afterwards a case with one owner, its promises, timeline, audit and notices exists.

    What the words say beside the service is kept with it: urgency and why, kind, domain if that is clear, a place if
    exactly one is named and none was given.

    `key` makes it once only: the same key again returns the same case and changes nothing. `join` puts the new case
    beside a similar one without touching that one's voice. `sender` is held to the limits of logic.flood; needs
    taken by staff have none. Raises NotTaken; logic.routing.NoOwner if no officer or supervisor exists.
    """
    now = now or timezone.now()
    done = Submission.objects.filter(key=key).select_related("case").first()
    if done:
        return done.case
    said = check_words(words)
    if sender and by is None:
        _hold_if_flooding(check_flood(sender, now))
    heard = hear(community, said)
    domain = domain or (service.domain if service else None) or (heard.domain if heard.sure else None)
    if place is None and not place_text and len(heard.places) == 1:
        place = heard.places[0]
    try:
        with transaction.atomic():
            owner = owner_for(
                community=community,
                service=service,
                domain=domain,
                place=place,
                today=timezone.localdate(now),
            )
            case = cases.open_case(
                community=community,
                words=said,
                service=service,
                domain=domain,
                owner=owner.person,
                routing=owner.reasons,
                channel=channel,
                asker=asker.person,
                asker_name=asker.name,
                asker_phone=asker.phone,
                enterprise=asker.enterprise,
                confidential=asker.confidential,
                place=place,
                place_text=place_text,
                attachments=attachments,
                urgent=urgent,
                urgent_why=heard.urgent_why,
                kind=heard.kind,
                by=by,
                now=now,
            )
            _keep_reading(case, heard, now)
            _keep_submission(key, case, form, visit, sender, asker, by, now)
            if join:
                _join(case, join, by, now)
    except IntegrityError:
        # The same form arrived twice at the same moment and the other one was first.
        first = Submission.objects.filter(key=key).select_related("case").first()
        if first is None:
            raise
        return first.case
    return case


def _keep_reading(case: Case, heard: Heard, now: datetime) -> None:
    """What was understood, beside what it turns out to be: figures and learning compare the two."""
    Reading.objects.create(
        case=case,
        domain=heard.domain,
        service=case.service,
        confidence=min(1.0, heard.confidence),
        sure=heard.sure,
        ranked=[[domain.key, round(confidence, 4)] for domain, confidence in heard.ranked],
        mentions={
            "places": [place.name for place in heard.places],
            "enterprises": [firm.name for firm in heard.enterprises],
        },
        model=heard.model,
        at=now,
    )


def _join(case: Case, other: Case, by: Person | None, now: datetime) -> None:
    """Beside the similar one if that is still possible: a need is not lost because the other one has moved."""
    for _attempt in range(2):
        try:
            with transaction.atomic():
                cases.join_group(case=case, with_case=Case.objects.get(pk=other.pk), by=by, now=now)
            return
        except cases.NotNow:
            return
        except cases.Moved:  # somebody joined it at this very moment: look again
            continue


def _hold_if_flooding(verdict: Verdict) -> None:
    if verdict.code != "ok":
        raise NotTaken(verdict.code, **verdict.params)


def _keep_submission(
    key: str,
    case: Case,
    form: FormLink | None,
    visit: Visit | None,
    sender: Sender | None,
    asker: Asker,
    by: Person | None,
    now: datetime,
) -> None:
    Submission.objects.create(
        key=key,
        case=case,
        form=form,
        visit=visit,
        address_digest=sender.address_digest if sender else "",
        device_digest=sender.device_digest if sender else "",
        phone_digest=phone_digest(asker.phone),
        taken_by=by if by and by != asker.person else None,
        at=now,
    )
    if asker.consented:
        Consent.objects.create(
            person=asker.person,
            kind=ConsentKind.PERSONAL_DATA,
            text_version=CONSENT_VERSION,
            reference=case.number,
            given_at=now,
        )


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
