"""发文字号, the issuing number of an official paper: 代字, the year in 〔〕, the running number (示例工发〔2026〕3号).

GB/T 9704-2012, 7.2.5: the year is written in full between 〔 and 〕, the running number without 第 and without noughts
before it, and 号 behind it. A template writes it with fields: `{代字}发〔{年}〕{号}号`; 号 is counted when the papers are made.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from kaimen.logic.letters import fields_in

FIELDS: Final = ("代字", "年", "号")
OPEN_PLACE: Final = "\u3000"  # where a draft has no running number yet
MOST_CODE: Final = 20

_BRACKETS: Final = str.maketrans("[【（(﹝［〖", "〔" * 7) | str.maketrans("]】）)﹞］〗", "〕" * 7)
_NUMBER: Final = re.compile(r"(?P<code>[^\W\d_]+)〔(?P<year>[0-9]{4})〕(?P<serial>[0-9]{1,6})号")
_CODE: Final = re.compile(r"[^\W\d_]+")


class WrongNumber(ValueError):
    """No 发文字号 by the standard.

    Codes: `number_missing` (nothing is written), `number_no_code` (the 代字 of the office is not known yet),
    `number_field` (a field that stands for nothing here, in `field`), `number_year`, `number_first` (第 before the number),
    `number_noughts`, `number_shape` (anything else; `number` is what it reads).
    """

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class IssuingNumber:
    """`code` is the whole 代字 with its kind of paper (示例工发); one count runs for each code and year."""

    code: str
    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.code}〔{self.year}〕{self.serial}号"


def tidy(text: str) -> str:
    """As the standard writes it: no spaces, plain digits, 〔〕 for whatever brackets a keyboard has."""
    plain = "".join(unicodedata.normalize("NFKC", char) if char.isdecimal() else char for char in text)
    return "".join(plain.split()).translate(_BRACKETS).replace("｛", "{").replace("｝", "}")


def is_code(text: str) -> bool:
    """May this stand as 代字: some characters, no digits, no signs."""
    return len(text) <= MOST_CODE and bool(_CODE.fullmatch(text))


def counts_itself(pattern: str) -> bool:
    """Is the running number counted, or did somebody write it?"""
    return "号" in fields_in(pattern)


def fill_number(pattern: str, *, code: str, year: int, serial: int | None) -> str:
    """The pattern with its fields; `serial` None leaves the place of the running number open, as a draft does."""
    values = {"代字": code, "年": str(year), "号": OPEN_PLACE if serial is None else str(serial)}
    return re.sub(r"\{\s*(代字|年|号)\s*\}", lambda field: values[field[1]], pattern)


def read_number(pattern: str, *, code: str, year: int) -> IssuingNumber:
    """What `pattern` says in `year` for an office with this 代字; counted ones get 1. Raises WrongNumber."""
    pattern = tidy(pattern)
    if not pattern:
        raise WrongNumber("number_missing")
    for field in fields_in(pattern):
        if field not in FIELDS:
            raise WrongNumber("number_field", field=field)
    if "代字" in fields_in(pattern) and not code:
        raise WrongNumber("number_no_code")
    text = fill_number(pattern, code=code, year=year, serial=1)
    found = _NUMBER.fullmatch(text)
    if found is None or found["serial"].startswith("0"):
        raise WrongNumber(_why(text), number=text)
    return IssuingNumber(found["code"], int(found["year"]), int(found["serial"]))


def _why(text: str) -> str:
    """Which rule it breaks that people break most."""
    if not re.search(r"〔[0-9]{4}〕", text):
        return "number_year"
    if "〕第" in text:
        return "number_first"
    if re.search(r"〕0", text):
        return "number_noughts"
    return "number_shape"
