"""The page of a Word paper: measures, language, page numbers, red rules. What was seen in an office program is noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import _Footer
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

RED = RGBColor(0xD7, 0x00, 0x0F)
FAN_SONG, TITLE, HEI, KAI, SONG = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"
# A machine without the faces of the standard takes these, which come with Windows; else it takes whatever it likes.
INSTEAD = {FAN_SONG: "仿宋", KAI: "楷体", TITLE: "华文中宋"}
FONT_TABLE = "/word/fontTable.xml"


@dataclass(frozen=True)
class Form:
    font: str
    size: float
    pitch: float  # points from line to line
    margins: tuple[float, float, float, float]  # top, right, bottom, left, mm
    track: float = 0  # points between characters
    official: bool = False


# GB/T 9704-2012, 5.2: 22 lines of 28 characters in 156 × 225 mm. An office program rounds a pitch to twentieths of a
# point: 29 would leave 21 lines, and without the track 27 characters would stand in a line.
OFFICIAL = Form(FAN_SONG, 16, 28.95, (37, 26, 35, 28), track=-0.25, official=True)
LETTER = Form(KAI, 14, 27, (24, 30, 30, 30))


def empty(form: Form, title: str) -> Document:
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
    _in_chinese(document)
    return document


def number_pages(document: Document, form: Form, *, first: bool) -> None:
    """7.5: — 1 — 7 mm below the type area, one character in from the outer edge. Letters: from page two on, centred.

    Without `first` the first page has none (10.1).
    """
    section = document.sections[0]
    section.different_first_page_header_footer = not first
    if not form.official:
        section.footer_distance = Mm(15)
        _number(section.footer, WD_ALIGN_PARAGRAPH.CENTER, ("", ""), 9)
        return
    section.footer_distance = Mm(20)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        shape = _number(footer, side, ("— ", " —"), 14).paragraph_format
        shape.left_indent = shape.right_indent = Pt(14)
        shape.space_after = Mm(3)


def letter_rules(document: Document, name: Paragraph) -> None:
    """10.1: a double rule of 170 mm, thick above thin, 4 mm below the `name`; another 20 mm above the paper's edge."""
    rule(name, "bottom", "thickThinSmallGap", size=24, space=11)
    foot = document.sections[0].first_page_footer
    foot.is_linked_to_previous = False
    paragraph = foot.paragraphs[0]
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(2)
    rule(paragraph, "top", "thinThickSmallGap", size=24, space=1)
    for one in (paragraph, name):  # wider than the type area, whose middle is not that of the paper
        one.paragraph_format.left_indent, one.paragraph_format.right_indent = Mm(-8), Mm(-6)


def rule(paragraph: Paragraph, side: str, kind: str = "single", *, size: int = 12, space: int = 11) -> None:
    """A red rule above or below a paragraph, `size` in eighths of a point, `space` points away."""
    borders = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", str(size)), ("space", str(space)), ("color", str(RED))):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._element.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc"
    )


def _number(footer: _Footer, side: WD_ALIGN_PARAGRAPH, around: tuple[str, str], size: float) -> Paragraph:
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = side
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * 1.2)
    before, after = around
    paragraph.add_run(before)
    number = paragraph.add_run("1")
    paragraph.add_run(after)
    for run in paragraph.runs:
        run.font.size, run.font.name = Pt(size), SONG
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SONG)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    number._element.addprevious(field)
    field.append(number._element)
    return paragraph


def _in_chinese(document: Document) -> None:
    """Without the language a comma stands in the middle of its square, as in Hong Kong."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for part in document.part.package.iter_parts():
        if part.partname == FONT_TABLE:
            fonts = "".join(
                f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>'
                for name, other in INSTEAD.items()
            )
            part._blob = part.blob.replace(b"</w:fonts>", f"{fonts}</w:fonts>".encode())
