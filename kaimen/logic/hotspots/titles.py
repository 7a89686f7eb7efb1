"""A title in plain words: what one of the members wrote, the one that says best what all of them say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from kaimen.logic.hotspots.messages import Message

LONGEST: Final = 40
READ: Final = 60  # members whose words are weighed against each other
SHORT: Final = 8  # a title shorter than this gains nothing by being short
_SENTENCE: Final = re.compile(r"[。！？!?\n；;]+")
_SERVICE_NUMBER: Final = re.compile(
    r"\d{7,}|\d{3,4}-\d{7,8}"
)  # phones and ID numbers have no place in a title
_OPENING: Final = re.compile(
    r"^(?:说个事|又来说了|反映一下|反映一个问题|麻烦看看|问一下|尊敬的[^，,：:]{0,12}[，,：:]|您好|你好|领导好|各位领导|[，,：:、。\s​])+"
)
_ASKING: Final = re.compile(
    r"^(?:再次|反映|请问|问问|想问|问一下|关于)+"
)  # what remains says the same without it
_FORM: Final = ("的投诉", "的建议", "的咨询", "的请求", "的举报", "的反映", "的质疑")  # 关于 belongs to them
_VAGUE: Final = re.compile(r"(?:一系列|几点|几个|诸多|有关|相关|一些)(?:问题|疑惑|疑问|事宜|情况)$")


def title_of(ranked: Sequence[Message]) -> str:
    """What one of `ranked` (the most typical first) gives as title: of those that may be shown and are neither curt nor
    long the one whose words most others use too, rather one that says more than "some problems". "" if none may be shown."""
    titles = [handle(message) for message in ranked[:READ] if message.shown]
    fitting = [title for title in titles if 6 <= len(title) < LONGEST]
    if not fitting:
        return titles[0] if titles else ""
    said = Counter(pair for title in titles for pair in _pairs(title))

    def agreed(title: str) -> float:
        pairs = _pairs(title)
        shared = sum(said[pair] - 1 for pair in pairs) / (len(pairs) + SHORT)
        return shared / 2 if _VAGUE.search(title) else shared

    return max(fitting, key=agreed)  # of equals the first


def handle(message: Message) -> str:
    """The subject, or the first sentence that says something, without numbers that lead to a person."""
    text = message.subject.strip()
    if not text:
        sentences = (_OPENING.sub("", part).strip() for part in _SENTENCE.split(message.detail.strip()[:400]))
        text = next((part for part in sentences if len(part) >= 4), message.detail.strip())
    text = " ".join(_SERVICE_NUMBER.sub("…", _OPENING.sub("", text)).split())
    bare = _ASKING.sub("", text)
    text = bare if len(bare) >= SHORT and not bare.endswith(_FORM) else text
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _pairs(text: str) -> set[str]:
    """Two Han characters, letters or digits that follow each other."""
    return {text[n : n + 2] for n in range(len(text) - 1) if text[n : n + 2].isalnum()}
