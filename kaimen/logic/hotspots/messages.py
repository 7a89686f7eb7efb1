"""What the ear hears: one message, and the text that is compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from kaimen.logic.hotspots.traditional import simplified

HEAD: Final = 60  # characters of the subject, or of the first sentence where there is none
BODY: Final = 240  # characters of the detail: what follows is grievance, courtesy and addresses
NAMED, UNNAMED = "\x02", "\x03"  # around what is known to be a name
_CONTROL: Final = re.compile(r"[\x00-\x1f]")  # our own marks among them
_SENTENCE: Final = re.compile(r"[。！？!?\n；;]")


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that somebody said. `user` "" is nobody known; `at` is in seconds since 1970.

    `places` are what was chosen besides, on the map.
    """

    id: str
    user: str
    at: float
    subject: str
    detail: str = ""
    likes: int = 0
    dislikes: int = 0
    places: tuple[str, ...] = ()
    shown: bool = True  # False: its words count, and are never quoted (asked for confidentially)

    @property
    def support(self) -> int:
        """Likes less dislikes, never below nothing."""
        return max(0, self.likes - self.dislikes)


def head_and_body(message: Message) -> tuple[str, str]:
    """What the message is about, and what it tells of it; both cut, in the form that is compared."""
    subject, detail = message.subject.strip(), message.detail.strip()
    if not subject:
        first = _SENTENCE.split(detail[:HEAD], maxsplit=1)[0]
        subject, detail = first, detail[len(first) :]
    chosen = "".join(f" {NAMED}{comparable(place[:HEAD])}{UNNAMED}" for place in message.places)
    return comparable(subject[:HEAD]) + chosen, comparable(detail[:BODY])


def comparable(text: str) -> str:
    """Full-width and half-width, large and small, traditional and simplified count as the same."""
    return _CONTROL.sub(" ", simplified(unicodedata.normalize("NFKC", text)).lower())
