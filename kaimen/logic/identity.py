"""Identity numbers, credit codes, phones, cards and plates: normalised, checked, masked, and found in free text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from stdnum.cn import ric, uscc

from kaimen.logic.text import HAN_RUN, normalise

Problem = Literal["empty", "length", "characters", "prefix", "region", "birth_date", "check_digit"]

STAR: Final = "＊"
EARLIEST_BIRTH: Final = 1880

# GB/T 2260-2007, first two digits; 81-83 on residence permits for people of Hong Kong, Macao and Taiwan.
_PROVINCES: Final = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
)
PROVINCES: Final = frozenset(_PROVINCES.split())
USCC_ALPHABET: Final = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")

# Surnames of two characters that are still common (《中国姓氏统计》).
_DOUBLE_SURNAMES: Final = (
    "欧阳 上官 皇甫 令狐 诸葛 司徒 司马 申屠 夏侯 尉迟 慕容 东方 公孙 长孙 宇文 端木 轩辕 南宫 西门 独孤"
)
DOUBLE_SURNAMES: Final = frozenset(_DOUBLE_SURNAMES.split())


@dataclass(frozen=True, slots=True)
class Checked:
    """Either the normalised `value` or the `problem`, never both."""

    value: str | None
    problem: Problem | None

    @property
    def ok(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, slots=True)
class PersonalSpan:
    """Personal data found at `text[start:end]`."""

    start: int
    end: int
    kind: Literal["phone", "id", "card", "plate"]


def check_id(text: str, today: date | None = None) -> Checked:
    """A resident identity number, GB 11643-1999 《公民身份号码》: region, birth date, sequence, check digit.

    Only the province part of the region is checked: counties are renamed, and a number keeps the code of the day
    it was given, which need not be one of the year of birth. Numbers of foreigners' permanent residence cards
    (2023 form: 9, province, nationality, then as GB 11643) are taken too. With `today`, a birth in the future
    is a problem. The first problem in the order of the number's parts is named; the check digit comes last.
    """
    number = _compact(text)
    if not number:
        return _problem("empty")
    if len(number) != 18:
        return _problem("length")
    if re.fullmatch(r"[0-9]{17}[0-9X]", number) is None:
        return _problem("characters")
    province = number[1:3] if number[0] == "9" else number[:2]
    if province not in PROVINCES:
        return _problem("region")
    born = _date_in(number)
    if born is None or born.year < EARLIEST_BIRTH or (today is not None and born > today):
        return _problem("birth_date")
    if ric.calc_check_digit(number) != number[-1]:
        return _problem("check_digit")
    return Checked(number, None)


def check_uscc(text: str) -> Checked:
    """A unified social credit code, GB 32100-2015 《法人和其他组织统一社会信用代码编码规则》.

    The first two characters may be letters: village collectives (N1-N3) and others (Y1) have such codes. The
    region is `10` (national) or a province.
    """
    code = _compact(text)
    if not code:
        return _problem("empty")
    if len(code) != 18:
        return _problem("length")
    if not set(code) <= USCC_ALPHABET or not code[2:8].isdigit():
        return _problem("characters")
    if code[2:4] not in PROVINCES and code[2:4] != "10":
        return _problem("region")
    if uscc.calc_check_digit(code[:17]) != code[-1]:
        return _problem("check_digit")
    return Checked(code, None)


def check_phone(text: str) -> Checked:
    """A mobile phone of mainland China as eleven digits; +86, 0086, spaces, hyphens and full-width digits are taken."""
    number = _compact(text).replace("(", "").replace(")", "").removeprefix("+")
    for code in ("0086", "86"):
        if number.startswith(code) and len(number) == 11 + len(code):
            number = number.removeprefix(code)
    if not number:
        return _problem("empty")
    if re.fullmatch(r"[0-9]+", number) is None:
        return _problem("characters")
    if len(number) != 11:
        return _problem("length")
    if re.match(r"1[3-9]", number) is None:
        return _problem("prefix")
    return Checked(number, None)


def birth_date(identity: str) -> date | None:
    """The birth date inside a valid identity number, None if the number is not valid."""
    checked = check_id(identity)
    return _date_in(checked.value) if checked.value else None


def mask_phone(phone: str) -> str:
    """13812342201 -> 138****2201; anything else that is too short to mask keeps only its last two characters."""
    number = check_phone(phone).value or _compact(phone)
    if len(number) < 9:
        return "*" * max(0, len(number) - 2) + number[-2:] if len(number) > 2 else "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_id(identity: str) -> str:
    """Three characters in front and two behind stay: 110***********1X."""
    number = _compact(identity)
    if len(number) < 9:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


def mask_name(name: str) -> str:
    """The surname stays, at most two stars follow: 陈小明 -> 陈＊＊, 王芳 -> 王＊, 欧阳小明 -> 欧阳＊＊, John -> J＊＊."""
    shown = normalise(name)
    if len(shown) < 2:
        return STAR if shown else ""
    if not HAN_RUN.fullmatch(shown):
        return shown[0] + STAR * 2
    surname = shown[:2] if len(shown) > 2 and shown[:2] in DOUBLE_SURNAMES else shown[0]
    return surname + STAR * min(2, len(shown) - len(surname))


_D = "[0-9０-９]"
_GAP = r"[ \u3000\-－—·.]?"
_ID_IN_TEXT: Final = re.compile(rf"(?<!{_D}){_D}(?:{_GAP}{_D}){{16}}{_GAP}[0-9０-９XxＸｘ](?!{_D})")
_PHONE_IN_TEXT: Final = re.compile(
    rf"(?<!{_D})(?:[+＋]?[8８][6６]{_GAP})?[1１][3-9３-９](?:{_GAP}{_D}){{9}}(?!{_D})"
)


# 16 to 19 digits: bank cards, JR/T 0008-2000 《银行卡发卡行标识代码及卡号》.
_CARD_IN_TEXT: Final = re.compile(rf"(?<!{_D}){_D}(?:{_GAP}{_D}){{15,18}}(?!{_D})")
# Number plates, GA 36-2018 《中华人民共和国机动车号牌》: province, letter, five or (new energy) six, no I and no O.
_PLATE_IN_TEXT: Final = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼] ?[A-HJ-NP-Z][ ·.•-]?"
    "(?=[A-HJ-NP-Z]*[0-9])(?:[A-HJ-NP-Z0-9]{6}|[A-HJ-NP-Z0-9]{5}|[A-HJ-NP-Z0-9]{4}[挂学警港澳])(?![A-Z0-9])",
    re.IGNORECASE,
)


def find_personal_data(text: str) -> tuple[PersonalSpan, ...]:
    """Identity numbers, mobile phones, bank cards and number plates in free text, in order, not overlapping.

    Also written with gaps or full-width digits. An identity number counts here if its date part is a date, even
    when its check digit is wrong: someone who mistypes one digit has still given themselves away. A card counts by its
    check digit: long numbers of orders and contracts are more common than cards.
    """
    found = list(_ids_in(text))
    patterns: tuple[tuple[re.Pattern[str], Literal["phone", "card", "plate"]], ...] = (
        (_CARD_IN_TEXT, "card"),
        (_PHONE_IN_TEXT, "phone"),
        (_PLATE_IN_TEXT, "plate"),
    )
    for pattern, kind in patterns:
        for match in pattern.finditer(text):
            if kind == "card" and not is_card(match.group()):
                continue
            if not any(span.start < match.end() and match.start() < span.end for span in found):
                found.append(PersonalSpan(match.start(), match.end(), kind))
    return tuple(sorted(found, key=lambda span: span.start))


def is_card(text: str) -> bool:
    """16 to 19 digits with the right check digit (Luhn, ISO/IEC 7812-1), not all the same."""
    number = _compact(text)
    if not number.isascii() or not number.isdigit() or not 16 <= len(number) <= 19 or len(set(number)) == 1:
        return False
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(number))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def mask_text(text: str) -> str:
    """The text with every phone, identity number, bank card and plate in it masked; all else unchanged."""
    parts: list[str] = []
    at = 0
    for span in find_personal_data(text):
        parts += [text[at : span.start], _MASKS[span.kind](text[span.start : span.end])]
        at = span.end
    return "".join(parts) + text[at:]


def mask_card(card: str) -> str:
    """Only the last four stay."""
    number = _compact(card)
    return "*" * (len(number) - 4) + number[-4:] if len(number) > 8 else "*" * len(number)


def mask_plate(plate: str) -> str:
    """Province and letter in front, two characters behind: 浙B***45."""
    number = re.sub(r"[\s·•]", "", _compact(plate))
    return number[:2] + "*" * (len(number) - 4) + number[-2:] if len(number) > 5 else "*" * len(number)


_MASKS: Final[dict[str, Callable[[str], str]]] = {
    "phone": mask_phone,
    "id": mask_id,
    "card": mask_card,
    "plate": mask_plate,
}


def _ids_in(text: str) -> Iterator[PersonalSpan]:
    for match in _ID_IN_TEXT.finditer(text):
        born = _date_in(_compact(match.group()))
        if born is not None and born.year >= EARLIEST_BIRTH:
            yield PersonalSpan(match.start(), match.end(), "id")


def _compact(text: str) -> str:
    return re.sub(r"[\s\-—–·.]", "", normalise(text)).upper()


def _date_in(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _problem(code: Problem) -> Checked:
    return Checked(None, code)
