"""Chinese text as people type it: cleaned, spaced for full-text search, cut into grams, read as pinyin."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from pypinyin import Style, lazy_pinyin

HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
HAN_RUN: Final = re.compile(f"[{HAN}]+")
HAN_ONE: Final = re.compile(f"([{HAN}])")
INDEXED: Final = re.compile(rf"(?![\W_])[{HAN}]|[^\W_{HAN}]+")
TOKEN: Final = re.compile(f"[{HAN}]+|[a-z0-9]+")

# Joiner and variation selectors hold emoji together; they are kept in people's own words.
_KEEP_IN_WORDS: Final = frozenset("\n\t\u200d\ufe0e\ufe0f")
_DROPPED: Final = frozenset(("Cc", "Cf", "Cs"))  # Cn stays: emoji newer than our tables


def clean(text: str) -> str:
    """The person's own words, kept as they are but for what cannot be seen.

    Drops control characters (PostgreSQL refuses NUL), zero-width characters, direction overrides and lone
    surrogates; keeps line breaks, punctuation and emoji; trims the ends. Idempotent.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.replace("\n", " ").isprintable():  # nearly every text is: then nothing in it is to be dropped
        text = "".join(c for c in text if c in _KEEP_IN_WORDS or unicodedata.category(c) not in _DROPPED)
    return text.strip().strip("\u200d\ufe0e\ufe0f").strip()


def normalise(text: str) -> str:
    """The form in which texts are compared: NFKC (full-width digits become plain), nothing invisible, single spaces.

    Loses line breaks and turns ， into `,`: for comparing and searching, not for storing (see `clean`). Idempotent.
    """
    while True:
        seen = unicodedata.normalize("NFKC", text.replace("\n", " "))
        if seen.isprintable() and "\ufe0e" not in seen and "\ufe0f" not in seen:  # nearly every text is
            return " ".join(seen.split())
        spaced = "".join(" " if c.isspace() else c for c in seen)
        kept = "".join(
            c for c in spaced if unicodedata.category(c) not in _DROPPED and c not in "\ufe0e\ufe0f"
        )
        done = " ".join(kept.split())
        # Taking a character out can bring two together that NFKC then joins: once more, until nothing changes.
        if done == text:
            return done
        text = done


def letters(text: str) -> str:
    """What a full-text index of words is to hold: small letters, each Han character one, a space between.

    停车A3，满了 -> 停 车 a3 满 了. Nothing but letters and digits is left, so both databases cut it alike. Idempotent.
    """
    return " ".join(INDEXED.findall(normalise(text).lower()))


def runs(text: str) -> list[str]:
    """Unbroken runs of Han characters and lower-case words of Latin letters and digits, in order."""
    return TOKEN.findall(normalise(text).lower())


def is_han(run: str) -> bool:
    """True if the run (of `runs`) is Han rather than Latin."""
    return HAN_RUN.match(run) is not None


def grams(text: str, sizes: tuple[int, ...] = (1, 2, 3)) -> tuple[str, ...]:
    """Character n-grams of every Han run, and each Latin word whole; repeated as often as they occur."""
    found: list[str] = []
    for run in runs(text):
        found.extend(run_grams(run, sizes) if is_han(run) else (run,))
    return tuple(found)


def run_grams(run: str, sizes: tuple[int, ...]) -> list[str]:
    """The n-grams of one run, shorter sizes first."""
    return [run[i : i + n] for n in sizes for i in range(len(run) - n + 1)]


# Letters to Unicode, nothing to the eye: the fillers of Hangul, as NFKC leaves them.
_BLANK_LETTERS: Final = frozenset("\u115f\u1160")


def is_meaningful(text: str) -> bool:
    """False for nothing, only punctuation, only emoji or one character over and over: no need can be read from it."""
    first = ""
    for char in normalise(text):
        if (char.isalpha() or char.isdigit()) and char not in _BLANK_LETTERS:
            if first and char != first:
                return True
            first = char
    return False


@lru_cache(maxsize=30_000)
def char_pinyin(char: str) -> str:
    """The commonest toneless reading of one character (ü as v); the character itself if it has none."""
    return str(lazy_pinyin(char)[0]).lower()


def pinyin_syllables(text: str) -> tuple[str, ...]:
    """Toneless syllables, read in context (银行 yin hang); Latin words stay as they are."""
    found: list[str] = []
    for run in runs(text):
        found.extend(lazy_pinyin(run, style=Style.NORMAL) if is_han(run) else (run,))
    return tuple(found)


def pinyin_full(text: str) -> str:
    """停车位 -> tingchewei."""
    return "".join(pinyin_syllables(text))


def pinyin_initials(text: str) -> str:
    """First letters: 停车位 -> tcw; Latin words and numbers keep all of theirs (A3停车 -> a3tc)."""
    found: list[str] = []
    for run in runs(text):
        found.append("".join(s[:1] for s in pinyin_syllables(run)) if is_han(run) else run)
    return "".join(found)


def beyond(title: str, words: str) -> str:
    """What `words` go on to say after `title`; all of them when they do not begin with it, "" when that was all.

    A title that was cut ends in …, and so the rest begins with one.
    """
    start = title.removesuffix("…").strip()
    said = words.strip()
    if not said.startswith(start):
        return said
    rest = said[len(start) :]
    if title.endswith("…"):
        return f"…{rest}"
    return rest.lstrip(" \t\n，。！？；：,.!?;:、…")
