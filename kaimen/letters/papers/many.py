"""A thousand letters: one PDF for each, and one file for the printer.

Each is laid out twice when both are wanted. Splitting the printer's file would be quicker, but would put the characters
of all letters, and so traces of other people's names, into everybody's file.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from pypdf import PdfReader, PdfWriter

from kaimen.letters.papers.press import Press
from kaimen.letters.papers.sheets import Made, Sheet

TOGETHER = 32  # letters laid out at once for the printer: what the compiler keeps in memory grows with them


def make_many(
    kind: str,
    sheets: Iterable[Sheet],
    on_each: Callable[[Sheet, bytes], None] | None = None,
    *,
    merged: BinaryIO | None = None,
    duplex: bool = False,
    own_fonts: Path | None = None,
) -> Made:
    """Make every letter; `on_each` gets each with its PDF, in the order of `sheets`.

    `merged` gets all of them in that order as one PDF; with `duplex` each letter begins on a front side. `sheets` is
    read as it is needed, so a generator over the database is fine. A letter that cannot be made raises CannotMake;
    those before it have been handed over already. The compiler holds Python's lock, so threads would not make it
    quicker.
    """
    press = Press(kind, own_fonts)
    made = Made()
    binder = PdfWriter()
    waiting = iter(sheets)
    while chunk := list(islice(waiting, TOGETHER)):
        made.letters += len(chunk)
        if on_each:
            for sheet in chunk:
                on_each(sheet, press.print([sheet]))
        if merged:
            if duplex and len(binder.pages) % 2:
                binder.add_blank_page()
            volume = PdfReader(io.BytesIO(press.print(chunk, duplex=duplex, tags=False)))
            binder.append(volume, import_outline=False)
    if merged and made.letters:
        made.pages = len(binder.pages)
        binder.write(merged)
    return made
