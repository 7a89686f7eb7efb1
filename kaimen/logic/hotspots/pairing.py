"""The pairs of messages that are worth comparing, found without comparing all with all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kaimen.logic.hotspots.terms import TERMS, Floats, Ints, Vectors

HEAVIEST: Final = 24  # grams of a message by which others are found
FEW: Final = 60  # messages with one gram that are all compared with each other
NEIGHBOURS: Final = 5  # beyond that: so many in min-hash order
FLOOR: Final = 0.10  # pairs less alike than this are forgotten
PARTNERS: Final = 10  # of one message, the most alike
PER_MESSAGE: Final = 32  # comparisons that each message may ask for; a million messages then fit into memory
PAIRS_AT_ONCE: Final = 100_000
SLOTS_AT_ONCE: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """Row, later row, and how alike the two are."""

    one: Ints
    other: Ints
    whole: Floats


def pairs(vectors: Vectors) -> Pairs:
    """The pairs worth comparing, in order of their rows."""
    found = _cosines(vectors, *_candidates(vectors))
    kept = _best_partners(found, len(vectors))
    return Pairs(found.one[kept], found.other[kept], found.whole[kept])


def _candidates(vectors: Vectors) -> tuple[Ints, Ints]:
    """Rows that share two of their heaviest grams."""
    count = len(vectors)
    rows, terms = _side_by_side(vectors)
    few = (np.bincount(terms, minlength=1) <= FEW)[terms]
    keys = np.empty(PER_MESSAGE * count + len(rows), np.int64)
    filled = 0
    for step in range(1, FEW):
        near = terms[step:] == terms[:-step]
        if step > NEIGHBOURS:
            near &= few[step:]
        found = np.count_nonzero(near)
        if not found or filled + found > len(keys):
            break
        for first in range(0, len(near), SLOTS_AT_ONCE):
            here = np.flatnonzero(near[first : first + SLOTS_AT_ONCE]) + first
            a, b = rows[here].astype(np.int64), rows[here + step].astype(np.int64)
            keys[filled : filled + len(here)] = np.minimum(a, b) * count + np.maximum(a, b)
            filled += len(here)
    keys = keys[:filled]
    keys.sort()
    twice = keys[1:] == keys[:-1]
    twice[1:] &= keys[1:-1] != keys[:-2]  # once each
    keys = keys[1:][twice]
    return keys // max(count, 1), keys % max(count, 1)


def _side_by_side(vectors: Vectors) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """(rows, terms) of the heaviest grams, gram by gram; under one gram, rows that share most stand side by side."""
    sizes = np.diff(vectors.start)
    leading = np.arange(len(vectors.terms), dtype=np.int32)
    leading -= np.repeat(vectors.start[:-1].astype(np.int32), sizes)
    terms = vectors.terms[leading < HEAVIEST]
    rows = np.repeat(np.arange(len(vectors), dtype=np.int32), np.minimum(sizes, HEAVIEST))
    order = np.lexsort((rows, _signature(rows, terms, len(vectors))[rows], terms))
    return rows[order], terms[order]


def _signature(rows: NDArray[np.int32], terms: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    """The smallest of each row's mixed grams: rows that share most grams mostly share this one."""
    mixed = ((np.arange(TERMS) * 2654435761) % (1 << 31)).astype(np.int32)
    signature = np.full(count, (1 << 31) - 1, np.int32)
    np.minimum.at(signature, rows, mixed[terms])
    return signature


def _cosines(vectors: Vectors, one: Ints, other: Ints) -> Pairs:
    """How alike each pair is, without those under FLOOR."""
    whole = sparse.csr_matrix(
        (vectors.weights, vectors.terms, vectors.start), shape=(len(vectors), TERMS), copy=True
    )
    whole.sort_indices()
    ones = np.ones(TERMS)
    kept: list[tuple[Ints, Ints, Floats]] = []
    for first in range(0, len(one), PAIRS_AT_ONCE):
        a, b = one[first : first + PAIRS_AT_ONCE], other[first : first + PAIRS_AT_ONCE]
        alike: Floats = whole[a].multiply(whole[b]).tocsr() @ ones
        good = alike >= FLOOR
        kept.append((a[good], b[good], alike[good]))
    if not kept:
        return Pairs(one, other, np.zeros(0))
    return Pairs(*(np.concatenate([part[column] for part in kept]) for column in range(3)))


def _best_partners(found: Pairs, count: int) -> Ints:
    """Positions of the pairs that are among the PARTNERS most alike of either of their rows."""
    wanted = np.zeros(len(found.one), bool)
    for ends in (found.one, found.other):
        order = np.lexsort((-found.whole, ends))
        start = np.searchsorted(ends[order], np.arange(count + 1))
        wanted[order[np.arange(len(order)) - start[ends[order]] < PARTNERS]] = True
    return np.flatnonzero(wanted)
