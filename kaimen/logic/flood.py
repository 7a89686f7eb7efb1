"""Is this too much at once? Limits per phone, device and network address that spare a shared address.

A whole factory can sit behind one address. So an address is never refused: past its limit each sender is asked to
show by a code that their phone is theirs, and the phone's own limit then does the work. A number that is only typed in
proves nothing: a script invents a new one each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Counts:
    """What came before this one, from the same phone, device and address.

    `has_phone`: this sender has given a phone number; `confirmed`: it is theirs. Where the installation cannot send
    codes, the caller takes a given number for confirmed. Counts for something unknown (no phone, no cookie) are 0.
    """

    phone_hour: int = 0
    phone_day: int = 0
    device_hour: int = 0
    device_day: int = 0
    address_hour: int = 0
    address_day: int = 0
    has_phone: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How many are taken before the next one is held; a limit of 0 holds the first."""

    phone_hour: int = 5
    phone_day: int = 15
    device_hour: int = 8
    device_day: int = 30
    address_hour: int = 20
    address_day: int = 100


@dataclass(frozen=True, slots=True)
class Verdict:
    """`ok`, `ask_phone` (go on with a phone number), `ask_code` (go on by confirming the one given) or `wait`.

    `params` for all but the first: `by` (phone|device|address), `window` (hour|day), `limit`, `count`.
    """

    code: Literal["ok", "ask_phone", "ask_code", "wait"]
    params: Mapping[str, str | int] = field(default_factory=dict)


def judge(counts: Counts, limits: Limits = Limits()) -> Verdict:
    """May this one come in? The longer window is named first, so that nobody waits an hour for nothing."""
    for by in ("phone", "device"):
        for window in ("day", "hour"):
            count, limit = _pair(counts, limits, by, window)
            if count >= limit and not (by == "phone" and not counts.has_phone):
                return Verdict("wait", {"by": by, "window": window, "limit": limit, "count": count})
    if counts.confirmed:
        return Verdict("ok")
    for window in ("day", "hour"):
        count, limit = _pair(counts, limits, "address", window)
        if count >= limit:
            return Verdict(
                "ask_code" if counts.has_phone else "ask_phone",
                {"by": "address", "window": window, "limit": limit, "count": count},
            )
    return Verdict("ok")


def _pair(counts: Counts, limits: Limits, by: str, window: str) -> tuple[int, int]:
    name = f"{by}_{window}"
    return getattr(counts, name), getattr(limits, name)
