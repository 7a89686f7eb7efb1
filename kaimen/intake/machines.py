"""Needs that another system brings: the same door, held to the limits of its key as well as to the phone's."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from kaimen.cases import actions as cases
from kaimen.cases.enums import Channel
from kaimen.cases.models import Case
from kaimen.foundation import audit
from kaimen.foundation.fields import digest
from kaimen.foundation.models import MachineKey, Organisation
from kaimen.foundation.organisations import phone_digest
from kaimen.intake.actions import Asker, knock
from kaimen.intake.models import Submission
from kaimen.intake.senders import Sender
from kaimen.logic.flood import Limits


@transaction.atomic
def knock_by_key(
    *,
    machine: MachineKey,
    community: Organisation,
    words: str,
    once: str,
    device: str = "",
    media_url: str = "",
    asker: Asker,
    now: datetime,
    **more: Any,
) -> Case:
    """One need through `knock`, remembered as this key's. Raises what knock raises.

    `once` is the caller's own word for this need: the same again gives the same case, and only to the same key; ""
    means a new need each time. `device` tells apart the phones behind one key, for limits only. `media_url` is kept as
    something that the asker added; nothing is fetched from it.
    """
    key = once_key(str(machine.pk), once)
    if done := Submission.objects.filter(key=key).select_related("case").first():
        return done.case
    case = knock(
        key=key,
        community=community,
        words=words,
        channel=Channel.API,
        by=None,
        asker=asker,
        sender=_sender(machine, asker.phone, device),
        machine=machine,
        now=now,
        **more,
    )
    if case.received_at != now:  # the same need arrived twice at the same moment and the other one was first
        return case
    if media_url:
        cases.supply_more(case=case, text=media_url, by=None, now=now)
    community_id = case.community_id
    audit.record(verb="key.knock", subject=machine, by=None, community_id=community_id, case=case.pk)
    return case


def once_key(who: str, once: str) -> str:
    """The key of a submission: `who` keeps one caller's word for a need apart from another's."""
    said = hashlib.sha256(once.encode()).hexdigest()[:36] if once else secrets.token_urlsafe(24)
    return f"api-{who}-{said}"


def _sender(machine: MachineKey, phone: str, device: str) -> Sender:
    """The key counts as the browser does on a page, with its own limits; a device of its users as an address.

    A phone that a key brings is taken for confirmed: its system answers for it, and nobody could be asked for a code.
    """
    return Sender(
        phone_digest=phone_digest(phone),
        confirmed=bool(phone),
        device_digest=digest(f"key:{machine.pk}", "device"),
        address_digest=digest(f"{machine.pk}:{device}", "api-device") if device else "",
        limits=Limits(device_hour=machine.needs_per_hour, device_day=machine.needs_per_day),
    )
