"""The press serves one thread at a time, pages are served by several: here they wait for each other."""

import io
import threading
from collections.abc import Iterable

from kaimen.letters.papers import Sheet, make_many, press

_ONE_AT_A_TIME = threading.Lock()


def print_one(kind: str, sheet: Sheet) -> bytes:
    """One letter as PDF. Raises papers.CannotMake."""
    with _ONE_AT_A_TIME:
        return press(kind).print([sheet])


def print_together(kind: str, sheets: Iterable[Sheet], *, duplex: bool = False) -> bytes:
    """One PDF with these letters; with `duplex` each begins on a front side. Raises papers.CannotMake."""
    out = io.BytesIO()
    make_many(kind, sheets, merged=out, duplex=duplex)
    return out.getvalue()
