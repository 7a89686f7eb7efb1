"""A paper as .docx, for whoever must edit it. The geometry is that of the PDF; the fonts are named, not embedded."""

from __future__ import annotations

import io
import math
from typing import Any

import rjieba
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from kaimen.letters.papers.sheets import CannotMake, Kind, Sheet
from kaimen.letters.papers.word_page import (
    HEI,
    LETTER,
    OFFICIAL,
    RED,
    TITLE,
    Form,
    empty,
    letter_rules,
    number_pages,
    rule,
)

RIGHT, CENTER = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
FORMS = {
    Kind.OFFICIAL: OFFICIAL,
    Kind.MOTION: OFFICIAL,
    Kind.REPLY: OFFICIAL,
    Kind.PERSONAL: LETTER,
    Kind.ANSWER: LETTER,
    Kind.NOTICE: LETTER,
    Kind.GOOD_NEWS: LETTER,
    Kind.CERTIFICATE: LETTER,
}
LINE = 156 / 25.4 * 72  # points, of the type area of an official paper
TITLE_SIZE = 22
# the schema has an order; an office program may refuse a file that has another
BEHIND_SPACING = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:lang")


def make_docx(kind: str, sheet: Sheet) -> bytes:
    """The sheet as a Word document. Raises CannotMake("kind") for what is only ever printed: labels, envelopes."""
    form = FORMS.get(Kind(kind)) if kind in set(Kind) else None
    if form is None:
        raise CannotMake("kind", {"kind": kind})
    document = empty(form, sheet.title)
    writer = _Writer(document, form)
    if kind == Kind.OFFICIAL:
        writer.red_head(sheet)
    elif form.official:
        writer.letter_head(sheet)
    else:
        writer.head(sheet)
    number_pages(document, form, first=kind == Kind.OFFICIAL)
    if sheet.title:
        writer.title(sheet.title)
        writer.line("")
    if sheet.salutation:
        writer.line(sheet.salutation)
    for block in sheet.body:
        writer.block(block.kind, [(span.text, span.bold) for span in block.spans])
    writer.end(sheet)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _Writer:
    def __init__(self, document: Document, form: Form) -> None:
        self.document, self.form = document, form

    def line(
        self,
        words: str,
        *,
        font: str = "",
        size: float = 0,
        align: WD_ALIGN_PARAGRAPH | None = None,
        pitch: float = 0,
        colour: RGBColor | None = None,
    ) -> Paragraph:
        paragraph = self._paragraph(align, pitch)
        self._run(paragraph, words, font or self.form.font, size or self.form.size, False, colour)
        return paragraph

    def block(self, kind: str, spans: list[tuple[str, bool]]) -> None:
        paragraph = self._paragraph(RIGHT if kind == "right" else None)
        if kind != "right":
            paragraph.paragraph_format.first_line_indent = Pt(2 * self.form.size)
        font = HEI if kind == "heading" else self.form.font
        for words, bold in spans:
            self._run(paragraph, words, font, self.form.size, bold)

    def head(self, sheet: Sheet) -> None:
        name = self.line(sheet.sender.name, font=TITLE, size=18)
        for line in sheet.sender.lines:
            name = self.line(line, size=9, align=RIGHT, pitch=13)
        rule(name, "bottom", size=8, space=6)
        self.line("")

    def red_head(self, sheet: Sheet) -> None:
        """7.2.4 and 7.2.5: 35 mm below the type area's edge; two lines further the number, 4 mm below it a rule."""
        words = sheet.sender.name + "文件"
        size = _fitting(words, 44, LINE)
        name = self.line(words, font=TITLE, size=size, align=CENTER, pitch=size * 1.1, colour=RED)
        name.paragraph_format.space_before = Mm(35)
        self.line("")
        self.line("")
        rule(self.line(sheet.number, align=CENTER), "bottom")
        self.line("")
        self.line("")

    def letter_head(self, sheet: Sheet) -> None:
        """10.1: in the head of the first page, 30 mm below the paper's edge; the number under the rules, flush right."""
        section = self.document.sections[0]
        section.different_first_page_header_footer = True
        section.header_distance = Mm(30)
        head = section.first_page_header
        head.is_linked_to_previous = False
        name, words = head.paragraphs[0], sheet.sender.name
        size = _fitting(words, 34, Mm(160).pt)
        self._shape(name, CENTER, size * 1.1)
        self._run(name, words, TITLE, size, False, RED)
        letter_rules(self.document, name)
        number = self.line(sheet.number, align=RIGHT)
        number.paragraph_format.space_before = Pt(14 + self.form.size)
        self.line("")
        self.line("")

    def title(self, words: str) -> None:
        """7.3.1: several lines of a title are of like length, not a full one and a rest, and end at the end of a word."""
        _top, right, _bottom, left = self.form.margins
        most = math.floor(Mm(210 - left - right).pt / TITLE_SIZE)
        title = self.line("", font=TITLE, size=TITLE_SIZE, align=CENTER, pitch=34)
        lines = [line for said in words.split("\n") for line in _balanced(rjieba.cut(said), most)]
        for n, line in enumerate(lines):
            if n:
                title.runs[-1].add_break()
            self._run(title, line, TITLE, TITLE_SIZE, False)

    def end(self, sheet: Sheet) -> None:
        for n, name in enumerate(sheet.enclosures, 1):
            self.line("") if n == 1 else None
            several = f"{n}." if len(sheet.enclosures) > 1 else ""
            lead = "　　附件：" if n == 1 else "　　　　　"
            self.line(f"{lead}{several}{name}")
        if self.document.paragraphs:  # name and date never stand on a page without any of the text
            self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        self.line("").paragraph_format.keep_with_next = True
        date = _wide(sheet.date)
        names = max((_wide(name) for name in sheet.signature), default=0)
        name_end, date_end = _ends(names, date, sheet.sealed) if self.form.official else (0, 0)
        for words, end in (*((name, name_end) for name in sheet.signature), (sheet.date, date_end)):
            if words:
                shape = self.line(words, align=RIGHT).paragraph_format
                shape.right_indent = Pt(max(0, end) * self.form.size)
                shape.keep_with_next = words is not sheet.date

    def _paragraph(self, align: WD_ALIGN_PARAGRAPH | None, pitch: float = 0) -> Paragraph:
        paragraph = self.document.add_paragraph()
        self._shape(paragraph, align, pitch)
        return paragraph

    def _shape(self, paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH | None, pitch: float) -> None:
        if align is not None:
            paragraph.alignment = align
        shape = paragraph.paragraph_format
        shape.widow_control = not self.form.official  # 22 lines on every page, wherever a paragraph ends
        shape.space_before = shape.space_after = Pt(0)
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        shape.line_spacing = Pt(pitch or self.form.pitch)

    def _run(
        self,
        paragraph: Paragraph,
        words: str,
        font: str,
        size: float,
        bold: bool,
        colour: RGBColor | None = None,
    ) -> None:
        run = paragraph.add_run(words)
        run.bold = bold
        run.font.size = Pt(size)
        run.font.name = font
        # Word chooses the font of Chinese characters by this name, not by the one above
        fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), font)
        fonts.set(qn("w:hint"), "eastAsia")  # quotation marks, dashes: those of the Chinese font
        if self.form.track and size == self.form.size:
            _track(run._element.get_or_add_rPr(), self.form.track)
        if colour is not None:
            run.font.color.rgb = colour


def _wide(words: str) -> float:
    """In characters; what is not Chinese is half as wide."""
    return sum(0.5 if character.isascii() else 1 for character in words)


def _ends(name: float, date: float, sealed: bool) -> tuple[float, float]:
    """How many characters before the right edge the name and the date end (7.3.5.1 with a seal, 7.3.5.2 without)."""
    if sealed:
        return 4 + (date - name) / 2, 4
    return (2 + date + 2 - name, 2) if date > name else (2, name - date)


def _balanced(words: list[str], most: float) -> list[str]:
    """The words as lines of at most `most` characters: as few as there must be, and the longest as short as may be."""

    def filled(room: float) -> list[str]:
        lines = [""]
        for word in words:
            if lines[-1] and _wide(lines[-1] + word) > room:
                lines.append("")
            lines[-1] += word
        return lines

    fewest = len(filled(most))
    rooms = (half / 2 for half in range(1, math.floor(2 * most) + 1))
    return filled(next((room for room in rooms if len(filled(room)) <= fewest), most))


def _fitting(words: str, most: float, room: float) -> float:
    """The size in which `words` fill one line of `room` points, `most` at the most, in half points."""
    return min(most, math.floor(2 * room / max(1, _wide(words))) / 2)


def _track(properties: Any, points: float) -> None:
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(round(points * 20)))
    properties.insert_element_before(spacing, *BEHIND_SPACING)
