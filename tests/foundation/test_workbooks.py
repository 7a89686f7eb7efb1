"""Workbooks made to hurt their reader: they end the reader, never the server. Each starts a process or two."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from kaimen.foundation import tables

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
CELL = '<c r="{}" t="inlineStr"><is><t>姓名</t></is></c>'
LAST_CORNER = SHEET.format(
    f'<row r="1">{CELL.format("A1")}</row><row r="1048576">{CELL.format("XFD1048576")}</row>'
)

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
MANIFEST = f'<m:manifest xmlns:m="{OFFICE}manifest:1.0"><m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.spreadsheet"/></m:manifest>'


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "手机号"])
        sheet.write_row(1, 0, ["示例甲", 13800000001])
    return path


def with_sheet(path: Path, xml: bytes) -> Path:
    """The same workbook with another first sheet."""
    good = zipfile.ZipFile(workbook(path.with_suffix(".good.xlsx")))
    with good, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in good.namelist():
            zipped.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else good.read(name))
    return path


def code_of(path: Path) -> str:
    with pytest.raises(tables.NotATable) as refused:
        list(tables.read_table(path))
    return refused.value.code


def test_an_honest_one_is_read(tmp_path: Path) -> None:
    path = with_sheet(
        workbook(tmp_path / "a.xlsx"), SHEET.format(f'<row r="1">{CELL.format("A1")}</row>').encode()
    )
    assert list(tables.read_table(path)) == []
    assert list(tables.read_table(tmp_path / "a.good.xlsx")) == [{"姓名": "示例甲", "手机号": "13800000001"}]


def test_one_cell_in_the_last_corner(tmp_path: Path) -> None:
    """Two cells in 700 bytes: a reader that lays the sheet out needs 400 GB."""
    assert code_of(with_sheet(tmp_path / "corner.xlsx", LAST_CORNER.encode())) == "too_large"


def test_a_sheet_that_a_large_machine_could_lay_out(tmp_path: Path) -> None:
    """Fifty columns of a million rows need some 1.5 GB: there it is our own limit that ends the reader."""
    wide = LAST_CORNER.replace("XFD1048576", "AX1048576")
    assert code_of(with_sheet(tmp_path / "wide.xlsx", wide.encode())) == "too_large"


def test_a_workbook_that_unpacks_to_a_gigabyte(tmp_path: Path) -> None:
    """Packing half a gigabyte takes a second."""
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(workbook(path), "a", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped,
        zipped.open("xl/media/image1.png", "w", force_zip64=True) as member,
    ):
        for _ in range(400):
            member.write(b"\0" * 2**20)
    assert path.stat().st_size < 5_000_000
    assert code_of(path) == "too_large"


def test_sizes_that_lie(tmp_path: Path) -> None:
    """The archive says the sheet is 100 bytes long, and it goes on for megabytes."""
    row = f'<row r="1">{CELL.format("A1")}</row>'.encode()
    head, tail = SHEET.encode().split(b"{}")
    path = with_sheet(tmp_path / "lie.xlsx", head + row + b"<!--" + b" " * (3 * 2**20) + b"-->" + tail)
    content = bytearray(path.read_bytes())
    for sign, where in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.find(sign)
        while at >= 0:
            if b"sheet1.xml" in content[at : at + 80]:
                content[at + where : at + where + 4] = (100).to_bytes(4, "little")
            at = content.find(sign, at + 4)
    path.write_bytes(content)
    assert code_of(path) == "broken"


def test_a_spreadsheet_of_repeats(tmp_path: Path) -> None:
    """An .ods says "this row five thousand times, this cell sixteen thousand times" in a line."""
    path = tmp_path / "a.ods"
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>姓</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="5000">{cell}</table:table-row>'
    names = "".join(f' xmlns:{short}="{OFFICE}{short}:1.0"' for short in ("office", "table", "text"))
    content = f'<office:document-content{names}><office:body><office:spreadsheet><table:table table:name="a">{row}</table:table></office:spreadsheet></office:body></office:document-content>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        zipped.writestr("META-INF/manifest.xml", MANIFEST)
        zipped.writestr("content.xml", content)
    assert code_of(path) == "too_large"
