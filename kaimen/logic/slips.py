"""The finder's second chances: pinyin instead of characters, and one wrong character."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from kaimen.logic.phrasing import pieces
from kaimen.logic.text import HAN_ONE, pinyin_syllables

SHORT: Final = 12  # Han characters; longer texts have enough right ones to be found by
NEAREST: Final = 60

_LATIN: Final = re.compile(r"[a-z][a-z' ]{1,40}")


def is_latin(said: str) -> bool:
    """Letters only: may be pinyin."""
    return _LATIN.fullmatch(said) is not None


def is_short(said: str) -> bool:
    """Short enough that one slip spoils it."""
    return 2 <= len(HAN_ONE.findall(said)) <= SHORT


class Spelled:
    """Titles and phrases by their pinyin, in full and by initials."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._units: list[tuple[int, int, str, frozenset[int], str]] = []
        for number, texts in enumerate(documents):
            for unit, text in enumerate(texts):
                syllables = pinyin_syllables(text)
                starts = frozenset(accumulate((len(s) for s in syllables), initial=0))
                initials = "".join(s[:1] for s in syllables)
                self._units.append((number, unit, "".join(syllables), starts, initials))

    def find(self, said: str) -> Iterator[tuple[int, int, float, bool]]:
        """(document, unit, closeness 0 … 1, whether in full) for each unit with these letters at a syllable's start.

        Initials must open the unit if they are only two; from three on they may stand anywhere in it.
        """
        letters = re.sub("[' ]", "", said)
        if len(letters) < 2:
            return
        for number, unit, full, starts, initials in self._units:
            at = initials.find(letters)
            if at == 0 or (at > 0 and len(letters) > 2):
                yield number, unit, _closeness(len(letters), len(initials), at), False
            at = full.find(letters) if len(letters) > 3 else -1
            while at >= 0 and at not in starts:
                at = full.find(letters, at + 1)
            if at >= 0:
                yield number, unit, _closeness(len(letters), len(full), at), True


class Near:
    """Titles and phrases that hold the query but for one character."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._units = [
            (n, u, text.lower()) for n, texts in enumerate(documents) for u, text in enumerate(texts)
        ]
        self._holding: dict[str, list[int]] = defaultdict(list)
        for at, (_, _, text) in enumerate(self._units):
            for char in set(text):
                self._holding[char].append(at)

    def find(self, said: str) -> Iterator[tuple[int, int, float]]:
        """(document, unit, closeness) where one change, gap or extra character makes the query stand in the unit.

        Only for three characters and more: with two, half would be guesswork.
        """
        core = "".join(pieces(said))
        if len(core) < 3:
            return
        held: Counter[int] = Counter()
        for char in set(core):
            held.update(self._holding.get(char, ()))
        enough = len(set(core)) - 1
        near = [(-times, at) for at, times in held.items() if times >= enough]
        for _, at in sorted(near)[:NEAREST]:
            number, unit, text = self._units[at]
            if edits_within(core, text) <= 1:
                yield (
                    number,
                    unit,
                    0.55 + 0.3 * min(1.0, (len(core) - 2) / 4) + 0.15 * len(core) / (len(text) + 1),
                )


def edits_within(short: str, text: str) -> int:
    """The fewest single-character edits that make `short` a part of `text` (Sellers 1980)."""
    row = [0] * (len(text) + 1)
    for i, a in enumerate(short, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(text, 1):
            last, row[j] = row[j], min(last + (a != b), row[j] + 1, row[j - 1] + 1)
    return min(row)


def _closeness(said: int, whole: int, at: int) -> float:
    """How well letters that are all there fill the unit: more of it, and from its start, is closer."""
    return 0.6 + 0.3 * said / whole + (0.1 if at == 0 else 0.0)
