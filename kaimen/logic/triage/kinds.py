"""What somebody wants: to ask, to complain, to suggest, to report a wrong, to be helped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kaimen.logic.triage.phrases import Phrases, told

HELP: Final = "help"
STRONG: Final = 3


@dataclass(frozen=True)
class Kinds:
    """Compiled once from content (packs/words/kinds.yaml); earlier kinds win a tie."""

    cues: tuple[tuple[str, Phrases, Phrases], ...]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Kinds:
        return cls(
            tuple(
                (kind, Phrases.of(c.get("strong") or []), Phrases.of(c.get("words") or []))
                for kind, c in content.items()
            )
        )

    def of_text(self, text: str) -> str:
        """The code of the kind; "help" where nothing tells."""
        said = told(text)
        best, most = HELP, 0
        for kind, strong, words in self.cues:
            points = STRONG * _different(strong, said) + _different(words, said)
            if points > most:
                best, most = kind, points
        return best


def _different(phrases: Phrases, said: str) -> int:
    return len({match.group() for match in phrases.found(said)})
