"""Each message as it comes: it joins an issue or starts one, in a time that does not grow with what was heard before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from kaimen.logic.hotspots.alike import ORDINARY, Profile, Rule, heaviest, same_issue
from kaimen.logic.hotspots.messages import Message, head_and_body
from kaimen.logic.hotspots.terms import (
    Sides,
    Weights,
    codes_of,
    counted,
    grams_at,
    grams_of,
    vectors_of,
)

LEADING: Final = 24  # grams under which an issue is found
BY_ONE_GRAM: Final = 40  # issues kept under one gram, the latest spoken of
DRAWING: Final = 0.12
COMPARED: Final = 12  # issues that a message is compared with in full


@dataclass(frozen=True, slots=True)
class Heard:
    """Where a message went: the issue's key, whether it was there before, how alike (0 … 1), and by which words."""

    issue: int
    joined: bool
    likeness: float
    words: tuple[str, ...]


class Stream:
    """Issues under integer keys, found by their grams. Same messages in the same order, same issues."""

    def __init__(self, *, weights: Weights | None = None, rule: Rule = ORDINARY, next_key: int = 1) -> None:
        self.weights = weights or Weights()
        self.rule = rule
        self.next_key = next_key
        self.profiles: dict[int, Profile] = {}
        self._sides: Sides = {}
        self._under: dict[int, dict[int, None]] = {}

    def know(self, key: int, terms: Mapping[int, float], members: int) -> None:
        """Take up an issue as `marks_of` its profile kept it; call in order of last use, the latest last."""
        self._see(list(terms))
        self.profiles[key] = Profile.of(dict(terms), self._sides, members)
        self._index(key, _leading(terms))
        self.next_key = max(self.next_key, key + 1)

    def hear(self, message: Message) -> Heard:
        """Let `message` join the issue that it fits best, or start one."""
        grams = grams_of([message])
        self.weights.learn(grams)
        batch = [counted(grams, self.weights)]
        everything = vectors_of(batch, self.weights, at_least=1).row(0)
        known = vectors_of(batch, self.weights).row(0)  # grams said before: only these can be shared
        self._see(list(everything))
        mine = Profile.of(known, self._sides)
        key, fit = self._best(mine, known)
        if fit:
            shared = frozenset(term for term in known if term in self.profiles[key].terms)
            self.profiles[key].add(mine)
            self._index(key, _leading(known))
            return Heard(key, True, fit, words_of(message, shared))
        key = self.next_key
        self.next_key += 1
        self.profiles[key] = Profile.of(everything, self._sides)
        self._index(key, _leading(everything))
        return Heard(key, False, 1.0, ())

    def _best(self, mine: Profile, terms: Mapping[int, float]) -> tuple[int, float]:
        shared: dict[int, float] = {}
        times: dict[int, int] = {}
        for term, weight in terms.items():
            for key in self._under.get(term, ()):
                shared[key] = shared.get(key, 0.0) + weight * weight
                times[key] = times.get(key, 0) + 1
        hopeful = [key for key in shared if times[key] > 1]
        best = sorted(hopeful, key=lambda key: (-shared[key], key))[:COMPARED]
        fits = {key: same_issue(self.profiles[key], mine, self.rule) for key in best}
        chosen = max(best, key=lambda key: (fits[key] * self._drawing(key), -key), default=0)
        return chosen, fits.get(chosen, 0.0)

    def _drawing(self, key: int) -> float:
        """What many speak of is the likelier guess: each doubling of an issue adds a little."""
        return 1 + DRAWING * math.log2(self.profiles[key].members)

    def _see(self, terms: list[int]) -> None:
        new = [term for term in terms if term not in self._sides]
        if new:
            self._sides.update(self.weights.sides(new))

    def _index(self, key: int, leading: Mapping[int, float]) -> None:
        for term in leading:
            keys = self._under.setdefault(term, {})
            keys.pop(key, None)
            keys[key] = None
            if len(keys) > BY_ONE_GRAM:
                del keys[next(iter(keys))]


def _leading(terms: Mapping[int, float]) -> dict[int, float]:
    return dict(heaviest(terms, LEADING))


def words_of(message: Message, terms: frozenset[int], limit: int = 4) -> tuple[str, ...]:
    """The stretches of the message that `terms` cover, the longest first: why it is thought to be the same."""
    found: dict[str, None] = {}
    wanted = np.fromiter(terms, np.int64, len(terms))
    for text in head_and_body(message):
        code = codes_of(text)
        inside = np.zeros(len(code) + 1, bool)
        for size in (2, 3):
            at, numbers = grams_at(code, size)
            for start in at[np.isin(numbers, wanted)].tolist():
                inside[start : start + size] = True
        edges = np.flatnonzero(np.diff(inside.astype(np.int8), prepend=0)).tolist()
        found.update(dict.fromkeys(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)))
    ranked = sorted(found, key=lambda run: (-len(run), run))
    return tuple(run for n, run in enumerate(ranked) if not any(run in longer for longer in ranked[:n]))[
        :limit
    ]
