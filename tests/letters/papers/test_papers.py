"""Letters, certificates, labels: what is on the page, and what must not get there."""

import io
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from PIL import Image
from pypdf import PdfReader

from kaimen.letters.papers import (
    Address,
    CannotMake,
    Kind,
    Labels,
    Sender,
    envelope_pdf,
    labels_pdf,
    make_docx,
    make_many,
    make_pdf,
    missing_glyphs,
)
from kaimen.letters.papers.many import TOGETHER
from kaimen.logic.letters import fill_body, parse

from .cast import LONG, OFFICIAL, letter
from .reading import pages, text

LETTERS = [kind for kind in Kind if kind not in {Kind.LABELS, Kind.ENVELOPE}]
CODE = '#panic("x") $x$ *b* _i_ `r` <a> @a \\ // /* [x] #{1+1} #include "/etc/passwd"'


@pytest.mark.parametrize("kind", LETTERS)
def test_what_is_typed_is_printed_and_never_obeyed(kind: str) -> None:
    hostile = letter(
        body=fill_body(parse("{名}"), {"名": CODE}),
        salutation=CODE,
        signature=(CODE,),
        date=CODE,
        title="#panic()",
        sender=Sender('#panic("s")', (CODE,)),
        caption=CODE,
        number="#panic()",
    )
    said = text(make_pdf(kind, hostile)).replace(" ", "").replace("\n", "")
    assert '#panic("x")$x$*b*_i_`r`<a>@a\\///*[x]#{1+1}#include"/etc/passwd"' in said


@pytest.mark.parametrize("kind", LETTERS)
def test_rare_characters_of_names_are_printed(kind: str) -> None:
    assert "𠮷㛃" in text(make_pdf(kind, letter(salutation="𠮷㛃同志：")))


def test_characters_that_no_font_has_are_told_once() -> None:
    assert missing_glyphs("示例𠮷㛃，😀x😀\n\t　") == ["😀"]
    assert missing_glyphs("") == []


def test_a_name_of_forty_characters_stays_on_its_paper() -> None:
    name = "示例" + "长" * 38
    for page in pages(make_pdf("personal", letter(salutation=f"{name}同志：", signature=(name,)))):
        assert all(mark.left >= 29 and mark.right <= 181 for mark in page.characters)


def test_the_same_letter_is_the_same_file() -> None:
    assert make_pdf("personal", letter()) == make_pdf("personal", letter())


@pytest.mark.parametrize(
    "data", [b"no picture", b"<svg/>", b"\x89PNG\r\n\x1a\n" + b"0" * 50, b"x" * 5_000_001]
)
def test_a_logo_that_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(CannotMake) as refused:
        make_pdf("personal", letter(sender=Sender("示例工会", logo=data)))
    assert refused.value.code == "picture"


def test_a_logo_takes_the_place_of_the_door() -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "#2f6f4e").save(out, "PNG")
    made = make_pdf("personal", letter(sender=Sender("示例工会", logo=out.getvalue())))
    images = PdfReader(io.BytesIO(made)).pages[0].images
    assert [image.image.size for image in images if image.image] == [(40, 20)]
    assert len(PdfReader(io.BytesIO(make_pdf("personal", letter()))).pages[0].images) == 0


def test_unknown_kinds_are_refused() -> None:
    for kind in ("poem", Kind.LABELS):
        with pytest.raises(CannotMake, match="kind"):
            make_pdf(kind, letter())
        with pytest.raises(CannotMake, match="kind"):
            make_docx(kind, letter())


def test_many_are_handed_over_in_order_and_bound_together() -> None:
    sheets = [letter(key=str(n), salutation=f"示例{n}号：") for n in range(70)]  # more than one volume
    got: list[tuple[str, int]] = []
    out = io.BytesIO()
    made = make_many(
        "personal", iter(sheets), lambda sheet, pdf: got.append((sheet.key, pdf[:5] == b"%PDF-")), merged=out
    )
    assert got == [(str(n), True) for n in range(70)]
    assert (made.letters, made.pages) == (70, 70)
    bound = PdfReader(out)
    assert len(bound.pages) == 70
    for n in (0, 31, 32, 69):
        assert f"示例{n}号" in bound.pages[n].extract_text().replace(" ", "")


def test_for_both_sides_each_letter_begins_on_a_front() -> None:
    sheets = [
        letter(salutation=f"示例{n}号：", body=parse("\n\n".join([LONG] * (14 if n == 1 else 1))))
        for n in range(3)
    ]
    out = io.BytesIO()
    assert make_many("personal", sheets, merged=out, duplex=True).pages == 5
    bound = PdfReader(out)
    for page, n in ((0, 0), (2, 1), (4, 2)):
        assert f"示例{n}号" in bound.pages[page].extract_text().replace(" ", "")


def test_a_letter_that_cannot_be_made_stops_the_run_after_those_before_it() -> None:
    sheets = [letter(key=str(n), sender=Sender("示例", logo=b"no" if n == 3 else None)) for n in range(6)]
    got: list[str] = []
    with pytest.raises(CannotMake):
        make_many("personal", sheets, lambda sheet, _pdf: got.append(sheet.key))
    assert got == ["0", "1", "2"]


def test_labels_stand_on_their_grid_and_long_names_stay_in_theirs() -> None:
    addresses = [
        Address(
            "示例" + "长" * (38 if n == 4 else 1),
            ("示例市示例路 18 号", "示例有限公司"),
            f"{315800 + n}",
            "收",
            str(n),
        )
        for n in range(30)
    ]
    first, second = pages(labels_pdf(addresses))
    assert "315823" in "".join(m.text for m in first.characters)
    assert "315824" in "".join(m.text for m in second.characters)
    assert sum(m.text == "长" for m in first.characters) == 23 + 38
    for mark in first.characters:
        column, row = int(mark.left // 70), int((mark.top - 0.5) // 37)
        assert mark.right <= (column + 1) * 70 - 3
        assert mark.bottom <= 0.5 + (row + 1) * 37 - 2


def test_the_sheet_of_labels_can_be_another() -> None:
    form = Labels(columns=2, rows=7, width=99.1, height=38.1, top=15.1, left=4.7, gap_x=2.5)
    (page,) = pages(labels_pdf([Address(f"示例{n}") for n in range(14)], form))
    assert max(m.left for m in page.characters if m.text == "示") > 4.7 + 99.1 + 2.5
    assert len(pages(labels_pdf([Address(f"示例{n}") for n in range(15)], form))) == 2


def test_an_envelope_has_its_postcode_in_the_boxes() -> None:
    (page,) = pages(
        envelope_pdf(
            [Address("示例王", ("示例路 18 号",), "315800", "收")], Sender("示例工会", postcode="315000")
        )
    )
    assert "".join(m.text for m in page.lines()[0]) == "315800"
    assert page.line("示例工会")[0].left > 110
    assert len(page.rules) == 6


@pytest.mark.parametrize("kind", LETTERS)
def test_word_gets_the_same_words_with_chinese_fonts(kind: str) -> None:
    made = make_docx(kind, OFFICIAL)
    document = docx.Document(io.BytesIO(made))
    said = "".join(paragraph.text for paragraph in document.paragraphs).replace("\n", "")  # of the title
    for words in (OFFICIAL.title, OFFICIAL.salutation, LONG, OFFICIAL.date):
        assert words in said
    fonts = {run._element.rPr.rFonts.get(qn("w:eastAsia")) for p in document.paragraphs for run in p.runs}
    assert fonts >= (
        {"仿宋_GB2312", "方正小标宋简体", "黑体"}
        if kind in {"official", "motion", "reply"}
        else {"楷体_GB2312"}
    )
    assert zipfile.ZipFile(io.BytesIO(made)).testzip() is None


def test_word_keeps_the_measures_of_the_standard() -> None:
    section = docx.Document(io.BytesIO(make_docx("official", OFFICIAL))).sections[0]
    sides = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    assert [round(side.mm) for side in sides if side is not None] == [37, 26, 35, 28]


@pytest.mark.parametrize(
    ("sealed", "name", "ends"),
    [
        (True, "示例市总工会", (4 + 0.5, 4)),
        (False, "示例市总工会", (2 + 7 + 2 - 6, 2)),
        (False, "示例市示例区工会联合会", (2, 11 - 7)),
    ],
)
def test_word_places_name_and_date_with_and_without_a_seal(
    sealed: bool, name: str, ends: tuple[float, float]
) -> None:
    """In characters before the right edge; the date is seven wide (GB/T 9704-2012, 7.3.5)."""
    document = docx.Document(
        io.BytesIO(make_docx("official", replace(OFFICIAL, sealed=sealed, signature=(name,))))
    )
    *_above, signed, date = document.paragraphs
    assert (signed.text, date.text) == (name, OFFICIAL.date)
    indents = (signed.paragraph_format.right_indent, date.paragraph_format.right_indent)
    assert [indent and indent.pt / 16 for indent in indents] == [pytest.approx(end) for end in ends]


def _xml(made: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return archive.read(name).decode()


def test_word_has_28_characters_in_a_line_and_22_lines_on_a_page() -> None:
    """Seen in an office program: without the track 27 stand in a line, with a pitch of 29 points 21 on a page."""
    document = docx.Document(io.BytesIO(make_docx("official", OFFICIAL)))
    body = next(p for p in document.paragraphs if LONG in p.text)
    track = body.runs[0]._element.rPr.find(qn("w:spacing"))
    room = (210 - 28 - 26) / 25.4 * 72
    assert 28 * (16 + int(track.get(qn("w:val"))) / 20) <= room < 29 * (16 + int(track.get(qn("w:val"))) / 20)
    pitch = body.paragraph_format.line_spacing
    assert pitch and 22 * round(pitch.pt * 20) / 20 <= 225 / 25.4 * 72 < 23 * pitch.pt
    assert body.paragraph_format.widow_control is False


@pytest.mark.parametrize(("kind", "first"), [("official", True), ("reply", False), ("motion", False)])
def test_word_numbers_its_pages_at_the_outer_edge(kind: str, first: bool) -> None:
    """GB/T 9704-2012, 7.5, and 10.1: a paper in the form of a letter has none on its first page."""
    document = docx.Document(io.BytesIO(make_docx(kind, OFFICIAL)))
    section = document.sections[0]
    assert section.different_first_page_header_footer is not first
    assert document.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        number = footer.paragraphs[0]
        assert 'w:instr="PAGE"' in number._element.xml and number._element.xml.count("—") == 2
        assert f'w:jc w:val="{side}"' in number._element.xml
    if not first:
        head = section.first_page_header.paragraphs[0]
        assert head.text == OFFICIAL.sender.name and "thickThinSmallGap" in head._element.xml
        assert "PAGE" not in section.first_page_footer.paragraphs[0]._element.xml


def test_in_word_name_and_date_stay_with_the_end_of_the_text() -> None:
    """Seen in an office program: the date alone on a page."""
    *_above, text_end, between, name, date = docx.Document(
        io.BytesIO(make_docx("motion", OFFICIAL))
    ).paragraphs
    assert date.text == OFFICIAL.date and LONG in text_end.text
    assert [one.paragraph_format.keep_with_next for one in (text_end, between, name, date)] == [
        True, True, True, False,
    ]  # fmt: skip


def test_word_letters_are_numbered_from_the_second_page_on() -> None:
    section = docx.Document(io.BytesIO(make_docx("answer", OFFICIAL))).sections[0]
    assert section.different_first_page_header_footer
    assert 'w:instr="PAGE"' in section.footer.paragraphs[0]._element.xml


def test_word_knows_the_language_and_what_to_take_for_a_face_it_has_not() -> None:
    """Without the language a comma stands in the middle of its square."""
    made = make_docx("official", OFFICIAL)
    assert 'w:eastAsia="zh-CN"' in _xml(made, "word/styles.xml")
    assert 'w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>' in _xml(made, "word/fontTable.xml")


def test_a_title_in_word_breaks_between_words_into_lines_of_like_length() -> None:
    title = "示例工业社区工会关于延长食堂晚饭供应时间的决定"
    document = docx.Document(io.BytesIO(make_docx("official", replace(OFFICIAL, title=title))))
    lines = next(p.text for p in document.paragraphs if "关于延长" in p.text).split("\n")
    assert lines == ["示例工业社区工会关于延长", "食堂晚饭供应时间的决定"]


def test_for_both_sides_a_new_volume_begins_on_a_front_too() -> None:
    sheets = [letter(salutation=f"示例{n}号：") for n in range(TOGETHER + 1)]
    out = io.BytesIO()
    assert make_many("personal", sheets, merged=out, duplex=True).pages == 2 * TOGETHER + 1
    last = PdfReader(out).pages[2 * TOGETHER].extract_text().replace(" ", "")
    assert f"示例{TOGETHER}号" in last
