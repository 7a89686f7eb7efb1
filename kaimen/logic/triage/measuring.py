"""How good a model is, and which texts are so alike that they must stay on one side of a split."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kaimen.logic.triage.texts import Message, plain

BINS: Final = 15
SHINGLE: Final = 8
SKETCH: Final = 12  # smallest shingle hashes kept of each text
ALIKE: Final = 5  # so many of them in common: the same letter, sent again or edited


@dataclass(frozen=True, slots=True)
class Score:
    """`per_class`: F1 of each class of the truth. `ece`: expected calibration error of the first answer, 0 … 1."""

    macro_f1: float
    accuracy: float
    per_class: dict[str, float]
    ece: float


def score(truth: Sequence[str], said: Sequence[str], confidence: Sequence[float]) -> Score:
    """Macro-F1 over the classes that occur in the truth; ECE with 15 bins of equal width (Naeini et al. 2015)."""
    right = np.array([a == b for a, b in zip(truth, said, strict=True)], dtype=float)
    per_class = {label: _f1(truth, said, label) for label in sorted(set(truth))}
    return Score(
        macro_f1=sum(per_class.values()) / max(1, len(per_class)),
        accuracy=float(right.mean()) if len(right) else 0.0,
        per_class=per_class,
        ece=calibration_error(right, np.array(confidence, dtype=float)),
    )


def calibration_error(right: NDArray[np.float64], confidence: NDArray[np.float64]) -> float:
    """The mean distance between how sure the answers of a bin were and how many of them were right."""
    if not len(right):
        return 0.0
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        abs(right[bins == b].mean() - confidence[bins == b].mean()) * float((bins == b).mean())
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


def near_duplicates(messages: Sequence[Message]) -> list[int]:
    """A group number for each message: near-duplicates, and those near to these, share one.

    Two texts are near when five of their twelve smallest shingle hashes are the same (bottom-k sketch, Broder 1997).
    """
    sketches = [_sketch(plain(f"{m.subject} {m.detail}")) for m in messages]
    holders: dict[int, list[int]] = defaultdict(list)
    group = list(range(len(messages)))

    def top(n: int) -> int:
        while group[n] != n:
            group[n] = group[group[n]]
            n = group[n]
        return n

    for number, sketch in enumerate(sketches):
        shared: dict[int, int] = defaultdict(int)
        for value in sketch:
            for other in holders[value][-20:]:
                shared[other] += 1
            holders[value].append(number)
        for other, times in shared.items():
            if times >= min(ALIKE, len(sketch), len(sketches[other])):
                group[top(number)] = top(other)
    return [top(n) for n in range(len(messages))]


def _sketch(text: str) -> list[int]:
    text = text.replace(" ", "")
    pieces = {text[i : i + SHINGLE] for i in range(max(1, len(text) - SHINGLE + 1))}
    return sorted(zlib.crc32(piece.encode()) for piece in pieces)[:SKETCH] if text else []


def _f1(truth: Sequence[str], said: Sequence[str], label: str) -> float:
    both = sum(a == label and b == label for a, b in zip(truth, said, strict=True))
    either = sum(a == label for a in truth) + sum(b == label for b in said)
    return 2 * both / either if either else 0.0
