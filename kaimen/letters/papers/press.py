"""From a Sheet to a PDF, by typst: layouts and fonts are read once, data goes in as JSON and never as markup."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import rjieba
import typst

from kaimen.letters.papers import fonts, pictures
from kaimen.letters.papers.sheets import Address, CannotMake, Kind, Labels, Sender, Sheet

LAYOUTS = Path(__file__).parent / "layouts"
LAYOUT_OF = {
    Kind.PERSONAL: "letter",
    Kind.ANSWER: "letter",
    Kind.NOTICE: "letter",
    Kind.GOOD_NEWS: "honour",
    Kind.CERTIFICATE: "honour",
    Kind.MOTION: "official",
    Kind.OFFICIAL: "official",
    Kind.REPLY: "official",
    Kind.LABELS: "addresses",
    Kind.ENVELOPE: "addresses",
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

    def print(self, sheets: list[Sheet], *, duplex: bool = False, tags: bool | None = None) -> bytes:
        """One PDF with these letters one after the other; with `duplex` each begins on a front side.

        `tags` tell a screen reader what is a paragraph; a printer needs none, and they cost as much as the
        layout: by default a single letter has them and a file of many has not.
        """
        if LAYOUT_OF[self.kind] == "addresses" or not sheets:
            raise CannotMake("kind", {"kind": self.kind.value})
        given = {
            "door": pictures.door(),
            "duplex": duplex,
            "title": sheets[0].title if len(sheets) == 1 else "",
            "author": sheets[0].sender.name,
            "sheets": [_plain(sheet) for sheet in sheets],
        }
        return self._compile(given, len(sheets) == 1 if tags is None else tags)

    def address(self, addresses: Sequence[Address], *, form: Labels, sender: Sender) -> bytes:
        """Labels or envelopes, in the order that they are given."""
        if LAYOUT_OF[self.kind] != "addresses":
            raise CannotMake("kind", {"kind": self.kind.value})
        given = {"addresses": [asdict(one) for one in addresses], "form": asdict(form)}
        return self._compile(given | {"sender": asdict(replace(sender, logo=None))}, False)

    def _compile(self, given: dict[str, Any], tags: bool) -> bytes:
        given |= {"kind": self.kind.value, "fonts": self._fonts}
        try:
            made = self._compiler.compile(
                sys_inputs={"given": json.dumps(given, ensure_ascii=False)}, format="pdf", pdf_tags=tags
            )
        except typst.TypstError as error:
            # the diagnostics quote what was typed: names must not reach a log
            raise CannotMake("layout") from error
        assert isinstance(made, bytes)  # noqa: S101 - one format, no output file: always bytes
        return made


def make_pdf(kind: str, sheet: Sheet, own_fonts: Path | None = None) -> bytes:
    """One letter as PDF."""
    return press(kind, own_fonts).print([sheet])


def envelope_pdf(addresses: Sequence[Address], sender: Sender, own_fonts: Path | None = None) -> bytes:
    """Envelopes of 220 × 110 mm, one a page."""
    return Press(Kind.ENVELOPE, own_fonts).address(addresses, form=Labels(), sender=sender)


@functools.cache
def press(kind: str, own_fonts: Path | None = None) -> Press:
    return Press(kind, own_fonts)


def _plain(sheet: Sheet) -> dict[str, Any]:
    """The sheet as JSON can hold it: bytes become pictures."""
    plain = asdict(sheet)
    plain["qr"] = pictures.qr(sheet.link) if sheet.link else ""
    plain["sender"]["logo"] = pictures.logo(sheet.sender.logo) if sheet.sender.logo else ""
    # a line of a title ends at the end of a word; where its author breaks it, it is broken
    plain["title_words"] = [rjieba.cut(line) for line in sheet.title.split("\n") if line]
    return plain
