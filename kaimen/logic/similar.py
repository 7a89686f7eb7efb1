"""Do two needs speak of the same? A hint for people, never a decision: whoever is told may still go alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from kaimen.logic.phrasing import terms

ALIKE: Final = 0.35  # at and above this a person should be asked whether it is the same


def similarity(a: str, b: str) -> float:
    """Cosine of the two texts' terms, 0 … 1: symmetric, 1 for equal texts that say anything."""
    one, two = _counted(a), _counted(b)
    dot = sum(_damp(n) * _damp(two[t]) for t, n in one.items() if t in two)
    size = math.sqrt(sum(_damp(n) ** 2 for n in one.values()) * sum(_damp(n) ** 2 for n in two.values()))
    return min(1.0, dot / size) if size else 0.0


@lru_cache(maxsize=8192)
def _counted(text: str) -> Mapping[str, int]:
    """Terms with their numbers; kept, since the same open cases are compared with every new sentence."""
    return Counter(terms(text))


def _damp(times: int) -> float:
    return 1 + math.log(times) if times > 0 else 0.0
