"""Which messages are about one thing: every pair worth comparing, then groups grown from the most alike pair down.

Near-linear: a message is compared only with messages that share two of its heaviest grams, and of a gram that many use
only with its neighbours in an order that puts like messages side by side (min-hash, Broder 1997). Groups grow by
likeness of their sums (centroid linkage), so no message has to be like every other of a hundred wordings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Final

import numpy as np

from kaimen.logic.hotspots.alike import ORDINARY, Rule
from kaimen.logic.hotspots.growing import Growing
from kaimen.logic.hotspots.pairing import pairs
from kaimen.logic.hotspots.parting import parted
from kaimen.logic.hotspots.terms import Ints, Sides, Vectors, Weights

MOSTLY: Final = 0.6  # share of a group that has to be at a meeting for the group to join it


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
    labels, marks = _from_the_start(len(vectors), together, apart or {})
    near = pairs(vectors)
    grown = Growing(vectors, weights, rule, labels, marks).grow(near.one, near.other)
    held = (np.bincount(labels)[labels] > 1) | (marks[labels] >= 0)
    grown = parted(vectors, weights, rule, grown, held)
    return _met(grown.tolist(), marks[labels].tolist(), meetings)


def _from_the_start(
    count: int, together: Sequence[Sequence[int]], apart: Mapping[int, Hashable]
) -> tuple[Ints, Ints]:
    """(labels, marks): each row's group, and the mark of each group as a number, -1 for none."""
    first = np.arange(count)
    for rows in together:
        first[list(rows)] = rows[0]
    _roots, labels = np.unique(first, return_inverse=True)
    numbers: dict[Hashable, int] = {}
    marks = np.full(len(_roots), -1)
    for row, mark in apart.items():
        marks[labels[row]] = numbers.setdefault(mark, len(numbers))
    return labels, marks


def _met(group_of: list[int], marks: Sequence[int], meetings: Sequence[Sequence[int]]) -> list[list[int]]:
    """Join the groups most of whose members are at one meeting, the largest first; marks still hold them apart."""
    groups: dict[int, list[int]] = {}
    for row, group in enumerate(group_of):
        groups.setdefault(group, []).append(row)
    mark_of = {group_of[row]: mark for row, mark in enumerate(marks) if mark >= 0}
    for meeting in meetings:
        here = Counter(group_of[row] for row in meeting)
        mostly = [group for group, count in here.items() if count >= MOSTLY * len(groups[group])]
        first: int | None = None
        for group in sorted(mostly, key=lambda group: (-here[group], groups[group][0])):
            mark = mark_of.get(group)
            if first is None:
                first = group
            elif mark is None or mark_of.get(first, mark) == mark:
                joining = groups.pop(group)
                groups[first] += joining
                for row in joining:
                    group_of[row] = first
                if mark is not None:
                    mark_of[first] = mark
    return sorted(sorted(rows) for rows in groups.values())


class KnownSides(Sides):
    """How far each gram names and tells, looked up in the weights when first asked."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        numbers = np.arange(len(weights.used))
        self._naming, self._telling = weights.naming(numbers), weights.telling(numbers)

    def __missing__(self, term: int) -> tuple[float, float]:
        self[term] = sides = (float(self._naming[term]), float(self._telling[term]))
        return sides
