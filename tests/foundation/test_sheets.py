"""Tables out: no cell is run by the spreadsheet that opens it."""

import csv
import io

import pytest

from kaimen.foundation import sheets


def cells(text: str) -> list[str]:
    (row,) = csv.reader(io.StringIO(sheets.as_csv([[text, "x"]]).decode("utf-8-sig")))
    return row


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_a_spreadsheet_would_run_is_marked_as_text(sign: str) -> None:
    """The signs that OWASP names under CSV injection; the wide ones are run by Excel in Chinese and Japanese."""
    evil = f"{sign}HYPERLINK(1)"
    assert cells(evil) == [f"'{evil}", "x"]


def test_other_words_and_numbers_stay_as_they_are() -> None:
    assert cells("停车 = 难") == ["停车 = 难", "x"]
    assert sheets.as_csv([[-3, 0.5, None]]).decode("utf-8-sig") == "-3,0.5,\r\n"
