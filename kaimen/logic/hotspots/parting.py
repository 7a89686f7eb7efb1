"""Asked once more at the end: is a group held together by more than the name of a place?

Where a name does not end like one (names.py), or many at one estate complain of many things, some messages are alike by
little else. Such a group is taken apart again, by what its members say beside what most of them say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from kaimen.logic.hotspots.alike import Rule
from kaimen.logic.hotspots.growing import summed
from kaimen.logic.hotspots.terms import TERMS, Bools, Floats, Ints, Vectors, Weights

CLEAR: Final = 0.9  # from which `telling` on a gram speaks of the matter alone
COMMON: Final = 4  # a word of three characters has three grams: by the fourth, two words are shared
SAME: Final = 0.8  # likeness of the whole: sent twice, or nearly
MOST: Final = 0.6  # of a group: what so many say does not part them
AT_ONCE: Final = 50_000  # messages looked at together: bounds the memory

Matrix = Any  # scipy.sparse.csr_matrix, of which mypy knows nothing


def parted(vectors: Vectors, weights: Weights, rule: Rule, groups: Ints, stay: Bools) -> Ints:
    """Each row's group, those of `many` … `judged` members taken apart that share no matter.

    They share one if their fourth most common gram of matter is in at least `shared` of them. Of what is taken apart,
    rows stay together whose likeness is `alike_again`, directly or by way of others. A group with a row marked in
    `stay` is left alone. New groups have numbers above the old ones.
    """
    telling = weights.columns()[:, 2] > CLEAR
    after = groups.copy()
    following = int(groups.max(initial=-1)) + 1
    for rows in _portions(groups, stay, rule):
        single = _rows_of(vectors, rows)
        numbers, local, sizes = np.unique(groups[rows], return_inverse=True, return_counts=True)
        loose = _fourth(single, local, len(numbers), telling) < rule.shared * sizes
        first = np.concatenate(([0], np.cumsum(sizes)))
        for at in np.flatnonzero(loose).tolist():
            here = slice(first[at], first[at + 1])
            count, labels = _by_the_rest(single[here], rule.alike_again)
            after[rows[here]] = following + labels
            following += count
    return after


def _portions(groups: Ints, stay: Bools, rule: Rule) -> Iterator[Ints]:
    """The rows of the groups to be judged, group by group, about AT_ONCE of them at a time."""
    counts = np.bincount(groups)
    judged = (counts >= rule.many) & (counts <= rule.judged)
    judged[groups[stay]] = False
    rows = np.flatnonzero(judged[groups])
    rows = rows[np.argsort(groups[rows], kind="stable")]
    portion = np.cumsum(np.where(judged, counts, 0)) // AT_ONCE
    of_row = portion[groups[rows]]
    for which in np.unique(of_row).tolist():
        yield rows[of_row == which]


def _rows_of(vectors: Vectors, rows: Ints) -> Matrix:
    start = vectors.start[rows]
    lengths = vectors.start[rows + 1] - start
    first = np.concatenate(([0], np.cumsum(lengths)))
    at = np.arange(first[-1]) - np.repeat(first[:-1] - start, lengths)
    return sparse.csr_matrix((vectors.weights[at], vectors.terms[at], first), shape=(len(rows), TERMS))


def _fourth(single: Matrix, local: Ints, count: int, telling: Bools) -> Floats:
    """How many members of each group use its fourth most common gram of matter."""
    uses = single.copy()
    uses.data = telling[uses.indices].astype(np.float32)
    used = summed(uses, local, count)
    order = np.lexsort((-used.data, np.repeat(np.arange(count), np.diff(used.indptr))))
    at = used.indptr[:-1] + COMMON - 1
    enough = at < used.indptr[1:]
    fourth = np.zeros(count)
    fourth[enough] = used.data[order[at[enough]]]
    return fourth


def _by_the_rest(single: Matrix, alike: float) -> tuple[int, Ints]:
    """(count, labels): rows alike in what not most of them say have one label, and rows that say the same."""
    used = np.bincount(single.indices, minlength=TERMS)
    rest = single.multiply(used < MOST * single.shape[0]).tocsr()
    lengths = np.sqrt(np.asarray(rest.power(2).sum(axis=1)).ravel())
    unit = sparse.diags(1 / np.where(lengths > 0, lengths, 1.0)) @ rest
    same = (unit @ unit.T >= alike) + (single @ single.T >= SAME)
    count, labels = connected_components(same, directed=False)
    return int(count), labels.astype(np.int64)
