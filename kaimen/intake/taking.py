"""Needs that have passed the threshold become cases: many in one transaction, each answered for itself."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from kaimen.cases import actions as cases
from kaimen.cases.enums import Channel
from kaimen.cases.models import Case
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation import rows
from kaimen.foundation.enums import ConsentKind
from kaimen.foundation.group_commit import GroupCommit
from kaimen.foundation.models import Attachment, Consent, MachineKey, Organisation, Person, Place
from kaimen.foundation.organisations import phone_digest
from kaimen.foundation.reference import Changed, Look, one_look, still_so
from kaimen.foundation.workcalendar import day_of
from kaimen.intake.hearing import Heard
from kaimen.intake.models import FormLink, Submission, Visit
from kaimen.intake.owners import Duty, Owner, start_for
from kaimen.intake.senders import Arrived, Sender
from kaimen.logic.routing import NoOwner

CONSENT_VERSION = "2026-11"


class NotTaken(Exception):
    """The words cannot be taken like this. `code`: empty, too_long, nothing_said, wait, ask_phone, ask_code."""

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


@dataclass(frozen=True, kw_only=True, eq=False)
class Need:
    """What `knock` was told, its words checked."""

    key: str
    community: Organisation
    words: str
    channel: Channel
    by: Person | None
    asker: Asker
    sender: Sender | None
    service: Service | None
    domain: Domain | None
    place: Place | None
    place_text: str
    attachments: Sequence[Attachment] = field(default=())
    form: FormLink | None
    visit: Visit | None
    machine: MachineKey | None
    join: Case | None
    urgent: bool
    heard: Heard
    now: datetime
    look: Look | None = None  # that it was understood in

    @property
    def held(self) -> Sender | None:
        """Who is held to the limits of logic.flood: nobody when staff take it down."""
        return self.sender if self.by is None else None


def take_all(needs: Sequence[Need]) -> list[Case | Exception]:
    """Take needs in the caller's transaction: for each its case, or NotTaken or NoOwner, in this order.

    A key that is known already, or comes twice among them, is one case. What cannot be taken leaves nothing. Changed for
    what was understood by services, places or people that are no longer so.
    """
    with one_look():
        standing = [need for need in needs if need.look is None or still_so(need.look)]
        outcomes = _take_all(standing) if standing else {}
        return [outcomes[need.key] if need in standing else Changed() for need in needs]


def _take_all(needs: Sequence[Need]) -> dict[str, Case | Exception]:
    arrived = Arrived(
        [need.key for need in needs],
        [need.held for need in needs if need.held],
        max(need.now for need in needs),
    )
    outcomes: dict[str, Case | Exception] = _known(arrived.known)
    fresh = {need.key: need for need in reversed(needs) if need.key not in outcomes}
    wanted = _not_flooding([need for need in needs if fresh.get(need.key) is need], arrived, outcomes)
    owned = _owned(wanted, outcomes)
    with rows.together():
        made = cases.open_cases([_new_case(need, owner) for need, owner in owned])
        done = list(zip([need for need, _ in owned], made, strict=True))
        _keep_submissions(done)
    for need, case in done:
        outcomes[need.key] = case
        if need.join:
            _join(case, need.join, need.by, need.now)
    return outcomes


take_together = GroupCommit(take_all)


def _known(keys: Collection[str]) -> dict[str, Case | Exception]:
    if not keys:
        return {}
    done = Submission.objects.filter(key__in=keys).select_related("case__owner")
    return {submission.key: submission.case for submission in done}


def _not_flooding(
    needs: Sequence[Need], arrived: Arrived, outcomes: dict[str, Case | Exception]
) -> list[Need]:
    wanted = []
    for need in needs:
        if need.held:
            verdict = arrived.judge(need.held)
            if verdict.code != "ok":
                outcomes[need.key] = NotTaken(verdict.code, **verdict.params)
                continue
            arrived.taken(need.held)
        wanted.append(need)
    return wanted


def _owned(needs: Sequence[Need], outcomes: dict[str, Case | Exception]) -> list[tuple[Need, Owner]]:
    """Each with its owner; who gets one has one more to do when the next is given out."""
    days = defaultdict(list)
    for need in needs:
        days[day_of(need.now)].append(need)
    owned = []
    for today, of_day in days.items():
        duty = Duty({start_for(need.community, need.service) for need in of_day}, today)
        for need in of_day:
            start = start_for(need.community, need.service)
            try:
                owner = duty.owner_for(
                    start=start, service=need.service, domain=need.domain, place=need.place
                )
            except NoOwner as nobody:
                outcomes[need.key] = nobody
                continue
            duty.given(owner.person)
            owned.append((need, owner))
    return owned


def _new_case(need: Need, owner: Owner) -> cases.NewCase:
    asker = need.asker
    return cases.NewCase(
        community=need.community,
        words=need.words,
        service=need.service,
        domain=need.domain or (need.service.domain if need.service else None),
        owner=owner.person,
        routing=owner.reasons,
        channel=need.channel,
        asker=asker.person,
        asker_name=asker.name,
        asker_phone=asker.phone,
        enterprise=asker.enterprise,
        confidential=asker.confidential,
        place=need.place,
        place_text=need.place_text,
        attachments=need.attachments,
        urgent=need.urgent,
        urgent_why=need.heard.urgent_why,
        kind=need.heard.kind,
        by=need.by,
        now=need.now,
    )


def _keep_submissions(done: Sequence[tuple[Need, Case]]) -> None:
    rows.insert_values(Submission, (_submission(need, case) for need, case in done))
    rows.insert_values(
        Consent,
        (
            {
                "person_id": _key(need.asker.person),
                "kind": ConsentKind.PERSONAL_DATA,
                "text_version": CONSENT_VERSION,
                "reference": case.number,
                "given_at": need.now,
            }
            for need, case in done
            if need.asker.consented
        ),
    )


def _submission(need: Need, case: Case) -> dict[str, Any]:
    return {
        "key": need.key,
        "case_id": case.pk,
        "form_id": _key(need.form),
        "visit_id": _key(need.visit),
        "machine_id": _key(need.machine),
        "address_digest": need.sender.address_digest if need.sender else "",
        "device_digest": need.sender.device_digest if need.sender else "",
        "phone_digest": phone_digest(need.asker.phone),
        "taken_by_id": _key(need.by) if need.by != need.asker.person else None,
        "at": need.now,
    }


def _key(row: Model | None) -> Any:
    return row.pk if row else None


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
