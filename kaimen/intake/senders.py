"""Where a need comes from, for limits only: keyed digests, never the address or phone itself."""

import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse

from kaimen.foundation import sms
from kaimen.foundation.addresses import client_address
from kaimen.foundation.fields import digest
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
    device = _device(request)
    return Sender(
        address_digest=digest(client_address(request), "address"),
        device_digest=digest(device, "device") if device else "",
        phone_digest=phone_digest,
        confirmed=confirmed or bool(phone_digest and phone_digest == _phone_shown(request)),
    )


def _device(request: HttpRequest) -> str:
    """What the signed cookie says, "" for none or one that is not ours; the signature is checked once a request."""
    if not hasattr(request, "_device"):
        request._device = request.get_signed_cookie(DEVICE_COOKIE, default="")  # type: ignore[attr-defined]  # kept for this request
    return str(request._device)  # type: ignore[attr-defined]


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
    if not _device(request):
        response.set_signed_cookie(
            DEVICE_COOKIE,
            secrets.token_urlsafe(12),
            max_age=86400 * 90,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


BY = ("phone", "device", "address")
# by hand: it is asked with every need, and the three counts are one question with whether it is there already
KNOWN = "SELECT 'key', key, 0, 0 FROM intake_submission WHERE key IN ({marks})"
LATELY = (
    "SELECT '{by}', {by}_digest, COUNT(*), COUNT(CASE WHEN at > %s THEN 1 END) FROM intake_submission "
    "WHERE {by}_digest IN ({marks}) AND at > %s AND taken_by_id IS NULL GROUP BY {by}_digest"
)


class Arrived:
    """Which of these keys are there already, and what came from these senders in the last hour and day: one question to
    the indexes, however many they are.
    """

    def __init__(self, keys: Sequence[str], senders: Sequence[Sender], now: datetime) -> None:
        self.known = set[str]()
        self._day = {by: Counter[str]() for by in BY}
        self._hour = {by: Counter[str]() for by in BY}
        ours = connections[DEFAULT_DB_ALIAS]  # itself: through the proxy every look costs
        ops = ours.ops
        day, hour = (ops.adapt_datetimefield_value(now - timedelta(hours=hours)) for hours in (24, 1))
        parts = [KNOWN.format(marks=_marks(keys))]
        params: list[Any] = [*keys]
        for by in BY:
            digests = {value for sender in senders if (value := getattr(sender, f"{by}_digest"))}
            if digests:
                parts.append(LATELY.format(by=by, marks=_marks(digests)))
                params += [hour, *digests, day]
        with ours.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            for by, found, in_a_day, in_an_hour in cursor.fetchall():
                if by == "key":
                    self.known.add(found)
                else:
                    self._day[by][found], self._hour[by][found] = in_a_day, in_an_hour

    def judge(self, sender: Sender) -> Verdict:
        """What logic.flood says of one more from this sender."""
        counts: dict[str, Any] = {}
        for by in BY:
            if value := getattr(sender, f"{by}_digest"):
                counts |= {f"{by}_day": self._day[by][value], f"{by}_hour": self._hour[by][value]}
        return judge(Counts(**counts, **trust(sender)), sender.limits)

    def taken(self, sender: Sender) -> None:
        """One more from this sender: the next need of the same transaction sees it."""
        for by in BY:
            if value := getattr(sender, f"{by}_digest"):
                self._day[by][value] += 1
                self._hour[by][value] += 1


def _marks(values: Collection[str]) -> str:
    return ", ".join(["%s"] * len(values))
