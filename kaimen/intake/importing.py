"""Needs from a table of any shape, row by row through the door: good rows become cases, bad rows are reported."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from kaimen.cases.enums import Channel
from kaimen.catalogue import search
from kaimen.foundation.models import Organisation, Person
from kaimen.intake.actions import LONGEST, Asker, NotTaken, check_words, knock
from kaimen.intake.models import Submission
from kaimen.logic.identity import check_phone
from kaimen.logic.text import clean

# our field -> what it is; `--map subject=标题` names the column
FIELDS = ("subject", "detail", "time", "name", "phone", "id")


class WrongTable(ValueError):
    """The file or its columns do not fit: `code` no_column or no_words_column; params say which."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class BadRow:
    row: int  # as a spreadsheet numbers it: the headings are row 1
    column: str
    code: str  # empty, too_long, nothing_said, time, phone
    value: str = ""


@dataclass
class Report:
    made: int = 0
    already: int = 0
    cut: int = 0  # texts longer than the limit: the case holds the beginning and says so
    bad: list[BadRow] = field(default_factory=list)


def import_needs(
    *,
    rows: Iterator[dict[str, str]],
    columns: dict[str, str],
    community: Organisation,
    by: Person | None,
    source: str,
    keep_times: bool = False,
    dry_run: bool = False,
) -> Report:
    """Bring in every row once: the same row again changes nothing (its key is made of its id or its words and time).

    `columns` maps FIELDS to the table's columns; `subject` or `detail` is needed. With `keep_times` a case starts at
    the row's own time, otherwise now: a promise begins when this door hears of it. Raises WrongTable.
    """
    report, seen = Report(), Counter[str]()
    for number, row in enumerate(rows, 2):
        if number == 2:
            _check_columns(columns, row)
        _one(number, row, columns, community, by, source, keep_times, dry_run, report, seen)
    return report


def _one(
    number: int,
    row: dict[str, str],
    columns: dict[str, str],
    community: Organisation,
    by: Person | None,
    source: str,
    keep_times: bool,
    dry_run: bool,
    report: Report,
    seen: Counter[str],
) -> None:
    value = {name: clean(row.get(column, "")) for name, column in columns.items()}
    words = _words(value)
    if len(words) > LONGEST:
        words = words[: LONGEST - 1] + "…"
        report.cut += 1
    at = _time(value.get("time", ""))
    if value.get("time") and at is None:
        report.bad.append(BadRow(number, columns["time"], "time", value["time"][:40]))
        return
    phone = check_phone(value["phone"]) if value.get("phone") else None
    if phone and not phone.ok:
        report.bad.append(BadRow(number, columns["phone"], "phone"))
        return
    key = _key(source, words, value, seen)
    if Submission.objects.filter(key=key).exists():
        report.already += 1
        return
    try:
        if dry_run:
            check_words(words)
        else:
            _knock(key, words, value, phone.value if phone else "", at if keep_times else None, community, by)
        report.made += 1
    except NotTaken as error:
        report.bad.append(BadRow(number, columns.get("detail") or columns["subject"], error.code))


def _knock(
    key: str,
    words: str,
    value: dict[str, str],
    phone: str | None,
    at: datetime | None,
    community: Organisation,
    by: Person | None,
) -> None:
    best = search.find(community, words[:300], limit=1)
    knock(
        key=key,
        community=community,
        words=words,
        channel=Channel.IMPORT,
        by=by,
        asker=Asker(name=value.get("name", "")[:80], phone=phone or ""),
        service=best[0].service if best else None,
        now=at,
    )


def _key(source: str, words: str, value: dict[str, str], seen: Counter[str]) -> str:
    """The row's id, or all it says and which time it says it: two who use the same words are two voices."""
    identity = value.get("id", "")
    if not identity:
        said = "\n".join([words, *(value.get(name, "") for name in ("time", "name", "phone"))])
        seen[said] += 1
        identity = f"{said}\n{seen[said]}"
    return "import-" + hashlib.sha256(f"{source}:{identity}".encode()).hexdigest()[:48]


def _words(value: dict[str, str]) -> str:
    subject, detail = value.get("subject", ""), value.get("detail", "")
    if subject and detail and not detail.startswith(subject):
        return f"{subject}\n{detail}"
    return detail or subject


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        plain = re.sub(r"[年月/.]", "-", text, count=2).replace("日", " ").strip()
        day = parse_date(plain)
        at = datetime.combine(day, time()) if day else parse_datetime(re.sub(r"\s+", " ", plain))
    except ValueError:
        return None
    return timezone.make_aware(at) if at and timezone.is_naive(at) else at


def _check_columns(columns: dict[str, str], row: dict[str, str]) -> None:
    if not {"subject", "detail"} & set(columns):
        raise WrongTable("no_words_column")
    for name, column in columns.items():
        if column not in row:
            raise WrongTable("no_column", field=name, column=column, has="、".join(row))
