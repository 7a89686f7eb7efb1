"""A paper as .docx, for whoever must edit it. The geometry is that of the PDF; the fonts are named, not embedded."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from kaimen.letters.papers.sheets import CannotMake, Kind, Sheet

RED = RGBColor(0xD7, 0x00, 0x0F)
RIGHT, CENTER = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
FAN_SONG, TITLE, HEI, KAI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"


@dataclass(frozen=True)
class _Form:
    font: str
    size: float
    pitch: float  # points from line to line
    margins: tuple[float, float, float, float]  # top, right, bottom, left, mm


# GB/T 9704-2012, 5.2: 22 lines of 28 characters in 156 × 225 mm
OFFICIAL = _Form(FAN_SONG, 16, 28.99, (37, 26, 35, 28))
LETTER = _Form(KAI, 14, 27, (24, 30, 30, 30))
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


def make_docx(kind: str, sheet: Sheet) -> bytes:
    """The sheet as a Word document. Raises CannotMake("kind") for what is only ever printed: labels, envelopes."""
    form = FORMS.get(Kind(kind)) if kind in set(Kind) else None
    if form is None:
        raise CannotMake("kind", {"kind": kind})
    document = _empty(form, sheet.title)
    writer = _Writer(document, form)
    if form is OFFICIAL:
        writer.red_head(sheet, "文件" if kind == Kind.OFFICIAL else "")
    else:
        writer.line(sheet.sender.name, font=TITLE, size=18)
    if sheet.title:
        writer.line(sheet.title, font=TITLE, size=22, align=CENTER, pitch=34)
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
    def __init__(self, document: Document, form: _Form) -> None:
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

    def red_head(self, sheet: Sheet, after: str) -> None:
        self.line(sheet.sender.name + after, font=TITLE, size=36, align=CENTER, pitch=60, colour=RED)
        self.line("")
        number = self.line(sheet.number, align=CENTER if after else RIGHT)
        _red_rule(number)
        self.line("")

    def end(self, sheet: Sheet) -> None:
        for n, name in enumerate(sheet.enclosures, 1):
            self.line("") if n == 1 else None
            several = f"{n}." if len(sheet.enclosures) > 1 else ""
            lead = "　　附件：" if n == 1 else "　　　　　"
            self.line(f"{lead}{several}{name}")
        self.line("")
        date = _wide(sheet.date)
        names = max((_wide(name) for name in sheet.signature), default=0)
        name_end, date_end = _ends(names, date, sheet.sealed) if self.form is OFFICIAL else (0, 0)
        for words, end in (*((name, name_end) for name in sheet.signature), (sheet.date, date_end)):
            if words:
                shape = self.line(words, align=RIGHT).paragraph_format
                shape.right_indent = Pt(max(0, end) * self.form.size)

    def _paragraph(self, align: WD_ALIGN_PARAGRAPH | None, pitch: float = 0) -> Paragraph:
        paragraph = self.document.add_paragraph()
        if align is not None:
            paragraph.alignment = align
        shape = paragraph.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        shape.line_spacing = Pt(pitch or self.form.pitch)
        return paragraph

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
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
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


def _empty(form: _Form, title: str) -> Document:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, right, bottom, left = form.margins
    section.top_margin, section.right_margin = Mm(top), Mm(right)
    section.bottom_margin, section.left_margin = Mm(bottom), Mm(left)
    about = document.core_properties
    about.title, about.author, about.comments = title, "", ""
    # the same letter is the same file, whenever it is made
    about.created = about.modified = datetime(2000, 1, 1, tzinfo=UTC)
    return document


def _red_rule(paragraph: Paragraph) -> None:
    borders = OxmlElement("w:pBdr")
    rule = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", str(RED))):
        rule.set(qn(f"w:{name}"), value)
    borders.append(rule)
    paragraph._element.get_or_add_pPr().append(borders)
