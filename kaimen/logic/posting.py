"""Letters on their way: postcodes and postal order, columns of an address list, scanned numbers, answers of mail servers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kaimen.logic.text import normalise

# field -> how unions head that column, the most telling first
RECIPIENT_HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("姓名", "主席姓名", "收信人", "收件人", "联系人", "名字", "name"),
    "unit": ("单位名称", "企业名称", "工会名称", "所在单位", "单位", "企业", "公司", "unit", "company", "organisation"),
    "title": ("职务", "岗位", "称谓", "title", "post"),
    "phone": ("手机号码", "手机号", "手机", "联系电话", "电话", "phone", "mobile"),
    "email": ("电子邮箱", "电子邮件", "邮箱", "e-mail", "email"),
    "address": ("通信地址", "邮寄地址", "详细地址", "单位地址", "地址", "address"),
    "postcode": ("邮政编码", "邮编", "postcode", "zip"),
    "channel": ("送达方式", "发送方式", "渠道", "怎么送", "channel"),
}  # fmt: skip

_POSTCODE: Final = re.compile(r"(?<!\d)([0-8]\d{5})(?!\d)")
# Letters of the Universal Postal Union's S10 (RA123456789CN), domestic numbers, and our own 12-0007.
_NUMBER: Final = re.compile(r"[A-Za-z0-9-]{4,30}")
_OURS: Final = re.compile(r"(\d{1,9})-(\d{3,9})")


@dataclass(frozen=True)
class Scanned:
    """One line of a scanner: `code` as read; `mailing` and `seq` when it is the number on one of our own sheets."""

    code: str
    mailing: int = 0
    seq: int = 0


@dataclass(frozen=True)
class Pair:
    """A letter's own number and the number that the post gave it."""

    letter: Scanned
    posting: str


def recipient_columns(headings: Sequence[str]) -> dict[str, str]:
    """Field -> heading, each heading at most once; whole headings before parts of one. What is not guessed is left out."""
    plain = {heading: normalise(heading).lower() for heading in headings if heading.strip()}
    guessed: dict[str, str] = {}
    for whole in (True, False):
        for field, words in RECIPIENT_HEADINGS.items():
            if field in guessed:
                continue
            for word in words:
                free = (heading for heading in plain if heading not in guessed.values())
                found = next(
                    (
                        h
                        for h in free
                        if plain[h] == word or (not whole and len(word) > 1 and word in plain[h])
                    ),
                    None,
                )
                if found is not None:
                    guessed[field] = found
                    break
    return guessed


def postcode_in(address: str) -> str:
    """The six digits of a Chinese postcode (GB/T 2260 regions: first digit 0 to 8) at either end of `address`, or ""."""
    text = normalise(address)
    found = _POSTCODE.findall(text)
    for code in (*found[:1], *found[-1:]):
        if (
            text.startswith(code)
            or text.rstrip("） )").endswith(code)
            or f"邮编{code}" in text.replace(" ", "")
        ):
            return str(code)
    return ""


def without_postcode(address: str, postcode: str) -> str:
    """`address` without the `postcode` it begins with: on an envelope that stands in a place of its own."""
    rest = address.strip()
    return rest.removeprefix(postcode).lstrip(" ,，、") if postcode else rest


def postal_key(postcode: str, unit: str, seq: int) -> tuple[str, str, int]:
    """Sorts letters as a post office wants them: by postcode, those without last, then all of one unit together."""
    return (postcode or "9", unit, seq)


def scanned(text: str, most: int = 5000) -> list[Scanned]:
    """The numbers in what a scanner or a person typed: separated by lines, spaces or commas; each once, in order."""
    pieces = re.split(r"[\s,，、;；]+", normalise(text))
    return list(dict.fromkeys(_scanned(piece) for piece in pieces if _NUMBER.fullmatch(piece)))[:most]


def pairs(rows: Iterable[Sequence[str]]) -> tuple[list[Pair], list[int]]:
    """(letter number, posting number) of each row in either order, and the numbers (from 1) of rows that hold no such pair.

    Rows without any digit are headings and are passed over.
    """
    found: list[Pair] = []
    bad: list[int] = []
    for number, row in enumerate(rows, start=1):
        cells = [_scanned(cell) for raw in row if _NUMBER.fullmatch(cell := normalise(raw).strip())]
        ours = [cell for cell in cells if cell.seq]
        theirs = [cell for cell in cells if not cell.seq and any(c.isdigit() for c in cell.code)]
        if ours and theirs:
            found.append(Pair(ours[0], theirs[0].code))
        elif any(c.isdigit() for raw in row for c in raw):
            bad.append(number)
    return found, bad


def smtp_verdict(code: int) -> str:
    """`retry` for an answer that may change, `bounce` for one that will not (RFC 5321 section 4.2.1: 4yz and 5yz)."""
    return "bounce" if 500 <= code <= 599 else "retry"


def one_line(text: str, longest: int = 120) -> str:
    """`text` without anything that could end a header line (RFC 5322 section 2.2), cut to `longest` characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest]


def _scanned(piece: str) -> Scanned:
    ours = _OURS.fullmatch(piece)
    if ours:
        return Scanned(piece, int(ours[1]), int(ours[2]))
    return Scanned(piece.upper())
