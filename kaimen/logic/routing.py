"""Who owns this need? One named person, the same every time for the same facts, with the reasons.

Order: an officer on duty at the responsible organisation, or at the nearest above it that has one; among those,
one who looks after the area; then the lowest load; then the key, so that nothing is left to chance. With no officer
on duty the supervisor owns it: a need never has nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

ReasonCode = Literal[
    "responsible_organisation",  # works at the responsible organisation itself
    "organisation_above",  # params: levels
    "on_duty",
    "nobody_on_duty",  # no officer was on duty; params: officers
    "no_supervisor",  # nobody on duty and no supervisor either: the officer gets it when back
    "area",  # looks after this area; params: area
    "no_area_match",  # nobody does; params: area
    "lowest_load",  # params: load, others
    "first_by_key",  # all else equal; params: others
    "only_one",
]
NotChosen = Literal[
    "chosen",
    "not_on_duty",
    "farther_organisation",
    "other_area",
    "higher_load",
    "later_key",
    "supervisor",
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone who may own the need.

    `levels_above`: 0 at the responsible organisation, 1 at its parent, and so on. `areas` empty: looks after every
    area. `load`: open needs owned now.
    """

    key: str
    role: Literal["officer", "supervisor"]
    levels_above: int
    on_duty: bool
    load: int
    areas: frozenset[str] = frozenset()

    def serves(self, area: str) -> bool:
        return not self.areas or area in self.areas


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as code and parameters; templates say it in words."""

    code: ReasonCode
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Considered:
    """One who was looked at, and the first rule at which they fell behind."""

    key: str
    why: NotChosen


@dataclass(frozen=True, slots=True)
class Routing:
    """The owner, the reasons in the order of the rules, and everybody considered (owner first, then by key)."""

    owner_key: str
    reasons: tuple[Reason, ...]
    considered: tuple[Considered, ...]


class NoOwner(Exception):
    """There was no candidate at all: the organisation tree has neither officer nor supervisor. Mend the roles."""


def route(candidates: Sequence[Candidate], area: str | None = None) -> Routing:
    """Choose the owner; the order of `candidates` does not matter. NoOwner if there are none.

    Keys are unique (ValueError). `area` None or empty: the area plays no part.
    """
    if not candidates:
        raise NoOwner
    if len({c.key for c in candidates}) != len(candidates):
        raise ValueError("keys of candidates must be unique")
    fell: dict[str, NotChosen] = {}
    reasons: list[Reason] = []
    left = _available(candidates, fell, reasons)
    left = _nearest(left, fell, reasons)
    if area:
        left = _area(left, area, fell, reasons)
    owner = _lightest(left, fell, reasons)
    others = (Considered(key, fell[key]) for key in sorted(fell))
    return Routing(owner.key, tuple(reasons), (Considered(owner.key, "chosen"), *others))


def _available(
    candidates: Sequence[Candidate], fell: dict[str, NotChosen], reasons: list[Reason]
) -> list[Candidate]:
    """Officers on duty; else supervisors, those on duty first; else the officers there are."""
    officers = [c for c in candidates if c.role == "officer"]
    supervisors = [c for c in candidates if c.role == "supervisor"]
    on_duty = [c for c in officers if c.on_duty]
    if on_duty:
        fell.update({c.key: "not_on_duty" for c in officers if not c.on_duty})
        fell.update({c.key: "supervisor" for c in supervisors})
        reasons.append(Reason("on_duty"))
        return on_duty
    reasons.append(Reason("nobody_on_duty", {"officers": len(officers)}))
    if not supervisors:
        reasons.append(Reason("no_supervisor"))
        return officers
    fell.update({c.key: "not_on_duty" for c in officers})
    present = [c for c in supervisors if c.on_duty]
    if present:
        fell.update({c.key: "not_on_duty" for c in supervisors if not c.on_duty})
    return present or supervisors


def _nearest(left: list[Candidate], fell: dict[str, NotChosen], reasons: list[Reason]) -> list[Candidate]:
    levels = min(c.levels_above for c in left)
    fell.update({c.key: "farther_organisation" for c in left if c.levels_above > levels})
    reasons.append(
        Reason("organisation_above", {"levels": levels}) if levels else Reason("responsible_organisation")
    )
    return [c for c in left if c.levels_above == levels]


def _area(
    left: list[Candidate], area: str, fell: dict[str, NotChosen], reasons: list[Reason]
) -> list[Candidate]:
    """Those who name the area before those who look after everything, these before the rest."""
    named = [c for c in left if area in c.areas] or [c for c in left if c.serves(area)]
    reasons.append(Reason("area" if named else "no_area_match", {"area": area}))
    if not named:
        return left
    fell.update({c.key: "other_area" for c in left if c not in named})
    return named


def _lightest(left: list[Candidate], fell: dict[str, NotChosen], reasons: list[Reason]) -> Candidate:
    owner = min(left, key=lambda c: (c.load, c.key))
    equals = [c for c in left if c.load == owner.load]
    fell.update({c.key: "later_key" if c in equals else "higher_load" for c in left if c is not owner})
    if len(left) == 1:
        reasons.append(Reason("only_one"))
    elif len(equals) == 1:
        reasons.append(Reason("lowest_load", {"load": owner.load, "others": len(left) - 1}))
    else:
        reasons.append(Reason("first_by_key", {"others": len(equals) - 1}))
    return owner
