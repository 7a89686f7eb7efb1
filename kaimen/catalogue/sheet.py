"""The list as Excel: out for everyone, in for staff. One row a service, lists one entry per line in their cell."""

import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from kaimen.foundation import tables
from kaimen.foundation.models import Organisation

from . import lines, queries
from .checking import Problem, check, check_key
from .content import LABELS, LISTS, Content, empty, latest
from .enums import Audience, ServiceState
from .forms import as_text
from .models import Domain, Service

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Column heads are not translated: a file written in one language must load in the other.
HEADS = {
    "key": "编号",
    "name": "名称",
    "summary": "一句话说清",
    "domain": "领域",
    "audience": "给谁",
    "point": "条号",
    "who": "谁能办",
    "documents": "要带什么",
    "steps": "怎么办",
    "place": "在哪里办",
    "hours": "什么时候",
    "fee": "收费",
    "organisation": "牵头组织",
    "first_answer_days": "先回话（工作日）",
    "solve_days": "办好（工作日）",
    "legal_basis": "依据（名称｜条款｜日期）",
    "phrases": "大家怎么说",
    "answers": "当场回答（问题｜回答）",
    "name_en": "英文名称",
    "summary_en": "英文一句话",
}
STATE = "状态"  # written for the reader, ignored on the way in
NUMBERS = ("point", "first_answer_days", "solve_days")
AUDIENCES = {"职工": Audience.WORKER.value, "企业": Audience.ENTERPRISE.value}
STATES = {
    ServiceState.DRAFT.value: "草稿",
    ServiceState.PUBLISHED.value: "已公布",
    ServiceState.WITHDRAWN.value: "已撤下",
}
MOST_ROWS = 2000
MOST_BYTES = 5_000_000
MOST_UNPACKED = 100_000_000


def download(services: Iterable[Service], filename: str) -> HttpResponse:
    """A workbook as a download."""
    response = HttpResponse(workbook(services), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return response


def workbook(services: Iterable[Service]) -> bytes:
    """One sheet. Text is written as text: nothing in a cell is ever taken for a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet("服务清单")
    head = book.add_format({"bold": True, "bg_color": "#fbeeec", "text_wrap": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    columns = list(HEADS)
    page.freeze_panes(1, 2)
    page.set_column(0, 0, 20)
    page.set_column(1, len(columns), 24)
    page.write_row(0, 0, [*HEADS.values(), STATE], head)
    for row, service in enumerate(services, start=1):
        for column, value in enumerate([*_cells(service), STATES[service.state]]):
            if isinstance(value, int):
                page.write_number(row, column, value, wrap)
            else:
                page.write_string(row, column, value, wrap)
    book.close()
    return out.getvalue()


def _cells(service: Service) -> Iterator[str | int]:
    content = latest(service)
    words = as_text(content)
    labels = {value: label for label, value in AUDIENCES.items()}
    for name in HEADS:
        if name == "key":
            yield service.key
        elif name == "audience":
            yield str(labels.get(content["audience"], content["audience"]))
        else:
            value: Any = words[name]
            yield "" if value is None else value


@dataclass
class Row:
    """One line of the sheet, read: `number` as Excel counts, with the head as row 1."""

    number: int
    key: str
    content: Content
    problems: list[Problem] = field(default_factory=list)

    def faults(self) -> list[tuple[str, str]]:
        """(column as it is headed, reason)"""
        return [(HEADS.get(p.field, p.field), p.message) for p in self.problems]


class Unreadable(ValueError):
    """The file as a whole cannot be read; the message says what to do."""


def read(upload: IO[bytes], community: Organisation) -> list[Row]:
    """Read a workbook and check every row; raises Unreadable for a file that is none or lacks its columns.

    Domains and organisations may be given by key or by name. Rows that are wholly empty are passed over.
    """
    grid = _grid(upload)
    heads = [cell.strip() for cell in grid[0]] if grid else []
    columns = {name: heads.index(head) for name, head in HEADS.items() if head in heads}
    missing = [HEADS[name] for name in ("key", "name", "domain", "organisation") if name not in columns]
    if missing:
        text = _("第一行要有列名，缺：%(names)s。先下载一份现在的清单，照着它改最省事。")
        raise Unreadable(text % {"names": "、".join(missing)})
    reader = _Reader(community, columns)
    return [reader.row(number, cells) for number, cells in enumerate(grid[1:], start=2) if any(cells)]


class _Reader:
    def __init__(self, community: Organisation, columns: dict[str, int]) -> None:
        self.columns = columns
        self.community = community
        self.known = queries.known(community)
        # Names as people write them; a key wins over a name.
        responsible = queries.responsible(community).values_list("name", "key")
        self.organisations = dict(responsible) | {key: key for _name, key in responsible}
        domains = Domain.objects.filter(community=community).values_list("name", "key")
        self.domains = dict(domains) | {key: key for _name, key in domains}
        services = Service.objects.filter(community=community).select_related("domain", "organisation")
        self.services = {service.key: service for service in services}
        self.points = {s.point: s.key for s in self.services.values() if s.point}
        self.seen: dict[str, int] = {}

    def row(self, number: int, cells: list[str]) -> Row:
        """Columns that the sheet does not have keep what the service says now."""
        key = self._text(cells, "key")
        have = self.services.get(key)
        content = empty() | (latest(have) if have else {})
        problems = check_key(key)
        if key in self.seen:
            text = _("和第 %(row)s 行是同一个编号。") % {"row": self.seen[key]}
            problems.append(Problem("key", text, breaks=True))
        self.seen.setdefault(key, number)
        for name in self.columns.keys() & LABELS.keys():
            content[name] = self._value(cells, name, problems)
        return Row(number, key, content, problems + self._checked(key, content, problems))

    def _checked(self, key: str, content: Content, problems: list[Problem]) -> list[Problem]:
        taken = {point: name for point, name in self.known.points.items() if self.points.get(point) != key}
        known = type(self.known)(self.known.domains, self.known.organisations, taken)
        already = {problem.field for problem in problems}
        return [problem for problem in check(content, known) if problem.field not in already]

    def _value(self, cells: list[str], name: str, problems: list[Problem]) -> Any:
        text = self._text(cells, name)
        if name in LISTS:
            return lines.read(name, text)
        if name in NUMBERS:
            return self._number(text, name, problems)
        if name == "domain":
            return self.domains.get(text, text)
        if name == "organisation":
            return self.organisations.get(text, text)
        return AUDIENCES.get(text, text) if name == "audience" else text

    def _number(self, text: str, name: str, problems: list[Problem]) -> int | None:
        if not text and name == "point":
            return None
        if text.isdecimal() and len(text) < 6:
            return int(text)
        problems.append(Problem(name, _("这里要填一个整数。"), breaks=True))
        return None if name == "point" else empty()[name]

    def _text(self, cells: list[str], name: str) -> str:
        place = self.columns[name]
        return cells[place].strip() if place < len(cells) else ""


def _grid(upload: IO[bytes]) -> list[list[str]]:
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Unreadable(_("文件太大，最多 5 MB。请分成几份。"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise Unreadable(_("文件解开以后太大，请分成几份。"))
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            file.write(data)
            file.flush()
            grid = list(islice(tables.sheet_rows(Path(file.name)), MOST_ROWS + 2))
    except tables.NotATable as error:
        if error.code == "too_large":
            raise Unreadable(_("文件解开以后太大，请分成几份。")) from error
        raise Unreadable(_("这个文件读不出来。请用 Excel 另存为 .xlsx 再试。")) from error
    except zipfile.BadZipFile as error:
        raise Unreadable(_("这个文件读不出来。请用 Excel 另存为 .xlsx 再试。")) from error
    if len(grid) > MOST_ROWS + 1:
        raise Unreadable(_("最多 %(n)s 行，请分成几份。") % {"n": MOST_ROWS})
    return grid
