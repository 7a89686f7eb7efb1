"""Reads a PDF back: which character stands where, in millimetres from the upper left corner of the page."""

import io
from dataclasses import dataclass
from typing import Any

from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTCurve, LTLine, LTRect

MM = 72 / 25.4


@dataclass(frozen=True)
class Mark:
    """A character or a line; the edges are those of its box, `size` is in points."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float


@dataclass
class Page:
    characters: list[Mark]
    rules: list[Mark]

    def lines(self) -> list[list[Mark]]:
        """Characters in reading order, by the line on which they stand."""
        found: dict[int, list[Mark]] = {}
        for mark in self.characters:
            if mark.text.strip():
                found.setdefault(round(mark.bottom), []).append(mark)
        return [sorted(found[y], key=lambda m: m.left) for y in sorted(found)]

    def line(self, words: str) -> list[Mark]:
        return next(line for line in self.lines() if words in "".join(m.text for m in line))


def pages(pdf: bytes) -> list[Page]:
    """Every page with its marks."""
    return [_page(page) for page in extract_pages(io.BytesIO(pdf))]


def text(pdf: bytes) -> str:
    return "".join(m.text for page in pages(pdf) for m in page.characters)


def _page(page: Any) -> Page:
    found = Page([], [])
    queue = list(page)
    while queue:
        item = queue.pop(0)
        if isinstance(item, LTChar):
            found.characters.append(
                _mark(
                    item,
                    page.height,
                    item.get_text(),
                    item.size,
                )
            )
        elif isinstance(item, LTLine | LTRect | LTCurve):
            found.rules.append(_mark(item, page.height, "", item.linewidth))
        elif hasattr(item, "__iter__"):
            queue = [*item, *queue]
    return found


def _mark(item: Any, height: float, words: str, size: float) -> Mark:
    return Mark(
        words, item.x0 / MM, (height - item.y1) / MM, item.x1 / MM, (height - item.y0) / MM, round(size, 3)
    )
