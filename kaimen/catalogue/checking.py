"""Is this content good enough? One place for the form, Excel, packs and the publish button. Touches no database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .content import LABELS, Content
from .enums import Audience

LONGEST: dict[str, int] = {
    "name": 200,
    "name_en": 300,
    "summary": 240,
    "summary_en": 400,
    "who": 2000,
    "place": 160,
    "hours": 120,
    "fee": 120,
}
LONGEST_LIST = 40
LONGEST_LINE = 600
LONGEST_PROMISE = 250
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
TAKEN = {"new", "import"}  # addresses of the editors' own pages
DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True)
class Known:
    """What the community has: domain key → audience, organisation keys, point → name of the service that has it."""

    domains: Mapping[str, str]
    organisations: frozenset[str]
    points: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field, in a sentence that says what to do. A draft may keep it unless `breaks`."""

    field: str
    message: str
    breaks: bool = False

    @property
    def label(self) -> str:
        return str(LABELS.get(self.field, _("编号")))


class Refused(ValueError):
    """The content cannot be kept or published as it is; `problems` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.message}" for problem in problems))
        self.problems = problems


def check(content: Content, known: Known) -> list[Problem]:
    """Everything that stands in the way of publishing, in the order of the form."""
    return [
        *_belongs(content, known),
        *_texts(content),
        *_lists(content),
        *_promise(content),
    ]


def check_key(key: str) -> list[Problem]:
    """A key is part of the address: lower-case letters, digits, hyphens."""
    if KEY.fullmatch(key) and key not in TAKEN:
        return []
    return [Problem("key", _("编号只用小写字母、数字和短横线，例如 dorm-repair。"), breaks=True)]


def _belongs(content: Content, known: Known) -> list[Problem]:
    found = []
    if content.get("domain") not in known.domains:
        found.append(Problem("domain", _("没有这个领域，请从已有的里面选一个。"), breaks=True))
    if content.get("audience") not in Audience.values:
        found.append(Problem("audience", _("请选“职工”或“企业”。"), breaks=True))
    elif known.domains.get(content.get("domain", ""), content["audience"]) != content["audience"]:
        found.append(Problem("audience", _("这个领域不是给他们的，请换一个领域或对象。")))
    if content.get("organisation") not in known.organisations:
        found.append(Problem("organisation", _("没有这个组织，请先把它加进组织名册。"), breaks=True))
    return found + _point(content, known)


def _point(content: Content, known: Known) -> list[Problem]:
    point = content.get("point")
    if point is None:
        return []
    if not isinstance(point, int) or not 1 <= point <= 10:
        return [Problem("point", _("企服十条只有第 1 到第 10 条；不是十条里的就空着。"), breaks=True)]
    if content.get("audience") != Audience.ENTERPRISE:
        return [Problem("point", _("只有给企业的事项才有条号。"))]
    if point in known.points:
        text = _("第 %(point)s 条已经是“%(name)s”，请先给它换个条号。")
        return [Problem("point", text % {"point": point, "name": known.points[point]})]
    return []


def _texts(content: Content) -> list[Problem]:
    found = []
    for name, longest in LONGEST.items():
        text = content.get(name, "")
        if not isinstance(text, str):
            found.append(Problem(name, _("这里要填文字。"), breaks=True))
        elif len(text) > longest:
            message = ngettext("最多 %(n)s 个字，请写短一点。", "最多 %(n)s 个字，请写短一点。", longest)
            found.append(Problem(name, message % {"n": longest}, breaks=True))
    if not content.get("name"):
        found.append(Problem("name", _("请给这件事一个名字。"), breaks=True))
    if not content.get("summary"):
        found.append(Problem("summary", _("请用一句大白话说清这是什么。")))
    return found


def _lists(content: Content) -> list[Problem]:
    found = []
    for name in ("documents", "steps", "phrases", "legal_basis", "answers"):
        entries = content.get(name, [])
        if not isinstance(entries, list) or len(entries) > LONGEST_LIST:
            text = _("最多 %(n)s 行，一行一条。") % {"n": LONGEST_LIST}
            found.append(Problem(name, text, breaks=True))
        elif any(len(str(entry)) > LONGEST_LINE for entry in entries):
            text = _("有一行太长，一行最多 %(n)s 个字。") % {"n": LONGEST_LINE}
            found.append(Problem(name, text, breaks=True))
        else:
            found.extend(_entries(name, entries))
    return found


def _entries(name: str, entries: list[Any]) -> list[Problem]:
    if name == "answers" and not all(entry.get("question") and entry.get("answer") for entry in entries):
        return [Problem(name, _("每行写成“问题｜回答”，两边都要有。"))]
    if name == "legal_basis":
        if not all(entry.get("title") for entry in entries):
            return [Problem(name, _("每行写成“名称｜条款｜日期”，名称不能空。"))]
        if not all(DAY.fullmatch(entry.get("date") or "2000") for entry in entries):
            return [Problem(name, _("日期写成 2024-05-01、2024-05 或 2024。"))]
    return []


def _promise(content: Content) -> list[Problem]:
    first, solve = content.get("first_answer_days"), content.get("solve_days")
    if not isinstance(first, int) or not 1 <= first <= LONGEST_PROMISE:
        return [Problem("first_answer_days", _("先回话的期限至少 1 个工作日，请写一个数字。"), breaks=True)]
    if not isinstance(solve, int) or not first <= solve <= LONGEST_PROMISE:
        return [Problem("solve_days", _("办好的期限不能早于先回话的期限，请写一个数字。"), breaks=True)]
    return []
