"""Messages as weighted character grams, counted for a whole batch at once.

Two and three characters that follow each other stand for words: no dictionary knows 伊景园滨河苑, and words cut wrongly
inside a name would not meet again. Grams are hashed into TERMS numbers. Each is also known by how often it stands inside
a name of a place or firm (names.py), so that likeness of place and likeness of matter can be told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kaimen.logic.hotspots.messages import NAMED, Message, head_and_body
from kaimen.logic.hotspots.names import LONGEST, NAME

BITS: Final = 20
TERMS: Final = 1 << BITS
HEAD_WEIGHT: Final = 5.0  # of a gram in the subject, beside 1 in the detail
KEPT: Final = 56  # heaviest grams of one message
KEPT_AT_FIRST: Final = 128  # … while the weights are still being learnt
CHOSEN: Final = 0.1  # what a chosen place teaches: 停车 in 东区停车场 stays a matter
RARE_ENOUGH: Final = 6  # grams rarer than this weigh no more: a slip of the pen is not a topic
SHARE_LOW, SHARE_HIGH = 0.12, 0.35  # share at names from which a gram counts as part of them, and fully

Bools = NDArray[np.bool_]
Codes = NDArray[np.uint32]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Sides = dict[int, tuple[float, float]]  # of each gram: how far it names, how far it tells

_END: Final = 1  # stands between two messages
_BREAK: Final = 10  # stands between head and body
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Grams:
    """Grams of a batch: message number, gram, weighted count, the parts of it inside names and touching names."""

    messages: int
    of: Ints
    terms: Ints
    counts: Floats
    learnt: Floats  # what the counts teach of naming: a place chosen from a list teaches less than one written out
    inside: Floats
    touching: Floats


def _table() -> NDArray[np.float32]:
    return np.zeros(TERMS, np.float32)


@dataclass(slots=True)
class Weights:
    """How many messages use each gram, and how often it stands at a name; grows with what is heard."""

    messages: int = 0
    used: NDArray[np.float32] = field(default_factory=_table)
    all: NDArray[np.float32] = field(default_factory=_table)
    inside: NDArray[np.float32] = field(default_factory=_table)
    touching: NDArray[np.float32] = field(default_factory=_table)

    def learn(self, grams: Grams) -> None:
        self.messages += grams.messages
        np.add.at(self.used, grams.terms, np.float32(1))
        np.add.at(self.all, grams.terms, grams.learnt.astype(np.float32))
        np.add.at(self.inside, grams.terms, grams.inside.astype(np.float32))
        np.add.at(self.touching, grams.terms, grams.touching.astype(np.float32))

    def rarity(self, terms: Ints) -> Floats:
        """log(messages / messages with this gram), 0 for what everybody says."""
        known = np.maximum(self.used[terms].astype(np.float64), RARE_ENOUGH)
        rarity: Floats = np.log(np.maximum((self.messages + RARE_ENOUGH) / known, 1.0))
        return rarity

    def naming(self, terms: Ints) -> Floats:
        """0 … 1: how much a gram is part of a name."""
        return self._share(self.inside, terms)

    def telling(self, terms: Ints) -> Floats:
        """0 … 1: how much a gram says what happens. One that runs over a name's border neither names nor tells."""
        return 1.0 - self._share(self.touching, terms)

    def sides(self, terms: Sequence[int]) -> Sides:
        """(naming, telling) of each gram."""
        numbers = np.asarray(terms, dtype=np.int64)
        pairs = zip(self.naming(numbers).tolist(), self.telling(numbers).tolist(), strict=True)
        return dict(zip(terms, pairs, strict=True))

    def columns(self) -> Floats:
        """For every gram 1, how far it names, how far it tells; nothing for grams that nobody used."""
        known = np.flatnonzero(self.used)
        columns = np.zeros((TERMS, 3))
        columns[known] = np.column_stack((np.ones(len(known)), self.naming(known), self.telling(known)))
        return columns

    def _share(self, part: NDArray[np.float32], terms: Ints) -> Floats:
        share = part[terms] / np.maximum(self.all[terms], 1e-9)
        clear: Floats = np.clip((share - SHARE_LOW) / (SHARE_HIGH - SHARE_LOW), 0, 1).astype(np.float64)
        return clear


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors, row by row: `terms[start[i]:start[i + 1]]` heaviest first, with their weights."""

    start: Ints
    terms: NDArray[np.int32]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.start) - 1

    def row(self, number: int) -> dict[int, float]:
        here = slice(self.start[number], self.start[number + 1])
        return dict(zip(self.terms[here].tolist(), self.weights[here].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Counted:
    """Counted grams of a batch, small enough to be kept for a million messages."""

    start: Ints
    terms: NDArray[np.int32]
    counts: NDArray[np.float32]


def grams_of(messages: Sequence[Message]) -> Grams:
    """Grams of every message; nothing is learnt by looking."""
    text = "\x01".join("\n".join(head_and_body(message)) for message in messages)
    code = codes_of(text)
    of = np.cumsum(code == _END)
    inside, teaches = _inside_names(text)
    heavy = np.where(_in_body(code, of), 1.0, HEAD_WEIGHT)
    pieces = []
    for size in (2, 3):
        at, terms = grams_at(code, size)
        within, touches = inside[at].copy(), inside[at].copy()
        for step in range(1, size):
            within &= inside[at + step]
            touches |= inside[at + step]
        taught = heavy[at] * teaches[at]
        pieces.append((of[at], terms, heavy[at], taught, taught * within, taught * touches))
    rows, terms, counts, learnt, named, touching = (
        np.concatenate(column) for column in zip(*pieces, strict=True)
    )
    keys, where = np.unique(rows * TERMS + terms, return_inverse=True)
    return Grams(
        messages=len(messages),
        of=keys // TERMS,
        terms=keys % TERMS,
        counts=_summed(where, counts, len(keys)),
        learnt=_summed(where, learnt, len(keys)),
        inside=_summed(where, named, len(keys)),
        touching=_summed(where, touching, len(keys)),
    )


def _summed(where: Ints, counts: Floats, length: int) -> Floats:
    summed: Floats = np.bincount(where, counts, minlength=length).astype(np.float64)
    return summed


def counted(grams: Grams, weights: Weights, most: int = KEPT_AT_FIRST) -> Counted:
    """At most `most` grams of each message, the heaviest by what `weights` know so far."""
    heavy = np.sqrt(grams.counts) * weights.rarity(grams.terms)
    order, start = _heaviest_first(grams.of, grams.terms, heavy, grams.messages, most)
    return Counted(start, grams.terms[order].astype(np.int32), grams.counts[order].astype(np.float32))


def vectors_of(batches: Sequence[Counted], weights: Weights, at_least: int = 2) -> Vectors:
    """The KEPT heaviest grams of each message as a vector of length 1; a message that says nothing has none.

    Grams that fewer than `at_least` messages use are left out: nothing else can be like them.
    """
    parts = [_vectors(batch, weights, at_least) for batch in batches]
    if not parts:
        return Vectors(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
    sizes = np.concatenate([np.diff(part.start) for part in parts])
    return Vectors(
        start=np.concatenate(([0], np.cumsum(sizes))),
        terms=np.concatenate([part.terms for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
    )


def _vectors(batch: Counted, weights: Weights, at_least: int) -> Vectors:
    messages = len(batch.start) - 1
    of = np.repeat(np.arange(messages), np.diff(batch.start))
    terms = batch.terms.astype(np.int64)
    heavy = np.sqrt(batch.counts.astype(np.float64)) * weights.rarity(terms)
    heavy[weights.used[terms] < at_least] = 0.0
    order, start = _heaviest_first(of, terms, heavy, messages, KEPT)
    of, terms, heavy = of[order], terms[order], heavy[order]
    length = np.sqrt(np.bincount(of, heavy * heavy, minlength=messages))
    return Vectors(start, terms.astype(np.int32), (heavy / length[of]).astype(np.float32))


def _heaviest_first(of: Ints, terms: Ints, heavy: Floats, messages: int, most: int) -> tuple[Ints, Ints]:
    """(order, start): the positions of the `most` heaviest grams of each message, equal ones by number."""
    order = np.lexsort((terms, -heavy, of))
    order = order[heavy[order] > 0]
    start = np.searchsorted(of[order], np.arange(messages + 1))
    order = order[np.arange(len(order)) - start[of[order]] < most]
    return order, np.searchsorted(of[order], np.arange(messages + 1))


def codes_of(text: str) -> Codes:
    codes: Codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return codes


def grams_at(code: Codes, size: int) -> tuple[Ints, Ints]:
    """(positions, numbers) of all runs of `size` letters, Han characters or digits.

    Runs of digits alone say nothing (dates, phones), nor do two letters of a Latin word.
    """
    count = max(len(code) - size + 1, 0)
    han = (code >= 0x3400) & (code <= 0x9FFF) | (code >= 0xF900) & (code <= 0xFAFF) | (code >= 0x20000)
    digit = (code >= 48) & (code <= 57)
    letter = (code >= 97) & (code <= 122)
    word = han | digit | letter
    whole, digits, letters = np.ones(count, bool), np.ones(count, bool), np.ones(count, bool)
    mixed = np.full(count, size, np.uint64)
    for step in range(size):
        here = slice(step, count + step)
        whole &= word[here]
        digits &= digit[here]
        letters &= letter[here]
        mixed = (mixed ^ code[here].astype(np.uint64)) * _MIX
        mixed ^= mixed >> np.uint64(29)
    whole &= ~digits
    if size == 2:
        whole &= ~letters
    at = np.flatnonzero(whole)
    return at, (mixed[at] >> np.uint64(64 - BITS)).astype(np.int64)


def _inside_names(text: str) -> tuple[Bools, Floats]:
    """For each character: does it stand inside a name; how much does it teach of what names are made of."""
    inside, teaches = np.zeros(len(text), bool), np.ones(len(text))
    for match in NAME.finditer(text):
        if text[match.start()] == NAMED:
            inside[match.start() : match.end()] = True
            teaches[match.start() : match.end()] = CHOSEN
        else:
            inside[max(match.start(), match.end() - LONGEST) : match.end()] = True
    return inside, teaches


def _in_body(code: Codes, of: Ints) -> Bools:
    """True behind the break between head and body of each message."""
    if not len(code):
        return np.zeros(0, bool)
    breaks = np.cumsum(code == _BREAK)
    first = np.concatenate(([0], np.flatnonzero(code == _END) + 1))
    first = np.minimum(first, len(code) - 1)
    before = breaks[first] - (code[first] == _BREAK)
    body: Bools = breaks - before[of] > 0
    return body
