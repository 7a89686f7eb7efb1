"""The order of what was found: plain BM25 over everything written about an item, with what the closer look says.

`search.Index` decides what fits well enough to be shown; its look at titles and phrases is too strict to order long,
roundabout sentences. BM25 over single characters and pairs (Robertson and Zaragoza 2009) is good at exactly that, so
it orders, with what was understood of the domain (docs/measurements.md, Triage).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from kaimen.logic.search import Document
from kaimen.logic.text import grams

# Chosen by cross-validation on the first file of questions (docs/measurements.md). A word that comes again in other
# phrases goes on counting, and long items are nearly as unlikely as they are long: phrases gather, so both matter.
K: Final = 3.0
B: Final = 0.9
BROAD: Final = (
    0.9  # how much BM25 decides of the order; the rest is the closer look, which parts what is even
)
DOMAIN: Final = 0.35  # how much of an item's place its domain decides, where a domain was understood
LONGEST: Final = 500
_SIZES: Final = (1, 2)


class Ranker:
    """BM25 over title, phrases and body of each document; built once, then only read."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.keys: list[str] = []
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        counted = []
        for doc in documents:
            self.keys.append(doc.key)
            counted.append(Counter(grams("\n".join((doc.title, *doc.phrases, doc.body)), _SIZES)))
        lengths = [sum(counts.values()) for counts in counted]
        mean = sum(lengths) / max(1, len(lengths)) or 1.0
        held = Counter(gram for counts in counted for gram in counts)
        rare = {g: math.log(1 + (len(counted) - n + 0.5) / (n + 0.5)) for g, n in held.items()}
        for number, counts in enumerate(counted):
            long = K * (1 - B + B * lengths[number] / mean)
            for gram, times in counts.items():
                self._postings[gram].append((number, rare[gram] * (times * (K + 1) / (times + long))))

    def scores(self, text: str) -> dict[str, float]:
        """Documents that share anything with the text; the best has 1."""
        total: dict[int, float] = defaultdict(float)
        for gram in set(grams(text[:LONGEST], _SIZES)):
            for number, weight in self._postings.get(gram, ()):
                total[number] += weight
        most = max(total.values(), default=1.0)
        return {self.keys[number]: score / most for number, score in total.items()}


def blended(
    broad: Mapping[str, float],
    close: Mapping[str, float],
    domain_of: Mapping[str, str],
    chance: Mapping[str, float],
) -> list[tuple[str, float]]:
    """Keys with their score 0 … 1, best first; ties in the order of keys.

    `broad`: Ranker.scores; `close`: scores of search.Index; `chance`: confidence of each domain, empty when none was
    understood.
    """
    share = DOMAIN if chance else 0.0

    def score(key: str) -> float:
        found = BROAD * broad.get(key, 0.0) + (1 - BROAD) * close.get(key, 0.0)
        return found * (1 - share + share * chance.get(domain_of.get(key, ""), 0.0))

    return sorted(((key, score(key)) for key in {*broad, *close}), key=lambda pair: (-pair[1], pair[0]))
