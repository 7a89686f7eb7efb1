"""One issue as it is told: title, places, firms, people, times, trend, spread, heat."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kaimen.logic.hotspots.alike import Profile, heaviest
from kaimen.logic.hotspots.heat import Heat, Voice, heat, people_in, trend
from kaimen.logic.hotspots.messages import Message
from kaimen.logic.hotspots.names import mentioned
from kaimen.logic.hotspots.terms import Sides, Vectors, grams_of
from kaimen.logic.hotspots.titles import title_of

CORE: Final = 12
READ: Final = 60  # members whose words are read for title and names; the most typical ones of a large issue


@dataclass(frozen=True, slots=True)
class Summary:
    """What is shown of an issue. Times are seconds since 1970; `trend` counts messages by week, oldest first."""

    title: str
    places: tuple[str, ...]
    firms: tuple[str, ...]
    messages: int
    people: int
    support: int
    first: float
    last: float
    trend: tuple[int, ...]
    heat: Heat


def summary(members: Sequence[Message], typical: Sequence[int], now: float) -> Summary:
    """`typical` are positions in `members`, the most typical first (see `by_typicality`)."""
    ranked = [members[position] for position in typical]
    read = [f"{m.subject} {m.detail[:120]}" for m in ranked[:READ] if m.shown]
    places, firms = mentioned(read, at_least=2 if len(read) > 3 else 1)
    told: dict[str, None] = dict.fromkeys(name for m in members for name in m.places)
    voices = [Voice(m.user, m.at, m.support) for m in members]
    return Summary(
        title=title_of(ranked),
        places=tuple([*told, *(name for name in places if name not in told)][:6]),
        firms=tuple(name for name in firms if name not in told),
        messages=len(members),
        people=people_in(m.user for m in members),
        support=sum(m.support for m in members),
        first=min(m.at for m in members),
        last=max(m.at for m in members),
        trend=tuple(trend((m.at for m in members), now)),
        heat=heat(voices, now),
    )


def profile_of(vectors: Vectors, rows: Iterable[int], sides: Sides) -> Profile:
    """The profile of the rows together; `sides` knows their grams."""
    profile = Profile.of({}, sides, 0)
    for row in rows:
        profile.add(Profile.of(vectors.row(row), sides))
    return profile


def by_typicality(vectors: Vectors, rows: Sequence[int], profile: Profile) -> list[int]:
    """Positions in `rows`, the message most like the whole issue first; equal ones in their order."""
    likenesses = []
    for position, row in enumerate(rows):
        mine: Mapping[int, float] = vectors.row(row)
        likenesses.append(
            (-sum(w * profile.terms.get(term, 0.0) for term, w in mine.items()), len(mine), position)
        )
    return [position for _, _, position in sorted(likenesses)]


def marks_of(profile: Profile, count: int = 60) -> list[tuple[int, float]]:
    """The heaviest grams of an issue: enough to know what joins it."""
    return heaviest(profile.terms, count)


def nearest_to(marks: Mapping[int, float], messages: Sequence[Message]) -> list[Message]:
    """The messages, those that say most of the CORE heaviest `marks` first; of equals the shorter, then the earlier."""
    if not messages:
        return []
    core = dict(heaviest(marks, CORE))
    grams = grams_of(messages)
    said = [0.0] * len(messages)
    size = [0] * len(messages)
    for row, term in zip(grams.of.tolist(), grams.terms.tolist(), strict=True):
        said[row] += core.get(term, 0.0)
        size[row] += 1
    order = sorted(
        range(len(messages)), key=lambda row: (-said[row] / math.sqrt(size[row] + 1), size[row], row)
    )
    return [messages[row] for row in order]
