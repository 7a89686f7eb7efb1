"""A place and a matter that keep being named together: how short needs in a hundred wordings are still heard as one.

东门没地方停车 and 早上来东门一个车位都找不到 share hardly a word. But if 停车 is said of the east gate far more often
than chance would have it, and mostly there, then whoever names both speaks of the same.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kaimen.logic.hotspots.messages import Message, comparable
from kaimen.logic.hotspots.names import named_in
from kaimen.logic.hotspots.terms import TERMS, Counted, Ints, Weights

ENOUGH: Final = 8  # messages that name both
LIFT: Final = 3.0  # times as many as if place and matter had nothing to do with each other
THERE: Final = 0.35  # share of all who speak of the matter that speak of it at this place
TELLS: Final = 0.6  # how far a gram has to tell of a matter rather than be part of a name
SAME: Final = 0.5  # share of the smaller of two meetings that is in the larger: they are one
READ: Final = 120  # characters of the detail in which names are looked for


def meetings(messages: Sequence[Message], batches: Sequence[Counted], weights: Weights) -> list[list[int]]:
    """Sets of rows that name the same place with the same matter, each sorted, largest first; at least ENOUGH rows."""
    start, names = _named(messages)
    frequent = np.bincount(names, minlength=1)
    keys, rows = _pairs(start, names, frequent, batches, weights)
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    edges = np.flatnonzero(np.diff(keys, prepend=-1, append=-1))
    both = np.diff(edges)
    found = []
    for at in np.flatnonzero(both >= ENOUGH).tolist():
        name, term = divmod(int(keys[edges[at]]), TERMS)
        if _meet(int(both[at]), int(frequent[name]), float(weights.used[term]), len(messages)):
            found.append(rows[edges[at] : edges[at + 1]].tolist())
    return _joined(found)


def _named(messages: Sequence[Message]) -> tuple[Ints, NDArray[np.int32]]:
    """(start, numbers): row by row the names in it."""
    numbers: dict[str, int] = {}
    found = array("i")
    sizes = [0]
    for message in messages:
        found.extend(numbers.setdefault(name, len(numbers)) for name in sorted(_names(message)))
        sizes.append(len(found))
    return np.array(sizes, np.int64), np.array(found, np.int32)


def _meet(both: int, named: int, told: float, messages: int) -> bool:
    return both >= ENOUGH and both >= THERE * told and both * messages >= LIFT * named * told


def _names(message: Message) -> frozenset[str]:
    text = comparable(f"{message.subject} {message.detail[:READ]}")
    return named_in(text) | {comparable(place) for place in message.places}


def _pairs(
    start: Ints, names: NDArray[np.int32], frequent: Ints, batches: Sequence[Counted], weights: Weights
) -> tuple[Ints, NDArray[np.int32]]:
    """(name and gram as one number, row) for every frequent name and every telling gram of the same message.

    A gram that is said too often to be mostly said at the place cannot meet it, and is left out at once.
    """
    often = np.flatnonzero(weights.used >= ENOUGH)
    wanted = np.zeros(TERMS, bool)
    wanted[often] = weights.telling(often) >= TELLS
    keys: list[Ints] = [np.zeros(0, np.int64)]
    rows: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
    first = 0
    for batch in batches:
        last = first + len(batch.start) - 1
        here = names[start[first] : start[last]]
        row = np.repeat(np.arange(first, last), np.diff(start[first : last + 1]))
        enough = frequent[here] >= ENOUGH
        here, row = here[enough].astype(np.int64), row[enough]
        begin, end = batch.start[row - first], batch.start[row - first + 1]
        grams = end - begin
        term = batch.terms[_runs(begin, grams)]
        name = np.repeat(here, grams)
        meet = wanted[term] & (frequent[name] >= THERE * weights.used[term])
        keys.append(name[meet] * TERMS + term[meet])
        rows.append(np.repeat(row, grams)[meet].astype(np.int32))
        first = last
    return np.concatenate(keys), np.concatenate(rows)


def _runs(begin: Ints, lengths: Ints) -> Ints:
    """begin[0], begin[0] + 1, … for so many each."""
    before = np.cumsum(lengths) - lengths
    runs: Ints = np.arange(int(lengths.sum())) + np.repeat(begin - before, lengths)
    return runs


def _joined(found: list[list[int]]) -> list[list[int]]:
    """Meetings of which one is mostly in the other become one; each is compared with those it shares rows with."""
    found = sorted((sorted(rows) for rows in found), key=lambda rows: (-len(rows), rows))
    kept: list[set[int]] = []
    of_row: dict[int, set[int]] = {}
    for rows in found:
        shared = Counter(number for row in rows for number in of_row.get(row, ()))
        best = min(shared, key=lambda number: (-shared[number], number), default=None)
        if best is not None and shared[best] >= SAME * min(len(rows), len(kept[best])):
            kept[best].update(rows)
        else:
            best = len(kept)
            kept.append(set(rows))
        for row in rows:
            of_row.setdefault(row, set()).add(best)
    return sorted((sorted(rows) for rows in kept), key=lambda rows: (-len(rows), rows))
