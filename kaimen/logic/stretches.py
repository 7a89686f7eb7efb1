"""Which words of a query led to a document, and how much of the query they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from kaimen.logic.phrasing import pieces

SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class Said:
    """A query cut once, for all the documents that it is compared with: its pieces, each with all that may match in it,
    and its terms and where they begin."""

    pieces: tuple[tuple[str, frozenset[str], tuple[tuple[str, int], ...]], ...]
    length: int  # characters

    @classmethod
    def of(cls, text: str) -> Said:
        parts = pieces(text) or [text]
        return cls(tuple(map(_cut, parts)), sum(map(len, parts)))


def _cut(piece: str) -> tuple[str, frozenset[str], tuple[tuple[str, int], ...]]:
    placed = _placed(piece)
    return piece, frozenset([piece, *(term for term, _ in placed)]), placed


def _placed(piece: str) -> tuple[tuple[str, int], ...]:
    return tuple((piece[i : i + n], i) for n in (2, 3) for i in range(len(piece) - n + 1))


def stretches(said: Said, answered: AbstractSet[str], weigh: Callable[[str], float]) -> tuple[str, ...]:
    """The longest stretches of the query that are covered by matched terms, the heaviest first, at most four."""
    found: dict[str, float] = {}
    for piece, _terms, placed in said.pieces:
        strength = _strength(piece, placed, answered, weigh)
        for match in re.finditer("1+", "".join("01"[s > 0] for s in strength)):
            found[piece[match.start() : match.end()]] = sum(strength[match.start() : match.end()])
    return tuple(sorted(found, key=lambda s: (-found[s], s))[:SHOWN])


def share(said: Said, answered: AbstractSet[str], weigh: Callable[[str], float], rarest: float) -> float:
    """The share 0 … 1 of the query's characters that matched terms cover, common ones counting for less.

    Terms that run across two words match nothing, however well the words fit: so characters are counted here.
    """
    covered = sum(
        sum(_strength(piece, placed, answered, weigh))
        for piece, terms, placed in said.pieces
        if not terms.isdisjoint(answered)
    )
    return min(1.0, covered / (said.length * rarest)) if said.length else 0.0


def _strength(
    piece: str,
    placed: tuple[tuple[str, int], ...],
    answered: AbstractSet[str],
    weigh: Callable[[str], float],
) -> list[float]:
    """For each character the weight of the strongest matched term that covers it, 0 if none does."""
    strength = [0.0] * len(piece)
    if piece in answered:
        return [weigh(piece)] * len(piece)
    for term, start in placed:
        if term in answered:
            weight = weigh(term)
            for at in range(start, start + len(term)):
                if strength[at] < weight:
                    strength[at] = weight
    return strength
