"""Phrases that officials list, found in what somebody wrote: gaps, exceptions, a no in front."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kaimen.logic.simplified import simplified
from kaimen.logic.text import normalise

GAP: Final = "…"
_STOPS: Final = ",.!?;:、。…~|/()"
_WITHIN: Final = f"[^{re.escape(_STOPS)}]{{0,6}}?"
LONGEST: Final = 4000


@lru_cache(maxsize=32)  # urgency, kind, places and enterprises all look in the same sentence
def told(text: str) -> str:
    """The text as phrases are looked for in it: simplified, plain punctuation, no spaces; opening and end of a novel."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}。{text[-LONGEST // 2 :]}"
    return simplified(normalise(text)).lower().replace(" ", "")


@dataclass(frozen=True)
class Phrases:
    """Listed phrases as one pattern; `…` in a phrase stands for up to six characters without punctuation."""

    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, listed: Sequence[str]) -> Phrases:
        """Longer phrases first, so that the longest one that fits is what is reported."""
        parts = [_WITHIN.join(re.escape(told(p)) for p in phrase.split(GAP)) for phrase in listed]
        parts = sorted({part for part in parts if part}, key=lambda part: (-len(part), part))
        return cls(re.compile("|".join(parts)) if parts else None)

    def found(self, text: str) -> Iterator[re.Match[str]]:
        """Where they stand in a `told` text, in order, not overlapping."""
        return self.pattern.finditer(text) if self.pattern else iter(())


@dataclass(frozen=True)
class Denials:
    """Words that take back what follows directly: 没有受伤, 没有人受伤, 防止触电."""

    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, negations: Sequence[str], fillers: Sequence[str]) -> Denials:
        if not negations:
            return cls(None)
        no, filler = (
            "|".join(map(re.escape, sorted(w, key=len, reverse=True))) for w in (negations, fillers or [""])
        )
        return cls(re.compile(f"(?:{no})(?:{filler})*$"))

    def before(self, text: str, start: int) -> bool:
        return bool(self.pattern and self.pattern.search(text[max(0, start - 10) : start]))
