"""How hot an issue is: a sum whose parts are shown, each growing with the logarithm of what it counts.

A doubling adds the same everywhere on the scale: forty people who write outweigh one, and two thousand who only agree
with one message outweigh two, but neither drowns the other (a difference of a hundredfold is under seven doublings).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

DAY: Final = 86_400.0
WEEK: Final = 7 * DAY
TREND_WEEKS: Final = 12
PER_DOUBLING: Final = {"number": 4.0, "people": 12.0, "support": 7.0}
FRESH: Final = 10.0  # points of an issue that was spoken of just now; half of it after HALF_LIFE
HALF_LIFE: Final = 30 * DAY
GROWING: Final = 10.0  # points of an issue that grew fourfold against the four weeks before


@dataclass(frozen=True, slots=True)
class Part:
    """One summand: `code` number, people, support, recency, growth; `counted` is what it is made from."""

    code: str
    counted: float
    points: float


@dataclass(frozen=True, slots=True)
class Voice:
    """Who spoke when, and how many agreed. `user` "" is somebody unknown."""

    user: str
    at: float
    support: int = 0


@dataclass(frozen=True, slots=True)
class Heat:
    parts: tuple[Part, ...]

    @property
    def points(self) -> float:
        return sum(part.points for part in self.parts)


def people_in(users: Iterable[str]) -> int:
    """Distinct people; of those whom nobody knows only the square root counts: they may be one loud voice."""
    known: set[str] = set()
    unknown = 0
    for user in users:
        if user:
            known.add(user)
        else:
            unknown += 1
    return len(known) + math.ceil(math.sqrt(unknown))


def heat(voices: Sequence[Voice], now: float) -> Heat:
    """The heat of an issue at `now`; each part rounded to a tenth, so that what is shown adds up."""
    people = people_in(voice.user for voice in voices)
    support = sum(voice.support for voice in voices)
    last = max((voice.at for voice in voices), default=now)
    age = max(0.0, now - last)
    recent = people_in(v.user for v in voices if now - 4 * WEEK < v.at <= now)
    before = people_in(v.user for v in voices if now - 8 * WEEK < v.at <= now - 4 * WEEK)
    growth = min(1.0, max(0.0, math.log2((1 + recent) / (1 + before)) / 2))
    return Heat(
        (
            _logarithmic("number", len(voices)),
            _logarithmic("people", people),
            _logarithmic("support", support),
            Part("recency", int(age // DAY), round(FRESH * 2 ** (-age / HALF_LIFE), 1)),
            Part("growth", recent - before, round(GROWING * growth, 1)),
        )
    )


def trend(times: Iterable[float], now: float, weeks: int = TREND_WEEKS) -> list[int]:
    """Messages in each of the last weeks, oldest first; the last one ends at `now`."""
    counted = [0] * weeks
    for at in times:
        ago = int((now - at) // WEEK)
        if 0 <= ago < weeks:
            counted[weeks - 1 - ago] += 1
    return counted


def _logarithmic(code: str, count: int) -> Part:
    return Part(code, count, round(PER_DOUBLING[code] * math.log2(1 + count), 1))
