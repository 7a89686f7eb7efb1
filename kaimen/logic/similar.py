"""Do two needs speak of the same? A hint for people, never a decision: whoever is told may still go alone."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Final, Generic, TypeVar

from kaimen.logic.phrasing import terms

K = TypeVar("K", bound=Hashable)

ALIKE: Final = 0.35  # at and above this a person should be asked whether it is the same


def similarity(a: str, b: str) -> float:
    """Cosine of the two texts' terms, 0 … 1: symmetric, 1 for equal texts that say anything."""
    one, two = _counted(a), _counted(b)
    dot = sum(_damp(n) * _damp(two[t]) for t, n in one.items() if t in two)
    size = math.sqrt(sum(_damp(n) ** 2 for n in one.values()) * sum(_damp(n) ** 2 for n in two.values()))
    return min(1.0, dot / size) if size else 0.0


class SimilarityIndex(Generic[K]):
    """Texts under keys; finds those most like a new one. Rare words weigh more (tf-idf)."""

    def __init__(self, texts: Iterable[tuple[K, str]]) -> None:
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._keys: list[K] = []
        counted = [(key, Counter(terms(text))) for key, text in texts]
        spread = Counter(term for _, count in counted for term in count)
        self._idf = {term: math.log(1 + len(counted) / n) for term, n in spread.items()}
        self._unknown = math.log(2 + len(counted))
        for number, (key, count) in enumerate(counted):
            self._keys.append(key)
            for term, weight in self._vector(count).items():
                self._postings[term].append((number, weight))

    def query(self, text: str, limit: int = 3, floor: float = ALIKE) -> list[tuple[K, float]]:
        """Keys with their likeness (0 … 1) from `floor` up, most alike first, equal ones as they were given."""
        likeness: dict[int, float] = defaultdict(float)
        for term, weight in self._vector(Counter(terms(text))).items():
            for number, other in self._postings.get(term, ()):
                likeness[number] += weight * other
        best = sorted((-min(1.0, score), number) for number, score in likeness.items() if score >= floor)
        return [(self._keys[number], -score) for score, number in best[:limit]]

    def _vector(self, count: Counter[str]) -> dict[str, float]:
        weights = {t: _damp(n) * self._idf.get(t, self._unknown) for t, n in count.items()}
        size = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        return {t: w / size for t, w in weights.items()}


@lru_cache(maxsize=8192)
def _counted(text: str) -> Mapping[str, int]:
    """Terms with their numbers; kept, since the same open cases are compared with every new sentence."""
    return Counter(terms(text))


def _damp(times: int) -> float:
    return 1 + math.log(times) if times > 0 else 0.0
