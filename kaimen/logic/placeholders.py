"""Names in braces that stand for something of the matter at hand: `{编号}` in a ready-made answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

GAP: Final = "＿＿＿"  # what nobody knows yet stays visible, to be filled in by hand

_FULL_WIDTH: Final = str.maketrans("｛｝", "{}")  # what a Chinese keyboard gives
_PIECE: Final = re.compile(r"\{([^{}\n]*)\}|[{}]")


@dataclass(frozen=True)
class Problem:
    """`unknown`: the name `text` stands for nothing, `nearest` is the known name it resembles, if any.
    `empty`: nothing between the braces. `unpaired`: a brace without its partner, `text` is what stands around it.
    """

    code: str
    text: str = ""
    nearest: str = ""


def problems(text: str, known: Iterable[str]) -> list[Problem]:
    """What is wrong with the braces of `text`, in reading order, each only once; [] when it can be filled.

    A name ends in the line in which it began. Full-width braces count as braces.
    """
    names = list(known)
    text = text.translate(_FULL_WIDTH)
    found = [_problem(piece, text, names) for piece in _PIECE.finditer(text)]
    return list(dict.fromkeys(problem for problem in found if problem))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with every known name replaced by its value, by GAP where the value is ""; everything else as it is."""

    def value(piece: re.Match[str]) -> str:
        name = (piece[1] or "").strip()
        return (values[name] or GAP) if name in values else piece[0]

    return _PIECE.sub(value, text.translate(_FULL_WIDTH))


def _problem(piece: re.Match[str], text: str, names: list[str]) -> Problem | None:
    if piece[1] is None:
        around = text[max(0, piece.start() - 6) : piece.end() + 6]
        return Problem("unpaired", " ".join(around.split()))
    name = piece[1].strip()
    if not name:
        return Problem("empty")
    if name in names:
        return None
    # two-character names resemble each other by one character
    return Problem("unknown", name, next(iter(get_close_matches(name, names, n=1, cutoff=0.4)), ""))
