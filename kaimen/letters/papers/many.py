"""A thousand letters: one PDF for each, and one file for the printer."""

from __future__ import annotations

import io
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from pypdf import PdfReader, PdfWriter

from kaimen.letters.papers.press import Press
from kaimen.letters.papers.sheets import Made, Sheet

TOGETHER = 256  # letters laid out at once for the printer: what a compiler holds in memory grows with them


def make_many(
    kind: str,
    sheets: Iterable[Sheet],
    on_each: Callable[[Sheet, bytes], None] | None = None,
    *,
    merged: BinaryIO | None = None,
    duplex: bool = False,
    own_fonts: Path | None = None,
    threads: int | None = None,
) -> Made:
    """Make every letter; `on_each` gets each with its PDF, in the order of `sheets`, in the caller's thread.

    `merged` gets all of them in that order as one PDF; with `duplex` each letter begins on a front side. `sheets` is read
    as it is needed, so a generator over the database is fine. A letter that cannot be made raises CannotMake; those
    before it have been handed over already. Typst works outside Python's lock: `threads` (one per core) lay out side by
    side.
    """
    made = Made()
    volumes: list[bytes] = []
    counting = _counted(sheets, made)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="press") as pool:
        presses = _Presses(kind, own_fonts)
        while chunk := list(islice(counting, TOGETHER)):
            volume = pool.submit(presses.print, chunk, duplex, False) if merged else None
            if on_each:
                for sheet, pdf in _in_order(pool, presses, chunk):
                    on_each(sheet, pdf)
            if volume:
                volumes.append(volume.result())
    if merged:
        made.pages = _bind(volumes, merged, duplex)
    return made


class _Presses:
    """One press for each thread."""

    def __init__(self, kind: str, own_fonts: Path | None) -> None:
        self._make = lambda: Press(kind, own_fonts)
        self._make()  # an unknown kind is told before any letter is read
        self._mine = threading.local()

    def print(self, sheets: list[Sheet], duplex: bool, tags: bool) -> bytes:
        if not hasattr(self._mine, "press"):
            self._mine.press = self._make()
        press: Press = self._mine.press
        return press.print(sheets, duplex=duplex, tags=tags)


def _counted(sheets: Iterable[Sheet], made: Made) -> Iterator[Sheet]:
    for sheet in sheets:
        made.letters += 1
        yield sheet


def _in_order(
    pool: ThreadPoolExecutor, presses: _Presses, chunk: list[Sheet]
) -> Iterator[tuple[Sheet, bytes]]:
    """A few ahead of the caller and no more: a slow disk must not fill the memory with finished letters."""
    waiting: deque[tuple[Sheet, Future[bytes]]] = deque()
    try:
        for sheet in chunk:
            waiting.append((sheet, pool.submit(presses.print, [sheet], False, True)))
            if len(waiting) > 16:
                first, pdf = waiting.popleft()
                yield first, pdf.result()
        while waiting:
            first, pdf = waiting.popleft()
            yield first, pdf.result()
    finally:
        for _sheet, pdf in waiting:
            pdf.cancel()


def _bind(volumes: list[bytes], out: BinaryIO, duplex: bool) -> int:
    """Several volumes one after the other; returns the number of pages."""
    if len(volumes) == 1:
        out.write(volumes[0])
        return len(PdfReader(io.BytesIO(volumes[0])).pages)
    writer = PdfWriter()
    while volumes:
        volume = PdfReader(io.BytesIO(volumes.pop(0)))
        if duplex and len(writer.pages) % 2:
            writer.add_blank_page()
        writer.append(volume, import_outline=False)
    writer.write(out)
    return len(writer.pages)
