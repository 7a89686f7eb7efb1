"""The pairs of messages that are worth comparing, found without comparing all with all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kaimen.logic.hotspots.alike import Rule
from kaimen.logic.hotspots.terms import TERMS, Floats, Ints, Vectors, Weights

HEAVIEST: Final = 24  # grams of a message by which others are found
FEW: Final = 60  # messages with one gram that are all compared with each other
NEIGHBOURS: Final = 5  # beyond that: so many in min-hash order
FLOOR: Final = 0.10  # pairs less alike than this are forgotten
PARTNERS: Final = 10  # of one message, the most alike
PER_MESSAGE: Final = 32  # comparisons that each message may ask for; a million messages then fit into memory
PAIRS_AT_ONCE: Final = 200_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """Row, later row, and three cosines: of the whole, of the place, of the matter."""

    one: Ints
    other: Ints
    whole: Floats
    place: Floats
    matter: Floats
    sizes: Floats  # of every row: squared lengths of its names and of its matter

    def fitting(self, rule: Rule) -> list[tuple[float, int, int]]:
        """(-whole, row, later row) of the pairs that two single messages may form under the rule."""
        names = self.sizes[:, 0] >= rule.named
        nameless = (self.whole >= rule.nameless) & ~(names[self.one] & names[self.other])
        there = (self.place >= rule.place) | nameless
        fits = (self.whole >= rule.whole) & (self.matter >= rule.matter) & there
        rows = zip(
            (-self.whole[fits]).tolist(), self.one[fits].tolist(), self.other[fits].tolist(), strict=True
        )
        return list(rows)


def pairs(vectors: Vectors, weights: Weights) -> Pairs:
    """The pairs worth comparing, in order of their rows."""
    one, other = _candidates(vectors)
    found = _cosines(vectors, weights, one, other)
    kept = _best_partners(found, len(vectors))
    return Pairs(
        found.one[kept],
        found.other[kept],
        found.whole[kept],
        found.place[kept],
        found.matter[kept],
        found.sizes,
    )


def _candidates(vectors: Vectors) -> tuple[Ints, Ints]:
    """Rows that share two of their heaviest grams."""
    count = len(vectors)
    sizes = np.diff(vectors.start)
    rows = np.repeat(np.arange(count, dtype=np.int32), sizes)
    leading = np.arange(len(rows)) - np.repeat(vectors.start[:-1], sizes) < HEAVIEST
    rows, terms = rows[leading], vectors.terms[leading]
    order = np.lexsort((rows, _signature(rows, terms, count)[rows], terms))
    rows, terms = rows[order], terms[order]
    del order, leading
    users = np.bincount(terms, minlength=1)[terms] if len(terms) else terms
    keys = np.empty(PER_MESSAGE * count + len(rows), np.int64)
    filled = 0
    for step in range(1, FEW):
        near = terms[step:] == terms[:-step]
        if step > NEIGHBOURS:
            near &= users[step:] <= FEW
        here = np.flatnonzero(near)
        if not len(here) or filled + len(here) > len(keys):
            break
        a, b = rows[here].astype(np.int64), rows[here + step].astype(np.int64)
        keys[filled : filled + len(here)] = np.minimum(a, b) * count + np.maximum(a, b)
        filled += len(here)
    keys = keys[:filled]
    keys.sort()
    twice = keys[1:] == keys[:-1]
    twice[1:] &= keys[1:-1] != keys[:-2]  # once each
    keys = keys[1:][twice]
    return keys // max(count, 1), keys % max(count, 1)


def _signature(rows: NDArray[np.int32], terms: NDArray[np.int32], count: int) -> Ints:
    """The smallest of each row's mixed grams: rows that share most grams mostly share this one."""
    mixed = (terms.astype(np.int64) * 2654435761) % (1 << 31)
    signature = np.full(count, 1 << 31, np.int64)
    np.minimum.at(signature, rows, mixed)
    return signature


def _cosines(vectors: Vectors, weights: Weights, one: Ints, other: Ints) -> Pairs:
    """The three cosines of each pair, without those under FLOOR."""
    numbers = np.arange(TERMS)
    whole = sparse.csr_matrix(
        (vectors.weights, vectors.terms, vectors.start), shape=(len(vectors), TERMS), copy=True
    )
    whole.sort_indices()
    sides = np.stack((weights.naming(numbers), weights.telling(numbers)), axis=1)
    rows = np.repeat(np.arange(len(vectors)), np.diff(vectors.start))
    square = vectors.weights.astype(np.float64) ** 2
    sizes: Floats = np.column_stack(
        [np.bincount(rows, square * side[vectors.terms], minlength=len(vectors)) for side in sides.T]
    )
    lengths = np.sqrt(np.maximum(sizes, 1e-12))
    del square, rows
    sides = np.column_stack((np.ones(TERMS), sides))
    kept: list[tuple[Ints, Ints, Floats]] = []
    for first in range(0, len(one), PAIRS_AT_ONCE):
        a, b = one[first : first + PAIRS_AT_ONCE], other[first : first + PAIRS_AT_ONCE]
        dots: Floats = np.asarray(whole[a].multiply(whole[b]).tocsr() @ sides)
        good = dots[:, 0] >= FLOOR
        a, b, dots = a[good], b[good], dots[good]
        dots[:, 1:] /= lengths[a] * lengths[b]
        kept.append((a, b, dots))
    if not kept:
        none, nothing = np.zeros(0, np.int64), np.zeros(0)
        return Pairs(none, none, nothing, nothing, nothing, sizes)
    dots = np.concatenate([row[2] for row in kept])
    first_rows, later_rows = (np.concatenate([row[column] for row in kept]) for column in (0, 1))
    return Pairs(first_rows, later_rows, dots[:, 0], dots[:, 1], dots[:, 2], sizes)


def _best_partners(found: Pairs, count: int) -> Ints:
    """Positions of the pairs that are among the PARTNERS most alike of either of their rows."""
    wanted = np.zeros(len(found.one), bool)
    for ends in (found.one, found.other):
        order = np.lexsort((-found.whole, ends))
        start = np.searchsorted(ends[order], np.arange(count + 1))
        wanted[order[np.arange(len(order)) - start[ends[order]] < PARTNERS]] = True
    return np.flatnonzero(wanted)
