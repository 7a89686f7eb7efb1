"""Groups grown from the most alike pair down, all of them at once, in arrays.

Round by round every group joins the one it is most like, as long as that is nearly the highest likeness of the round
(Borůvka's rounds with the sums of centroid linkage); a group takes in no more than it holds already before its likeness to others is
worked out again. So a million messages are grown in some hundred rounds, with no object for any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kaimen.logic.hotspots.alike import CORE, CUT, LONGEST_PROFILE, Rule
from kaimen.logic.hotspots.terms import TERMS, Bools, Floats, Ints, Vectors, Weights

STILL: Final = 0.85  # a round joins what is at least so much as alike as its most alike pair
GROWN: Final = 1.25
AT_ONCE: Final = 50_000  # pairs compared at once: bounds the memory

Matrix = Any  # scipy.sparse.csr_matrix, of which mypy knows nothing


class Growing:
    """Groups of rows, their sums as sparse rows, and the pairs of groups that may still join."""

    def __init__(self, vectors: Vectors, weights: Weights, rule: Rule, labels: Ints, marks: Ints) -> None:
        """`labels` says which rows are one group from the start (0 … n - 1); `marks` of each group, -1 for none."""
        self.rule = rule
        self.sides = weights.columns()
        self.ones = np.ones(TERMS)
        count = len(marks)
        self.labels = labels  # of each row its group, by a number that stays
        self.number: Ints = np.arange(count)  # of each live group that number
        self.marks = marks.copy()
        self.members = np.bincount(labels, minlength=count)
        single = sparse.csr_matrix(
            (vectors.weights, vectors.terms, vectors.start), shape=(len(vectors), TERMS), copy=True
        )
        single.sort_indices()
        self.sums = single if count == len(vectors) else summed(single, labels, count)
        self.sizes = self._sizes(self.sums)
        self.cores = self._cores(self.sums, self.members)
        self.one: Ints = np.zeros(0, np.int64)
        self.other: Ints = np.zeros(0, np.int64)
        self.fit: Floats = np.zeros(0)
        self.seen: Ints = np.zeros(0, np.int64)  # members of both when they were last compared

    def grow(self, one: Ints, other: Ints) -> Ints:
        """Join whatever of the pairs of rows fits, and return each row's group, numbered as in `labels`."""
        above = np.arange(len(self.number))  # of each number the one that it went into
        self.fit, self.seen = np.zeros(len(one)), np.zeros(len(one), np.int64)
        self._take(self.labels[one], self.labels[other])
        while True:
            self._compare()
            self._let_go()
            if not len(self.one):
                break
            small, large = self._joins()
            above[self.number[small]] = self.number[large]
            self._join(small, large)
        while not np.array_equal(higher := above[above], above):
            above = higher
        grown: Ints = above[self.labels]
        return grown

    def _take(self, one: Ints, other: Ints) -> None:
        """These pairs, each once, the lower first; what was found of a pair twice named holds if it was nothing."""
        low, high = np.minimum(one, other), np.maximum(one, other)
        apart = np.flatnonzero(low != high)
        keys = low[apart] * len(self.number) + high[apart]
        unfit = self.fit[apart] <= 0
        order = np.lexsort((-self.seen[apart], ~unfit, keys))
        first = np.ones(len(order), bool)
        first[1:] = keys[order[1:]] != keys[order[:-1]]
        kept = apart[order[first]]
        self.one, self.other = low[kept], high[kept]
        self.fit, self.seen = self.fit[kept], self.seen[kept]

    def _compare(self) -> None:
        """Work out the fit of pairs that were never compared, or have grown since."""
        members = self.members[self.one] + self.members[self.other]
        stale = np.flatnonzero(members >= self.seen * GROWN)
        for first in range(0, len(stale), AT_ONCE):
            here = stale[first : first + AT_ONCE]
            self.fit[here] = self._fits(self.one[here], self.other[here])
        self.seen[stale] = members[stale]
        mine, yours = self.marks[self.one], self.marks[self.other]
        self.fit[(mine >= 0) & (yours >= 0) & (mine != yours)] = (
            0.0  # a mark may have come with the last round
        )

    def _fits(self, one: Ints, other: Ints) -> Floats:
        """alike.same_issue for many pairs."""
        swap = self.members[one] < self.members[other]
        large, small = np.where(swap, other, one), np.where(swap, one, other)
        theirs = self.sums[small]
        dots: Floats = np.asarray(self.sums[large].multiply(theirs).tocsr() @ self.sides)
        product = self.sizes[large] * self.sizes[small]
        dots = np.where(product > 1e-12, dots / np.sqrt(np.maximum(product, 1e-12)), 0.0)
        theirs.data = np.ones_like(theirs.data)
        said: Floats = self.cores[large].multiply(theirs).tocsr() @ self.ones
        named = self.sizes[:, 1] >= self.rule.named * self.sizes[:, 0]
        fits = _same_issue(self.rule, dots, said, self.members[large], named[large] & named[small])
        return np.where(fits, dots[:, 0], 0.0)

    def _let_go(self) -> None:
        """Forget pairs that nothing will change any more: neither of the two fits anything."""
        fitting = self.fit > 0
        hopeful = np.zeros(len(self.number), bool)
        hopeful[self.one[fitting]] = hopeful[self.other[fitting]] = True
        kept = hopeful[self.one] | hopeful[self.other]
        self.one, self.other = self.one[kept], self.other[kept]
        self.fit, self.seen = self.fit[kept], self.seen[kept]

    def _joins(self) -> tuple[Ints, Ints]:
        """(small, large) of this round: each small group goes to what it is most like, if there is room still."""
        at = np.flatnonzero(self.fit >= STILL * self.fit.max(initial=0.0))
        one, other = self.one[at], self.other[at]
        swap = self.members[one] <= self.members[other]
        small, large = np.where(swap, one, other), np.where(swap, other, one)
        order = np.lexsort((large, small, -self.fit[at]))
        small, large = small[order], large[order]
        best = np.full(len(self.number), len(order))
        np.minimum.at(best, np.concatenate((small, large)), np.tile(np.arange(len(order)), 2))
        first = np.flatnonzero(best[small] == np.arange(len(order)))
        return self._with_room(small[first].tolist(), large[first].tolist())

    def _with_room(self, small: Sequence[int], large: Sequence[int]) -> tuple[Ints, Ints]:
        """Of the wishes, the most alike first, those to be had now: nobody moves that is waited for or waits."""
        busy: set[int] = set()
        taken: dict[int, int] = {}
        marks: dict[int, int] = {}
        done: list[tuple[int, int]] = []
        for a, b in zip(small, large, strict=True):
            size, mark = int(self.members[a]), int(self.marks[a])
            room = int(self.members[b]) - taken.get(b, 0)
            held = marks.get(b, int(self.marks[b]))
            if a in busy or a in taken or b in busy or size > room or (mark >= 0 <= held != mark):
                busy.add(a)
                continue
            busy.add(a)
            taken[b] = taken.get(b, 0) + size
            marks[b] = max(mark, held)
            done.append((a, b))
        for b, mark in marks.items():
            self.marks[b] = mark
        pairs = np.array(done, np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def _join(self, small: Ints, large: Ints) -> None:
        """Add the small ones to the large; groups without any pair left are let go."""
        count = len(self.number)
        into = np.arange(count)
        into[small] = large
        self.members += np.bincount(large, self.members[small], minlength=count).astype(np.int64)
        wanted = np.zeros(count, bool)
        wanted[into[self.one]] = wanted[into[self.other]] = True
        wanted[small] = False
        grown = np.zeros(count, bool)
        grown[large] = True
        still, new = np.flatnonzero(wanted & ~grown), np.flatnonzero(wanted & grown)
        place = np.full(count, -1)
        place[still], place[new] = np.arange(len(still)), len(still) + np.arange(len(new))
        parts = np.flatnonzero(place[into] >= len(still))
        sums = _shortened(summed(self.sums[parts], place[into[parts]] - len(still), len(new)))
        rows = np.concatenate((still, new))
        self.number, self.marks, self.members = self.number[rows], self.marks[rows], self.members[rows]
        self.sizes = np.concatenate((self.sizes[still], self._sizes(sums)))
        cores = self._cores(sums, self.members[len(still) :])
        self.cores = sparse.vstack((self.cores[still], cores), format="csr")
        self.sums = sparse.vstack((self.sums[still], sums), format="csr")
        self._take(place[into[self.one]], place[into[self.other]])

    def _sizes(self, sums: Matrix) -> Floats:
        sizes: Floats = np.asarray(sums.power(2) @ self.sides)
        return sizes

    def _cores(self, sums: Matrix, members: Ints) -> Matrix:
        """What groups of many come down to (alike.Profile.core): shares, 1 together; nothing for small ones."""
        many = np.repeat(members >= self.rule.many, np.diff(sums.indptr))
        rows = np.repeat(np.arange(len(members)), np.diff(sums.indptr))[many]
        terms = sums.indices[many]
        matter = sums.data[many] * self.sides[terms, 2]
        at = _heaviest(rows, terms, matter, len(members), CORE)
        rows, terms, matter = rows[at], terms[at], matter[at]
        total = np.bincount(rows, matter, minlength=len(members))
        shares = matter / np.where(total > 0, total, 1.0)[rows]
        return sparse.csr_matrix((shares, (rows, terms)), shape=(len(members), TERMS))


def _same_issue(rule: Rule, dots: Floats, said: Floats, members: Ints, both_named: Bools) -> Bools:
    """alike.same_issue over columns: `dots` whole, place, matter; `said` of the larger's core; its `members`."""
    whole, place, matter = dots.T
    crowd = (members >= rule.crowd) & (place >= rule.place_of_crowd)
    enough = whole >= np.where(crowd, rule.whole_of_crowd, rule.whole_of_many)
    there = (place >= rule.place) | ((whole >= rule.nameless) & ~both_named)
    close = (whole >= rule.close) & (matter >= rule.matter) & (said >= rule.partly_covered)
    core = said >= np.where(crowd, rule.covered_by_crowd, rule.covered)
    few = (whole >= rule.whole) & (matter >= rule.matter)
    fits: Bools = enough & there & np.where(members >= rule.many, core | close, few)
    return fits


def summed(rows: Matrix, into: Ints, count: int) -> Matrix:
    """Row by row the sum of the rows that go into it."""
    ones = np.ones(len(into), np.float32)
    summed = sparse.csr_matrix((ones, (into, np.arange(len(into)))), shape=(count, len(into))) @ rows
    summed.sort_indices()
    return summed


def _shortened(sums: Matrix) -> Matrix:
    """Rows that grew past LONGEST_PROFILE, cut back to their CUT heaviest grams."""
    lengths = np.diff(sums.indptr)
    if not len(lengths) or lengths.max() <= LONGEST_PROFILE:
        return sums
    rows = np.repeat(np.arange(len(lengths)), lengths)
    long = np.flatnonzero((lengths > LONGEST_PROFILE)[rows])
    kept = np.ones(len(rows), bool)
    kept[long] = False
    kept[long[_heaviest(rows[long], sums.indices[long], sums.data[long], len(lengths), CUT)]] = True
    start = np.concatenate(([0], np.cumsum(np.bincount(rows[kept], minlength=len(lengths)))))
    return sparse.csr_matrix((sums.data[kept], sums.indices[kept], start), shape=sums.shape)


def _heaviest(
    rows: Ints, terms: NDArray[np.int32], heavy: NDArray[np.floating], count: int, most: int
) -> Ints:
    """Positions of the `most` heaviest of each row, equal ones by number."""
    order = np.lexsort((terms, -heavy, rows))
    start = np.searchsorted(rows[order], np.arange(count + 1))
    found: Ints = order[np.arange(len(order)) - start[rows[order]] < most]
    return found
