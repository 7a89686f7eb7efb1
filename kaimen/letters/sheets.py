"""From a row of a mailing to the paper it becomes: the values of its fields, the filled sheet."""

import json
from datetime import date, datetime

from django.utils import timezone

from kaimen.foundation.models import Organisation
from kaimen.letters import links
from kaimen.letters.enums import NUMBERED, NUMBERED_EACH, SignatureForm
from kaimen.letters.heads import code_of, sender_of
from kaimen.letters.models import Letter, Mailing
from kaimen.letters.papers import Sheet
from kaimen.logic import issuing
from kaimen.logic import letters as text
from kaimen.logic.posting import without_postcode

# what every letter knows; a table adds its further columns
FIELDS = ("姓名", "单位", "职务", "地址", "邮编", "日期", "署名", "编号")
FIRST = 100
CAPTION = "扫一扫，回个话\n有事也在这里说"
SAMPLE = {
    "姓名": "示例王秀英",
    "单位": "示例精密机械有限公司",
    "职务": "工会主席",
    "地址": "宁波市北仑区示例路 18 号",
    "邮编": "315800",
    "日期": "2026年11月22日",
    "署名": "示例工业社区工会",
    "编号": "12-0007",
}
SAMPLE_NUMBER = {"代字": "示例工", "年": "2026", "号": "7"}  # stand in a 发文字号 only


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def known_fields(mailing: Mailing) -> list[str]:
    """Names that may stand in braces in this mailing."""
    more = mailing.source.get("fields", []) if mailing.source.get("kind") == "list" else []
    if mailing.headings:
        named = set(mailing.columns.values())
        more = [heading for heading in mailing.headings if heading not in named]
    elif (
        not more
    ):  # a list that a room above handed over: what the first letters have, not a look at all of them
        some = mailing.letters.order_by("seq").values_list("fields", flat=True)[:FIRST]
        more = json.loads(next((fields for fields in some if fields), "[]"))
    return [*FIELDS, *(name for name in more if name not in FIELDS)]


def values_of(letter: Letter, mailing: Mailing, day: date) -> dict[str, str]:
    """What stands for each field in this letter; further columns never take the place of what every letter knows."""
    more = json.loads(letter.fields) if letter.fields else {}
    return more | {
        "姓名": letter.name,
        "单位": letter.unit,
        "职务": letter.title,
        "地址": letter.address,
        "邮编": letter.postcode,
        "日期": chinese_day(day),
        "署名": mailing.text["sender"] or mailing.organisation.name,
        "编号": letter.number,
    }


def filled_parts(kind: str, words: dict[str, str]) -> list[str]:
    """The texts of a mailing that are filled for each letter; a 发文字号 is one for all of them, a letter has none."""
    return [part for name, part in words.items() if name != "number" or kind in NUMBERED_EACH]


class Writer:
    """The words of one mailing, parsed once and filled for each letter."""

    def __init__(self, mailing: Mailing, now: datetime) -> None:
        self.mailing = mailing
        self.day = timezone.localdate(now)
        self._body = text.parse(mailing.text["body"])
        self._sender = sender_of(mailing.organisation)
        self._code = code_of(mailing.organisation) if mailing.kind in NUMBERED else ""

    def sheet(self, letter: Letter, on: datetime | None = None) -> Sheet:
        """The letter on paper, of the writer's day or the day `on`. Raises text.EmptyField or text.UnknownField."""
        values = values_of(letter, self.mailing, timezone.localdate(on) if on else self.day)
        return Sheet(
            key=str(letter.pk or letter.seq),
            recipient=letter.name,
            address=tuple(
                part for part in (without_postcode(letter.address, letter.postcode), letter.unit) if part
            ),
            postcode=letter.postcode,
            salutation=text.fill(self.mailing.text["greeting"], values),
            title=text.fill(self.mailing.text["title"], values),
            number=self._number(values),
            body=text.fill_body(self._body, values),
            signature=(values["署名"],),
            date=values["日期"],
            sealed=self.mailing.text.get("signed") != SignatureForm.UNSEALED,
            link=links.url(letter),
            caption=f"{CAPTION}\n编号 {letter.number}",
            sender=self._sender,
        )

    def _number(self, values: dict[str, str]) -> str:
        """One 发文字号 for the whole mailing, its place open until it is made; a certificate's is filled for each."""
        pattern = self.mailing.text.get("number", "")
        if self.mailing.kind in NUMBERED_EACH:
            return text.fill(pattern, values)
        if self.mailing.kind not in NUMBERED:
            return ""
        return issuing.fill_number(issuing.tidy(pattern), code=self._code, year=self.day.year, serial=None)


def sample_sheet(kind: str, words: dict[str, str], organisation: Organisation) -> Sheet:
    """A sheet for somebody invented; fields that nobody knows stay in their braces."""
    values = (
        {"": "{}"}
        | {name: f"{{{name}}}" for part in words.values() for name in text.fields_in(part)}
        | SAMPLE
        | SAMPLE_NUMBER
    )
    if code := code_of(organisation):
        values["代字"] = code
    return Sheet(
        recipient=SAMPLE["姓名"],
        address=(SAMPLE["地址"], SAMPLE["单位"]),
        postcode=SAMPLE["邮编"],
        salutation=text.fill(words.get("greeting", ""), values),
        title=text.fill(words.get("title", ""), values),
        number=text.fill(words.get("number", ""), values) if kind in NUMBERED | NUMBERED_EACH else "",
        body=text.fill_body(text.parse(words.get("body", "")), values),
        sealed=words.get("signed") != SignatureForm.UNSEALED,
        signature=(words.get("sender") or organisation.name,),
        date=SAMPLE["日期"],
        sender=sender_of(organisation),
    )
