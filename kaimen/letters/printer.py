"""The press serves one thread at a time, pages are served by several: here they wait for each other."""

import threading
from collections.abc import Sequence

from kaimen.letters.papers import Sheet, press

_ONE_AT_A_TIME = threading.Lock()


def print_one(kind: str, sheet: Sheet) -> bytes:
    """One letter as PDF. Raises papers.CannotMake."""
    return print_together(kind, [sheet])


def print_together(kind: str, sheets: Sequence[Sheet], *, duplex: bool = False) -> bytes:
    """One PDF with these letters; with `duplex` each begins on a front side. Raises papers.CannotMake."""
    with _ONE_AT_A_TIME:
        return press(kind).print(list(sheets), duplex=duplex)
