"""Where a need comes from, for limits only: keyed digests, never the address or phone itself."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from kaimen.foundation import sms
from kaimen.foundation.addresses import client_address
from kaimen.foundation.fields import digest
from kaimen.intake.models import Submission
from kaimen.logic.flood import Counts, Limits, Verdict, judge

DEVICE_COOKIE = "device"
PHONE_COOKIE = "phone_shown"
PHONE_KEPT = 86400 * 90  # seconds


@dataclass(frozen=True)
class Sender:
    address_digest: str = ""
    device_digest: str = ""
    phone_digest: str = ""
    confirmed: bool = False  # signed in, or shown by a code: the phone is theirs
    limits: Limits = field(default_factory=Limits)


def sender_of(request: HttpRequest, phone_digest: str, confirmed: bool) -> Sender:
    device = request.get_signed_cookie(DEVICE_COOKIE, default="")
    return Sender(
        address_digest=digest(client_address(request), "address"),
        device_digest=digest(device, "device") if device else "",
        phone_digest=phone_digest,
        confirmed=confirmed or bool(phone_digest and phone_digest == _phone_shown(request)),
    )


def _phone_shown(request: HttpRequest) -> str:
    """The digest of the phone that this browser has confirmed by a code, "" if none."""
    return str(request.get_signed_cookie(PHONE_COOKIE, default="", max_age=PHONE_KEPT))


def remember_phone(response: HttpResponse, phone_digest: str) -> None:
    """This browser need not confirm the same phone again."""
    response.set_signed_cookie(
        PHONE_COOKIE,
        phone_digest,
        max_age=PHONE_KEPT,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def trust(sender: Sender) -> dict[str, bool]:
    """What logic.flood asks about the phone; without a gateway for codes a given number has to do."""
    given = bool(sender.phone_digest)
    return {
        "has_phone": sender.confirmed or given,
        "confirmed": sender.confirmed or (given and not sms.available()),
    }


def remember_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if not request.get_signed_cookie(DEVICE_COOKIE, default=""):  # none yet, or one that is not ours
        response.set_signed_cookie(
            DEVICE_COOKIE,
            secrets.token_urlsafe(12),
            max_age=86400 * 90,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def check_flood(sender: Sender, now: datetime) -> Verdict:
    """What logic.flood says of this sender's last hour and day; one indexed query."""
    known = {
        "phone": Q(phone_digest=sender.phone_digest),
        "device": Q(device_digest=sender.device_digest),
        "address": Q(address_digest=sender.address_digest),
    }
    known = {by: q for by, q in known.items() if getattr(sender, f"{by}_digest")}
    if not known:
        return judge(Counts(**trust(sender)))
    anyone = Q()
    for q in known.values():
        anyone |= q
    hour = Q(at__gt=now - timedelta(hours=1))
    counts = Submission.objects.filter(anyone, at__gt=now - timedelta(days=1), taken_by=None).aggregate(
        **{f"{by}_day": Count("pk", filter=q) for by, q in known.items()},
        **{f"{by}_hour": Count("pk", filter=q & hour) for by, q in known.items()},
    )
    return judge(Counts(**counts, **trust(sender)), sender.limits)
