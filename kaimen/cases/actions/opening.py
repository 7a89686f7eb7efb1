"""A need becomes a case: numbered, promised, owned."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from kaimen.cases import clocks, search, steps
from kaimen.cases.enums import Channel
from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case, CaseAttachment, CaseGroup, Promise
from kaimen.cases.numbers import next_number
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation.models import Attachment, Organisation, Person, Place
from kaimen.foundation.organisations import phone_digest
from kaimen.foundation.secret_links import new_salt, token_digest, token_for
from kaimen.logic.text import clean

TITLE_LENGTH = 40


@transaction.atomic
def open_case(
    *,
    community: Organisation,
    words: str,
    title: str = "",
    service: Service | None,
    domain: Domain | None,
    owner: Person,
    routing: list[Any],
    channel: Channel | str,
    now: datetime,
    by: Person | None,
    asker: Person | None = None,
    asker_name: str = "",
    asker_phone: str = "",
    enterprise: Organisation | None = None,
    confidential: bool = False,
    place: Place | None = None,
    place_text: str = "",
    urgent: bool = False,
    urgent_why: Sequence[Sequence[str]] = (),
    kind: str = "",
    attachments: Sequence[Attachment] = (),
    group: CaseGroup | None = None,
) -> Case:
    """Open a case and return it, with its number, both promises, its first step and notices to owner and asker.

    `words` are kept as said (only what cannot be seen is dropped); NotNow("no_words") if nothing is left.
    `asker_phone` is already checked and normalised. `by` is who typed it in, None for the asker alone.
    """
    words = clean(words)
    if not words:
        raise NotNow("no_words")
    asker_phone = asker_phone or (asker.phone if asker else "")
    on, salt = timezone.localdate(now), new_salt()
    case = Case(
        community=community,
        words=words,
        title=(title or title_of(words))[:60],
        service=service,
        domain=domain or (service.domain if service else None),
        channel=channel,
        owner=owner,
        routing=routing,
        urgent=urgent or bool(urgent_why),
        urgent_why=[list(alarm) for alarm in urgent_why],
        kind=kind,
        asker=asker,
        asker_name=asker_name or (asker.name if asker else ""),
        asker_phone=asker_phone,
        asker_phone_digest=phone_digest(asker_phone),
        enterprise=enterprise,
        confidential=confidential,
        place=place,
        place_text=place_text,
        track_salt=salt,
        track_digest=token_digest(token_for(salt, "track")),
        group=group,
        received_at=now,
    )
    promises = clocks.case_promises(case, service, on)
    case.next_due_on = min(promise.due_on for promise in promises if promise.due_on)
    case.number = next_number(community.pk, on.year)
    case.save(force_insert=True)
    _write_around(case, promises, attachments, by, now)
    return case


def _write_around(
    case: Case, promises: list[Promise], attachments: Sequence[Attachment], by: Person | None, now: datetime
) -> None:
    for promise in promises:
        promise.case = case  # it has its key only now
    Promise.objects.bulk_create(promises)
    search.write_text(case, new=True)
    CaseAttachment.objects.bulk_create(
        CaseAttachment(case=case, attachment=attachment, added_at=now) for attachment in attachments
    )
    due = {promise.kind: promise.due_on.isoformat() for promise in promises if promise.due_on}
    steps.write(
        [case],
        "received",
        by=by,
        now=now,
        params={"channel": str(case.channel), "owner": case.owner.name, **due},
        ids={"owner": case.owner_id, "service": case.service_id},
    )
    if case.group is not None:
        steps.write(
            [case],
            "grouped",
            by=by,
            now=now,
            params={"title": case.group.title},
            ids={"group": case.group_id},
        )
    steps.tell_staff(case.owner, "case_received", case)
    steps.tell_asker(case, "received", owner=case.owner.name)


def title_of(words: str) -> str:
    """A short handle for lists: the first sentence, cut."""
    first = re.split(r"[。！？!?\n；;]", words.strip(), maxsplit=1)[0].strip() or words.strip()
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"
