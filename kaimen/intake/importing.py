"""Needs from a table of any shape, row by row through the door: good rows become cases, bad rows are reported."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from kaimen.cases.enums import Channel
from kaimen.cases.models import Case
from kaimen.foundation import notices
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation, Person, Place
from kaimen.intake.actions import LONGEST, Asker, NotTaken, check_words, knock
from kaimen.intake.models import Submission
from kaimen.intake.suggest import obvious_service
from kaimen.logic.identity import check_phone
from kaimen.logic.text import clean

# our field -> what it is; `--map subject=标题` names the column
FIELDS = ("subject", "detail", "time", "name", "phone", "place", "enterprise", "id")
LONGEST_NAME = 80
LONGEST_PLACE = 120


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
    code: str  # empty, nothing_said, time, future, phone
    value: str = ""


@dataclass(frozen=True)
class Need:
    """A good row, read: what `bring_in` hands to the door. `key` makes it once only."""

    row: int
    key: str
    words: str
    cut: bool  # longer than the limit: the words hold the beginning and end in …
    name: str = ""
    phone: str = ""
    at: datetime | None = None
    place: Place | None = None
    place_text: str = ""
    enterprise: Organisation | None = None
    unknown_unit: str = (
        ""  # named in the table, not registered here; stands in place_text so that it is not lost
    )


@dataclass
class Report:
    made: int = 0
    already: int = 0
    cut: int = 0
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
    report, owners = Report(), Counter[Person]()
    for read in read_needs(
        rows=rows, columns=columns, community=community, source=source, keep_times=keep_times
    ):
        if isinstance(read, BadRow):
            report.bad.append(read)
            continue
        report.cut += read.cut
        if Submission.objects.filter(key=read.key).exists():
            report.already += 1
            continue
        if not dry_run:
            owners[bring_in(need=read, community=community, by=by, keep_times=keep_times).owner] += 1
        report.made += 1
    tell_owners(owners)
    return report


def read_needs(
    *,
    rows: Iterator[dict[str, str]],
    columns: dict[str, str],
    community: Organisation,
    source: str,
    keep_times: bool,
) -> Iterator[Need | BadRow]:
    """What each row says, or why it cannot be taken; the same rows read again give the same keys. Writes nothing.

    Raises WrongTable at the first row when `columns` do not fit.
    """
    units = _by_name(
        Organisation.objects.filter(community=community, kind=OrganisationKind.ENTERPRISE, active=True)
    )
    places = _by_name(Place.objects.filter(community=community))
    latest, seen = timezone.now() if keep_times else None, Counter[str]()
    for number, row in enumerate(rows, 2):
        if number == 2:
            check_columns(columns, list(row))
        value = {name: clean(row.get(column, "") or "") for name, column in columns.items()}
        if any(value.values()):  # an empty line at the end of a sheet is nobody's need
            yield _read(number, value, columns, source, seen, units, places, latest)


def tell_owners(owners: Mapping[Person, int]) -> None:
    """One notice for each who owns some of what was imported: nobody wants thousands."""
    for owner, count in owners.items():
        notices.notify(
            person=owner, code="cases_imported", link="/desk/?channel=import", params={"count": count}
        )


def bring_in(*, need: Need, community: Organisation, by: Person | None, keep_times: bool) -> Case:
    """One row through the door; the same `need.key` again changes nothing. Raises logic.routing.NoOwner."""
    return knock(
        key=need.key,
        community=community,
        words=need.words,
        channel=Channel.IMPORT,
        by=by,
        asker=Asker(name=need.name, phone=need.phone, enterprise=need.enterprise),
        service=obvious_service(community, need.words),
        place=need.place,
        place_text=need.place_text,
        now=need.at if keep_times else None,
    )


def check_columns(columns: dict[str, str], headings: list[str]) -> None:
    """Raise WrongTable unless there is a column for the words and each column named is in the table."""
    if not {"subject", "detail"} & set(columns):
        raise WrongTable("no_words_column")
    for name, column in columns.items():
        if column not in headings:
            raise WrongTable("no_column", field=name, column=column, has="、".join(headings))


def _read(
    number: int,
    value: dict[str, str],
    columns: dict[str, str],
    source: str,
    seen: Counter[str],
    units: dict[str, Organisation],
    places: dict[str, Place],
    latest: datetime | None,
) -> Need | BadRow:
    words = _words(value)
    cut = len(words) > LONGEST
    if cut:
        words = words[: LONGEST - 1] + "…"
    at = _time(value.get("time", ""))
    if value.get("time") and (at is None or (latest and at > latest)):
        return BadRow(number, columns["time"], "future" if at else "time", value["time"][:40])
    phone = check_phone(value["phone"]) if value.get("phone") else None
    if phone and not phone.ok:
        return BadRow(number, columns["phone"], "phone")
    key = _key(source, words, value, seen)
    try:
        words = check_words(words)
    except NotTaken as error:
        return BadRow(number, columns.get("detail") or columns["subject"], error.code)
    place, unit = places.get(value.get("place", "")), units.get(value.get("enterprise", ""))
    unknown = "" if unit else value.get("enterprise", "")
    spot = " ".join(part for part in (unknown, "" if place else value.get("place", "")) if part)
    return Need(
        row=number,
        key=key,
        words=words,
        cut=cut,
        name=value.get("name", "")[:LONGEST_NAME],
        phone=(phone.value or "") if phone else "",
        at=at,
        place=place,
        place_text=spot[:LONGEST_PLACE],
        enterprise=unit,
        unknown_unit=unknown,
    )


def _by_name(rows: Any) -> dict[str, Any]:
    return {clean(row.name): row for row in rows}


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
