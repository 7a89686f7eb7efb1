"""Papers with this house's fonts. The press serves one thread at a time, pages are served by several: here they wait."""

import threading
from collections.abc import Iterable
from typing import BinaryIO

from django.conf import settings

from kaimen.letters import papers
from kaimen.letters.papers import Address, Sheet

_ONE_AT_A_TIME = threading.Lock()


def print_one(kind: str, sheet: Sheet) -> bytes:
    """One letter as PDF. Raises papers.CannotMake."""
    with _ONE_AT_A_TIME:
        return papers.make_pdf(kind, sheet, settings.LETTER_FONTS)


def print_together(kind: str, sheets: Iterable[Sheet], out: BinaryIO, *, duplex: bool = False) -> None:
    """One PDF with these letters into `out`; with `duplex` each begins on a front side. Raises papers.CannotMake."""
    papers.make_many(kind, sheets, merged=out, duplex=duplex, own_fonts=settings.LETTER_FONTS)


def print_labels(addresses: Iterable[Address]) -> bytes:
    """Address labels on A4, 3 × 8, in this order."""
    return papers.labels_pdf(addresses, own_fonts=settings.LETTER_FONTS)


def unprintable(text: str) -> list[str]:
    """Characters of `text` that no font of this house has."""
    return papers.missing_glyphs(text, settings.LETTER_FONTS)
