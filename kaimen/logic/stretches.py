"""Which words of a query led to a document, and how much of the query they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Final

from kaimen.logic.phrasing import pieces

SHOWN: Final = 4


def stretches(said: str, answered: AbstractSet[str], weigh: Callable[[str], float]) -> tuple[str, ...]:
    """The longest stretches of the query that are covered by matched terms, the heaviest first, at most four."""
    found: dict[str, float] = {}
    for piece in pieces(said) or [said]:
        strength = _strength(piece, answered, weigh)
        for match in re.finditer("1+", "".join("01"[s > 0] for s in strength)):
            found[piece[match.start() : match.end()]] = sum(strength[match.start() : match.end()])
    return tuple(sorted(found, key=lambda s: (-found[s], s))[:SHOWN])


def share(said: str, answered: AbstractSet[str], weigh: Callable[[str], float], rarest: float) -> float:
    """The share 0 … 1 of the query's characters that matched terms cover, common ones counting for less.

    Terms that run across two words match nothing, however well the words fit: so characters are counted here.
    """
    parts = pieces(said) or [said]
    total = sum(map(len, parts))
    covered = sum(sum(_strength(piece, answered, weigh)) for piece in parts)
    return min(1.0, covered / (total * rarest)) if total else 0.0


def _strength(piece: str, answered: AbstractSet[str], weigh: Callable[[str], float]) -> list[float]:
    """For each character the weight of the strongest matched term that covers it, 0 if none does."""
    strength = [0.0] * len(piece)
    if piece in answered:
        return [weigh(piece)] * len(piece)
    for n in (2, 3):
        for i in range(len(piece) - n + 1):
            term = piece[i : i + n]
            if term in answered:
                weight = weigh(term)
                strength[i : i + n] = [max(weight, s) for s in strength[i : i + n]]
    return strength
