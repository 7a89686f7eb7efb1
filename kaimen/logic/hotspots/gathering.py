"""Which messages are about one thing: every pair worth comparing, then groups grown from the most alike pair down.

Near-linear: a message is compared only with messages that share two of its heaviest grams, and of a gram that many use
only with its neighbours in an order that puts like messages side by side (min-hash, Broder 1997). Groups grow by
likeness of their sums (centroid linkage), so no message has to be like every other of a hundred wordings.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kaimen.logic.hotspots.alike import ORDINARY, Profile, Rule, same_issue
from kaimen.logic.hotspots.pairing import Pairs, pairs
from kaimen.logic.hotspots.terms import Sides, Vectors, Weights

ALWAYS: Final = (
    8  # a group up to this size looks at all its neighbours again when it grows; larger ones at doublings
)
STILL: Final = 0.85  # a pair whose likeness fell below this share of what it was is put off
GROWN: Final = 1.25  # two groups that did not fit are compared again once they are together so much larger
MOSTLY: Final = 0.6  # share of a group that has to be at a meeting for the group to join it
REMEMBERED: Final = 20_000  # profiles of single messages kept for their next comparison

Entry = tuple[float, int, int]


def gather(
    vectors: Vectors,
    weights: Weights,
    *,
    rule: Rule = ORDINARY,
    together: Sequence[Sequence[int]] = (),
    apart: Mapping[int, Hashable] | None = None,
    meetings: Sequence[Sequence[int]] = (),
) -> list[list[int]]:
    """Groups of row numbers, each sorted, in order of their first row; every row is in exactly one.

    `together` are rows that stay in one group. `apart` marks rows: groups with two different marks never join.
    `meetings` (see meeting.py) are rows that name one place with one matter: groups mostly of such rows become one.
    The order of rows decides nothing but equal likenesses: give them in an order that does not depend on arrival.
    """
    near = pairs(vectors, weights)
    groups = _Groups(vectors, weights, rule, near, apart or {})
    for rows in together:
        for row in rows[1:]:
            groups.join(rows[0], row)
    groups.grow(near)
    for rows in meetings:
        groups.meet(rows)
    return groups.groups()


class KnownSides(Sides):
    """How far each gram names and tells, looked up in the weights when first asked."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        numbers = np.arange(len(weights.used))
        self._naming, self._telling = weights.naming(numbers), weights.telling(numbers)

    def __missing__(self, term: int) -> tuple[float, float]:
        self[term] = sides = (float(self._naming[term]), float(self._telling[term]))
        return sides


class _Groups:
    """Rows growing together: union-find with a profile at each root that has grown."""

    def __init__(
        self, vectors: Vectors, weights: Weights, rule: Rule, near: Pairs, apart: Mapping[int, Hashable]
    ) -> None:
        self.vectors, self.rule = vectors, rule
        self.sides = KnownSides(weights)
        self.above = list(range(len(vectors)))
        self.profiles: dict[int, Profile] = {}
        self.alone: dict[int, Profile] = {}
        self.marks: dict[int, Hashable] = dict(apart)
        self.near: dict[int, set[int]] = {}
        self.unfit: dict[tuple[int, int], int] = {}
        self.sizes = near.sizes
        self.start, self.ends = _neighbours(near, len(vectors))

    def profile(self, row: int) -> Profile:
        profile = self.profiles.get(row) or self.alone.get(row)
        if profile is None:
            terms = self.vectors.row(row)
            place, matter = self.sizes[row]
            profile = Profile(terms, self.sides, 1.0 if terms else 0.0, float(place), float(matter))
            if len(self.alone) >= REMEMBERED:
                self.alone.clear()
            self.alone[row] = profile
        return profile

    def root(self, row: int) -> int:
        above = self.above
        while above[row] != row:
            above[row] = above[above[row]]
            row = above[row]
        return row

    def around(self, row: int) -> set[int]:
        """Rows that some member was worth comparing with. Symmetric, so a root that is swallowed is still found."""
        kept = self.near.get(row)
        return set(self.ends[self.start[row] : self.start[row + 1]].tolist()) if kept is None else kept

    def fit(self, a: int, b: int) -> float:
        one, other = self.marks.get(a), self.marks.get(b)
        if one is not None and other is not None and one != other:
            return 0.0
        return same_issue(self.profile(a), self.profile(b), self.rule)

    def grow(self, near: Pairs) -> None:
        grown = [row for row in self.profiles if self.above[row] == row]
        heap: list[Entry] = near.fitting(self.rule)
        heapq.heapify(heap)
        for row in sorted(grown):
            self._look_around(heap, row)
        while heap:
            claimed, a, b = heapq.heappop(heap)
            one, other = self.root(a), self.root(b)
            alone = one == a and other == b and a not in self.profiles and b not in self.profiles
            fit = (
                0.0 if one == other else -claimed if alone and not self.marks else self.fit_again(one, other)
            )
            if not fit:
                continue
            if fit < -claimed * STILL:  # they have grown since, and are less alike now: wait for their turn
                heapq.heappush(heap, (-fit, one, other))
                continue
            kept = self.join(one, other)
            members = self.profiles[kept].members
            if members <= ALWAYS or members & (members - 1) == 0:
                self._look_around(heap, kept)

    def fit_again(self, a: int, b: int) -> float:
        """`fit`, unless it was nothing when they were hardly smaller: large groups meet by many pairs of members."""
        key = (min(a, b), max(a, b))
        members = self.members(a) + self.members(b)
        if members < self.unfit.get(key, 0) * GROWN:
            return 0.0
        fit = self.fit(a, b)
        if not fit and members > 2:
            self.unfit[key] = members
        return fit

    def members(self, row: int) -> int:
        profile = self.profiles.get(row)
        return profile.members if profile else 1

    def _look_around(self, heap: list[Entry], row: int) -> None:
        self.near[row] = around = {self.root(near) for near in self.around(row)} - {row}
        for near in sorted(around):
            fit = self.fit_again(row, near)
            if fit:
                heapq.heappush(heap, (-fit, min(row, near), max(row, near)))

    def join(self, a: int, b: int) -> int:
        """Make one group of two; returns the row that stands for it."""
        a, b = self.root(a), self.root(b)
        if a == b:
            return a
        one, other = self.profile(a), self.profile(b)
        if (one.members, -a) < (other.members, -b):
            a, b, one, other = b, a, other, one
        one.add(other)
        self.profiles[a] = one
        for known in (self.profiles, self.alone):
            known.pop(b, None)
        self.alone.pop(a, None)
        fewer, more = sorted((self.around(a), self.around(b)), key=len)
        more |= fewer  # the larger set takes the smaller in, or large groups would take quadratic time
        self.near.pop(b, None)
        self.near[a] = more
        self.above[b] = a
        if b in self.marks:
            self.marks.setdefault(a, self.marks[b])
        return a

    def meet(self, rows: Sequence[int]) -> None:
        """Join the groups most of whose members are among `rows`, the largest first; marks still hold them apart."""
        here = Counter(self.root(row) for row in rows)
        mostly = [root for root, count in here.items() if count >= MOSTLY * self.members(root)]
        first: int | None = None
        for root in sorted(mostly, key=lambda root: (-here[root], root)):
            mine = self.marks.get(root)
            if first is None:
                first = root
            elif mine is None or self.marks.get(self.root(first), mine) == mine:
                first = self.join(first, root)

    def groups(self) -> list[list[int]]:
        found: dict[int, list[int]] = {}
        for row in range(len(self.above)):
            found.setdefault(self.root(row), []).append(row)
        return sorted(found.values())


def _neighbours(near: Pairs, count: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """(start, ends): row by row the rows it was worth comparing with."""
    one = np.concatenate((near.one, near.other)).astype(np.int32)
    other = np.concatenate((near.other, near.one)).astype(np.int32)
    order = np.argsort(one, kind="stable")
    return np.searchsorted(one[order], np.arange(count + 1)), other[order]
