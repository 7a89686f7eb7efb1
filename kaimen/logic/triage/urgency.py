"""What must be seen by a person at once: injury, violence, danger, children, unpaid wages, somebody who wants to die.

Rules over listed phrases and not a learnt model: rare, grave things are not left to chance, and an official can read and
mend every rule. When in doubt it speaks up; the cost of a false alarm is that somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kaimen.logic.triage.phrases import Denials, Phrases, told

SELF_HARM: Final = "self_harm"


@dataclass(frozen=True, slots=True)
class Alarm:
    """`kind`: a code of the rules; `words`: what was said that raised it (in simplified characters)."""

    kind: str
    words: str


@dataclass(frozen=True)
class Rules:
    """Compiled once from content; order of `kinds` is gravity."""

    kinds: tuple[tuple[str, Phrases, Phrases], ...]
    denials: Denials
    talk: Phrases

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Rules:
        """From the form of packs/words/urgent.yaml."""
        return cls(
            kinds=tuple(
                (kind, Phrases.of(rule.get("say") or []), Phrases.of(rule.get("unless") or []))
                for kind, rule in content["kinds"].items()
            ),
            denials=Denials.of(content.get("negations") or [], content.get("fillers") or []),
            talk=Phrases.of(content.get("talk") or []),
        )

    def heard(self, text: str) -> tuple[Alarm, ...]:
        """At most one alarm of each kind, gravest first; empty for most texts."""
        said = told(text)
        only_talk = any(True for _ in self.talk.found(said))
        alarms = []
        for kind, phrases, unless in self.kinds:
            if only_talk and kind != SELF_HARM:
                continue
            excused = [match.span() for match in unless.found(said)]
            for match in phrases.found(said):
                inside = any(a < match.end() and match.start() < b for a, b in excused)
                # 我不想自杀: whoever says even this is asked.
                denied = kind != SELF_HARM and self.denials.before(said, match.start())
                if not inside and not denied:
                    alarms.append(Alarm(kind, match.group()))
                    break
        return tuple(alarms)
