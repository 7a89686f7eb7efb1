"""A recipient as a row of a mailing: what is kept of them, and how."""

import json
from datetime import datetime

from kaimen.foundation.fields import digest
from kaimen.foundation.organisations import phone_digest
from kaimen.foundation.secret_links import new_salt
from kaimen.letters import links
from kaimen.letters.models import Letter, Mailing
from kaimen.letters.recipients import Recipient


def letter_row(mailing: Mailing, seq: int, one: Recipient, channel: str, now: datetime) -> Letter:
    """A letter that waits to be made, not yet saved."""
    salt = new_salt()
    return Letter(
        mailing=mailing,
        community=(one.organisation and one.organisation.community) or mailing.community,
        seq=seq,
        recipient=one.key,
        person=one.person,
        organisation=one.organisation,
        name=one.name,
        title=one.title,
        unit=one.unit,
        fields=json.dumps(one.fields, ensure_ascii=False) if one.fields else "",
        channel=channel,
        state_at=now,
        salt=salt,
        link_digest=links.digest_of(salt),
        **reach(one.phone, one.email, one.address, one.postcode),
    )


def reach(phone: str, email: str, address: str, postcode: str) -> dict[str, str]:
    """How to reach somebody, with the digests that find doubles and what was unsubscribed."""
    return {
        "phone": phone,
        "phone_digest": phone_digest(phone),
        "email": email,
        "email_digest": digest(email.lower(), "email") if email else "",
        "address": address,
        "address_digest": digest("".join(address.split()), "address") if address else "",
        "postcode": postcode[:6],
    }
