"""A title in plain words: what one of the members wrote, the one that says best what all of them say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from kaimen.logic.hotspots.messages import Message

LONGEST: Final = 40
_SENTENCE: Final = re.compile(r"[。！？!?\n；;]+")
_SERVICE_NUMBER: Final = re.compile(
    r"\d{7,}|\d{3,4}-\d{7,8}"
)  # phones and ID numbers have no place in a title
_OPENING: Final = re.compile(
    r"^(?:说个事|又来说了|反映一下|反映一个问题|麻烦看看|问一下|尊敬的[^，,：:]{0,12}[，,：:]|您好|你好|领导好|各位领导|[，,：:、。\s​])+"
)


def title_of(ranked: Sequence[Message]) -> str:
    """The title that the first of `ranked` members gives that may be shown and is neither curt nor long; "" if none."""
    fallback = ""
    for message in ranked:
        if not message.shown:
            continue
        title = handle(message)
        if 6 <= len(title) < LONGEST:
            return title
        fallback = fallback or title
    return fallback


def handle(message: Message) -> str:
    """The subject, or the first sentence that says something, without numbers that lead to a person."""
    text = message.subject.strip()
    if not text:
        sentences = (_OPENING.sub("", part).strip() for part in _SENTENCE.split(message.detail.strip()[:400]))
        text = next((part for part in sentences if len(part) >= 4), message.detail.strip())
    text = " ".join(_SERVICE_NUMBER.sub("…", _OPENING.sub("", text)).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
