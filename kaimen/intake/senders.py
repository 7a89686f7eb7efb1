"""Where a need comes from, for limits only: keyed digests, never the address or phone itself."""

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from kaimen.foundation.addresses import client_address
from kaimen.foundation.fields import digest
from kaimen.logic.flood import Counts, Verdict, judge

DEVICE_COOKIE = "device"


@dataclass(frozen=True)
class Sender:
    address_digest: str = ""
    device_digest: str = ""
    phone_digest: str = ""
    confirmed: bool = False  # signed in by phone and code: the phone is theirs


def sender_of(request: HttpRequest, phone_digest: str, confirmed: bool) -> Sender:
    device = _device(request)
    return Sender(
        address_digest=digest(client_address(request), "address"),
        device_digest=digest(device, "device") if device else "",
        phone_digest=phone_digest,
        confirmed=confirmed,
    )


def _device(request: HttpRequest) -> str:
    """What the signed cookie says, "" for none or one that is not ours; the signature is checked once a request."""
    if not hasattr(request, "_device"):
        request._device = request.get_signed_cookie(DEVICE_COOKIE, default="")  # type: ignore[attr-defined]  # kept for this request
    return str(request._device)  # type: ignore[attr-defined]


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
# by hand: it is asked with every need, and the three counts are one question
LATELY = (
    "SELECT '{by}', {by}_digest, COUNT(*), COUNT(CASE WHEN at > %s THEN 1 END) FROM intake_submission "
    "WHERE {by}_digest IN ({marks}) AND at > %s AND taken_by_id IS NULL GROUP BY {by}_digest"
)


class Flood:
    """What came from these senders in the last hour and day: one indexed count, however many they are."""

    def __init__(self, senders: Iterable[Sender], now: datetime) -> None:
        senders = list(senders)
        self._day = {by: Counter[str]() for by in BY}
        self._hour = {by: Counter[str]() for by in BY}
        day, hour = (
            connection.ops.adapt_datetimefield_value(now - timedelta(hours=hours)) for hours in (24, 1)
        )
        parts, params = [], []
        for by in BY:
            known = sorted({value for sender in senders if (value := getattr(sender, f"{by}_digest"))})
            if known:
                parts.append(LATELY.format(by=by, marks=", ".join(["%s"] * len(known))))
                params += [hour, *known, day]
        if not parts:
            return
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            for by, digest, in_a_day, in_an_hour in cursor.fetchall():
                self._day[by][digest], self._hour[by][digest] = in_a_day, in_an_hour

    def judge(self, sender: Sender) -> Verdict:
        """What logic.flood says of one more from this sender."""
        counts: dict[str, int] = {}
        for by in BY:
            if value := getattr(sender, f"{by}_digest"):
                counts |= {f"{by}_day": self._day[by][value], f"{by}_hour": self._hour[by][value]}
        return judge(Counts(**counts, has_phone=sender.confirmed or bool(sender.phone_digest)))

    def taken(self, sender: Sender) -> None:
        """One more from this sender: the next need of the same transaction sees it."""
        for by in BY:
            if value := getattr(sender, f"{by}_digest"):
                self._day[by][value] += 1
                self._hour[by][value] += 1
