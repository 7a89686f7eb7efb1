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

import pypdfium2

from kaimen.letters.papers.press import Press
from kaimen.letters.papers.sheets import Address, Kind, Labels, Made, Sender, Sheet

TOGETHER = 16  # letters laid out at once for the printer: what the compiler keeps in memory grows with them
LABEL_SHEETS = 4  # the same for labels: whole sheets, so that no label stays empty between two volumes


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
    waiting = iter(sheets)
    with pypdfium2.PdfDocument.new() as binder:
        while chunk := list(islice(waiting, TOGETHER)):
            made.letters += len(chunk)
            if on_each:
                for sheet in chunk:
                    on_each(sheet, press.print([sheet]))
            if merged:
                _bind(binder, press.print(chunk, duplex=duplex, tags=False), duplex)
        if merged and made.letters:
            made.pages = len(binder)
            binder.save(merged)
    return made


def labels_pdf(
    addresses: Iterable[Address], form: Labels | None = None, own_fonts: Path | None = None
) -> bytes:
    """Address labels, row by row in the order of `addresses`; `form` is the sheet of labels in the printer.

    None at all are one empty sheet.
    """
    form = form or Labels()
    press = Press(Kind.LABELS, own_fonts)
    waiting = iter(addresses)
    out = io.BytesIO()
    with pypdfium2.PdfDocument.new() as binder:
        while (chunk := list(islice(waiting, form.columns * form.rows * LABEL_SHEETS))) or not len(binder):
            _bind(binder, press.address(chunk, form=form, sender=Sender()), duplex=False)
        binder.save(out)
    return out.getvalue()


def _bind(binder: pypdfium2.PdfDocument, volume: bytes, duplex: bool) -> None:
    with pypdfium2.PdfDocument(volume) as pages:
        if duplex and len(binder) % 2:
            binder.new_page(*binder.get_page_size(len(binder) - 1))
        binder.import_pages(pages)
