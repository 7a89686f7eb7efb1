"""From a Sheet to a PDF, by typst: layouts and fonts are read once, data goes in as JSON and never as markup."""

from __future__ import annotations

import functools
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from kaimen.letters.papers import fonts, pictures
from kaimen.letters.papers.sheets import CannotMake, Kind, Sheet

LAYOUTS = Path(__file__).parent / "layouts"
LAYOUT_OF = {
    Kind.PERSONAL: "letter",
    Kind.ANSWER: "letter",
    Kind.NOTICE: "letter",
    Kind.GOOD_NEWS: "letter",
    Kind.CERTIFICATE: "letter",
    Kind.MOTION: "letter",
    Kind.OFFICIAL: "letter",
}


class Press:
    """Lays out sheets of one kind. One press serves one thread at a time; several may work side by side."""

    def __init__(self, kind: str, own_fonts: Path | None = None) -> None:
        if kind not in LAYOUT_OF:
            raise CannotMake("kind", {"kind": kind})
        self.kind = Kind(kind)
        self._fonts = fonts.families(own_fonts)
        self._compiler = typst.Compiler(
            str(LAYOUTS / f"{LAYOUT_OF[self.kind]}.typ"),
            root=str(LAYOUTS),
            font_paths=fonts.shelf(own_fonts),
            ignore_system_fonts=True,
        )

    def print(self, sheets: list[Sheet], *, duplex: bool = False, png: bool = False) -> bytes:
        """One PDF with these letters one after the other; with `duplex` each begins on a front side."""
        given = {
            "kind": self.kind.value,
            "fonts": self._fonts,
            "door": pictures.door(),
            "duplex": duplex,
            "title": sheets[0].title if len(sheets) == 1 else "",
            "author": sheets[0].sender.name,
            "sheets": [_plain(sheet) for sheet in sheets],
        }
        return self._compile(given)

    def _compile(self, given: dict[str, Any]) -> bytes:
        try:
            made = self._compiler.compile(
                sys_inputs={"given": json.dumps(given, ensure_ascii=False)}, format="pdf"
            )
        except typst.TypstError as error:
            # the diagnostics quote what was typed: names must not reach a log
            raise CannotMake("layout") from error
        assert isinstance(made, bytes)  # noqa: S101 - one format, no output file: always bytes
        return made


def make_pdf(kind: str, sheet: Sheet, own_fonts: Path | None = None) -> bytes:
    """One letter as PDF."""
    return press(kind, own_fonts).print([sheet])


@functools.cache
def press(kind: str, own_fonts: Path | None = None) -> Press:
    return Press(kind, own_fonts)


def _plain(sheet: Sheet) -> dict[str, Any]:
    """The sheet as JSON can hold it: bytes become pictures."""
    plain = asdict(sheet)
    plain["qr"] = pictures.qr(sheet.link) if sheet.link else ""
    plain["sender"]["logo"] = pictures.logo(sheet.sender.logo) if sheet.sender.logo else ""
    return plain
