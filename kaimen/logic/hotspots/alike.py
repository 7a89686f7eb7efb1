"""Are two groups of messages about one thing? Likeness of all, of the place, of the matter; and the rule over them."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kaimen.logic.hotspots.terms import Sides

LONGEST_PROFILE: Final = 400  # grams of a group; cut back to its CUT heaviest when it grows past this
CUT: Final = 250
CORE: Final = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """From which likeness on two groups are one issue. All are cosines, 0 … 1.

    `whole`: of everything. `matter`: of what happens. `place`: of names; without a name in common neither may have one
    (`named`: its share of the profile), and the whole has to reach `nameless`: a scheme, a rule. From `many` members on
    it is known what a group comes down to, and the other has to say `covered` of that, or be `close` and say
    `partly_covered`. A `crowd` at one place hears short messages that share little but that place and that core.
    At the end groups of `many` … `judged` are asked whether they share a matter: see parting.py.
    """

    whole: float = 0.26
    matter: float = 0.05
    place: float = 0.2
    nameless: float = 0.34
    close: float = 0.34
    named: float = 0.02
    many: int = 5
    whole_of_many: float = 0.2
    covered: float = 0.25
    partly_covered: float = 0.1
    crowd: int = 8
    whole_of_crowd: float = 0.1
    place_of_crowd: float = 0.3
    covered_by_crowd: float = 0.2
    judged: int = 40
    shared: float = 0.4
    alike_again: float = 0.15


ORDINARY: Final = Rule()  # tried on real messages, see docs/measurements.md


@dataclass(slots=True)
class Profile:
    """The sum of its members' vectors, with the squared lengths of the whole, its names and its matter."""

    terms: dict[int, float]
    sides: Sides
    whole: float
    place: float
    matter: float
    members: int = 1
    _core: tuple[tuple[int, float], ...] | None = None

    @classmethod
    def of(cls, terms: dict[int, float], sides: Sides, members: int = 1) -> Profile:
        profile = cls(terms, sides, 0.0, 0.0, 0.0, members)
        profile.measure()
        return profile

    def measure(self) -> None:
        whole = place = matter = 0.0
        for term, weight in self.terms.items():
            square = weight * weight
            naming, telling = self.sides[term]
            whole += square
            place += square * naming
            matter += square * telling
        self.whole, self.place, self.matter = whole, place, matter

    def add(self, other: Profile) -> None:
        """Take the other's members in; the other is not to be used afterwards."""
        mine = self.terms
        both = named = told = 0.0
        for term, weight in other.terms.items():
            had = mine.get(term)
            if had is None:
                mine[term] = weight
            else:
                mine[term] = had + weight
                naming, telling = self.sides[term]
                both += had * weight
                named += had * weight * naming
                told += had * weight * telling
        self.members += other.members
        self._core = None
        self.whole += other.whole + 2 * both
        self.place += other.place + 2 * named
        self.matter += other.matter + 2 * told
        if len(mine) > LONGEST_PROFILE:
            self.terms = dict(heaviest(mine, CUT))
            self.measure()

    def named(self, rule: Rule) -> bool:
        """Do its members name a place or a firm?"""
        return self.place >= rule.named * self.whole

    def core(self) -> tuple[tuple[int, float], ...]:
        """The grams that its members' matter comes down to, with their shares: 1 together."""
        if self._core is None:
            matter = {term: weight * self.sides[term][1] for term, weight in self.terms.items()}
            top = heaviest(matter, CORE)
            total = sum(weight for _, weight in top) or 1.0
            self._core = tuple((term, weight / total) for term, weight in top)
        return self._core


def covered(group: Profile, message: Profile) -> float:
    """How much of what the group comes down to the other says too, 0 … 1."""
    return sum(share for term, share in group.core() if term in message.terms)


def heaviest(terms: Mapping[int, float], count: int) -> list[tuple[int, float]]:
    """The heaviest terms, equal ones by number: the same whatever order they came in."""
    return heapq.nsmallest(count, terms.items(), key=lambda row: (-row[1], row[0]))


def likeness(one: Profile, other: Profile) -> tuple[float, float, float]:
    """(whole, place, matter): three cosines."""
    mine, theirs, sides = one.terms, other.terms, one.sides
    both = named = told = 0.0
    for term in mine.keys() & theirs.keys():
        product = mine[term] * theirs[term]
        naming, telling = sides[term]
        both += product
        named += product * naming
        told += product * telling
    return (
        _ratio(both, one.whole, other.whole),
        _ratio(named, one.place, other.place),
        _ratio(told, one.matter, other.matter),
    )


def _ratio(product: float, one: float, other: float) -> float:
    size = one * other
    return product / math.sqrt(size) if size > 1e-12 else 0.0


def same_issue(one: Profile, other: Profile, rule: Rule) -> float:
    """How much the two belong together, 0 if they are two issues."""
    whole, place, matter = likeness(one, other)
    large, small = (one, other) if one.members >= other.members else (other, one)
    crowd = large.members >= rule.crowd and place >= rule.place_of_crowd
    if whole < (rule.whole_of_crowd if crowd else rule.whole_of_many):
        return 0.0
    if place < rule.place and (whole < rule.nameless or (one.named(rule) and other.named(rule))):
        return 0.0
    if large.members >= rule.many:
        said = covered(large, small)
        if said >= (rule.covered_by_crowd if crowd else rule.covered):
            return whole
        close = whole >= rule.close and matter >= rule.matter
        return whole if close and said >= rule.partly_covered else 0.0
    return whole if whole >= rule.whole and matter >= rule.matter else 0.0
