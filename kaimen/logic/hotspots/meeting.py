"""A place and a matter that keep being named together: how short needs in a hundred wordings are still heard as one.

东门没地方停车 and 早上来东门一个车位都找不到 share hardly a word. But if 停车 is said of the east gate far more often
than chance would have it, and mostly there, then whoever names both speaks of the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

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
    numbers: dict[str, int] = {}
    named = [tuple(numbers.setdefault(name, len(numbers)) for name in sorted(_names(m))) for m in messages]
    frequent = np.bincount(np.fromiter((n for found in named for n in found), np.int64), minlength=1)
    keys, rows = _pairs(named, frequent, batches, weights)
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    edges = np.flatnonzero(np.diff(keys, prepend=-1, append=-1))
    found = []
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if end - start >= ENOUGH:
            name, term = divmod(int(keys[start]), TERMS)
            if _meet(end - start, int(frequent[name]), float(weights.used[term]), len(messages)):
                found.append(rows[start:end].tolist())
    return _joined(found)


def _meet(both: int, named: int, told: float, messages: int) -> bool:
    return both >= ENOUGH and both >= THERE * told and both * messages >= LIFT * named * told


def _names(message: Message) -> frozenset[str]:
    text = comparable(f"{message.subject} {message.detail[:READ]}")
    return named_in(text) | {comparable(place) for place in message.places}


def _pairs(
    named: Sequence[tuple[int, ...]], frequent: Ints, batches: Sequence[Counted], weights: Weights
) -> tuple[Ints, Ints]:
    """(name and gram as one number, row) for every frequent name and every telling gram of the same message."""
    everything = np.arange(len(weights.used))
    wanted = (weights.telling(everything) >= TELLS) & (weights.used >= ENOUGH)
    keys: list[Ints] = [np.zeros(0, np.int64)]
    rows: list[Ints] = [np.zeros(0, np.int64)]
    row = 0
    for batch in batches:
        telling = wanted[batch.terms]
        for start, end in zip(batch.start[:-1].tolist(), batch.start[1:].tolist(), strict=True):
            here = [name for name in named[row] if frequent[name] >= ENOUGH]
            if here:
                terms = batch.terms[start:end][telling[start:end]].astype(np.int64)
                keys += [name * TERMS + terms for name in here]
                rows += [np.full(len(terms), row, np.int64)] * len(here)
            row += 1
    return np.concatenate(keys), np.concatenate(rows)


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
