"""What is put on paper, as plain values: a layout draws nothing that is not in its Sheet."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from kaimen.logic.letters import Body


class Kind(enum.StrEnum):
    """The papers that there are; each is a layout."""

    PERSONAL = "personal"  # 亲笔信: one person to another
    ANSWER = "answer"  # 答复信
    MOTION = "motion"  # 建议案: GB/T 9704-2012, 10.1 letter form
    NOTICE = "notice"  # 通知
    CERTIFICATE = "certificate"  # 荣誉证书
    GOOD_NEWS = "good_news"  # 喜报
    OFFICIAL = "official"  # 红头文件: GB/T 9704-2012, 7
    REPLY = "reply"  # 复函: GB/T 9704-2012, 10.1 letter form
    ENVELOPE = "envelope"
    LABELS = "labels"


@dataclass(frozen=True)
class Sender:
    """Who writes. `lines` stand small at the head: address, telephone. `logo` takes the place of the door."""

    name: str = ""
    lines: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    postcode: str = ""
    logo: bytes | None = None


@dataclass(frozen=True)
class Sheet:
    """One paper for one recipient, filled in and ready; every text is plain, only `body` has shape.

    `key` names the letter to whoever calls (a number, never printed); `link` becomes the QR code beside `caption`.
    For official papers: `number` is the document number with 〔〕, `sealed` leaves room for a seal over name and date,
    `recipient` is not printed, `salutation` the
    organisations it goes to, `enclosures` the names of what is enclosed, `copies_to`, `printed_by` and `printed_on`
    the lines at its end.
    """

    recipient: str = ""
    address: tuple[str, ...] = ()
    postcode: str = ""
    salutation: str = ""
    body: Body = ()
    signature: tuple[str, ...] = ()
    date: str = ""
    number: str = ""
    title: str = ""
    link: str = ""
    caption: str = ""
    sender: Sender = Sender()
    enclosures: tuple[str, ...] = ()
    sealed: bool = True
    copies_to: str = ""
    printed_by: str = ""
    printed_on: str = ""
    key: str = ""

    def texts(self) -> dict[str, str]:
        """Everything that will be printed, by the name of its field in Chinese-free code words."""
        return {
            "recipient": self.recipient,
            "address": "".join(self.address),
            "postcode": self.postcode,
            "salutation": self.salutation,
            "body": "\n".join(block.text for block in self.body),
            "signature": "".join(self.signature),
            "date": self.date,
            "number": self.number,
            "title": self.title,
            "caption": self.caption,
            "sender": self.sender.name + "".join((*self.sender.lines, *self.sender.address)),
            "enclosures": "".join(self.enclosures),
            "copies_to": self.copies_to,
            "printed_by": self.printed_by + self.printed_on,
        }


@dataclass(frozen=True)
class Address:
    """What stands on an envelope or a label."""

    name: str
    lines: tuple[str, ...] = ()
    postcode: str = ""
    honorific: str = ""  # 女士, 同志, 收; never guessed here
    number: str = ""  # small: the posting number that the list has too


@dataclass(frozen=True)
class Labels:
    """A sheet of labels, in millimetres; the default is the common A4 sheet of 3 × 8."""

    columns: int = 3
    rows: int = 8
    width: float = 70.0
    height: float = 37.0
    top: float = 0.5
    left: float = 0.0
    gap_x: float = 0.0
    gap_y: float = 0.0


@dataclass(frozen=True)
class Missing:
    """Characters that no font has: which letter, in which of its fields, and each with its code."""

    key: str
    recipient: str
    field: str
    characters: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(f"U+{ord(character):04X}" for character in self.characters)


class CannotMake(ValueError):
    """No paper comes of this. Codes: `picture` (the logo is no picture), `glyphs` (params from Missing),
    `kind` (nothing is laid out that way), `layout` (the text does not fit its paper)."""

    def __init__(self, code: str, params: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str] = params or {}


@dataclass
class Made:
    """What a run produced; pages are counted in the file for the printer."""

    letters: int = 0
    pages: int = 0
