"""A roster from Excel or CSV: people, where they work, who chairs the union. Good rows stay, bad rows are named.

The same file again changes nothing twice: people are found by phone, organisations by USCC or name. Rows are taken
in chunks, each compared with the database by a few queries and written in one transaction (roster_writing), so that
ten thousand of them take seconds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import IntegrityError

from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.organisations import add_organisation
from kaimen.foundation.roster_writing import (
    CHAIR,
    COLUMNS,
    ID,
    NAME,
    PHONE,
    POST,
    UNIT,
    USCC,
    Row,
    write_chunk,
)
from kaimen.logic.identity import Checked, check_id, check_phone, check_uscc
from kaimen.logic.text import clean

NEEDED = (NAME, PHONE)
YES = {"是", "y", "yes", "1", "true", "√"}
LONGEST_NAME = 80  # as Person.name
LONGEST_UNIT = 120  # as Organisation.name
CHUNK = 500


@dataclass(frozen=True)
class BadRow:
    """Row as a spreadsheet numbers it, the column, and a reason code (see roster_words)."""

    row: int
    column: str
    code: str


@dataclass
class RosterReport:
    added: int = 0
    changed: int = 0
    same: int = 0
    bad: list[BadRow] = field(default_factory=list)
    new_units: list[str] = field(default_factory=list)


class WrongRoster(ValueError):
    """The table has no column of that name; `missing` lists them."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("、".join(missing))
        self.missing = missing


def import_roster(
    *,
    rows: Iterable[dict[str, str]],
    community: Organisation,
    by: Person | None,
    dry_run: bool = False,
    add_units: bool = False,
) -> RosterReport:
    """Bring in a roster, chunk by chunk. Raises WrongRoster if a needed column is missing.

    An enterprise that is not known is a bad row, unless `add_units` and the row gives its USCC: then it is added
    under `community`. A person who belongs to another community keeps name and ID number: the row is bad unless both
    agree. With `dry_run` nothing is written and the report says what would be.
    """
    report = RosterReport()
    good = _good(rows, report, _Units(community, add_units, dry_run, by))
    while chunk := list(islice(good, CHUNK)):
        try:
            done = write_chunk(chunk, community, by, dry_run)
        except IntegrityError:  # somebody else added one of these people just now: look again, once
            done = write_chunk(chunk, community, by, dry_run)
        report.added += done.added
        report.changed += done.changed
        report.same += done.same
        report.bad += [BadRow(*problem) for problem in done.bad]
    report.bad.sort(key=lambda bad: bad.row)
    return report


def _good(rows: Iterable[dict[str, str]], report: RosterReport, units: "_Units") -> Iterator[Row]:
    seen: dict[str, set[str]] = {PHONE: set(), ID: set()}
    for number, raw in enumerate(rows, 2):
        if number == 2:
            missing = [column for column in NEEDED if column not in raw]
            if missing:
                raise WrongRoster(missing)
        if not any(str(value).strip() for value in raw.values()):
            continue
        row = _check(number, raw, seen, report, units)
        if row is not None:
            yield row


def _check(
    number: int, raw: dict[str, str], seen: dict[str, set[str]], report: RosterReport, units: "_Units"
) -> Row | None:
    value = {column: clean(str(raw.get(column) or "")) for column in COLUMNS}
    problems: list[tuple[str, str]] = []
    for column, longest in ((NAME, LONGEST_NAME), (UNIT, LONGEST_UNIT)):
        if len(value[column]) > longest:
            problems.append((column, "too_long"))
    if not value[NAME]:
        problems.append((NAME, "name_missing"))
    phone = _checked(check_phone(value[PHONE].removesuffix(".0")), PHONE, "phone", problems)
    id_number = _checked(check_id(value[ID]), ID, "id", problems) if value[ID] else ""
    uscc = value[USCC].upper()
    if uscc and uscc not in units.by_uscc:  # one that is registered here was checked when it was
        uscc = _checked(check_uscc(uscc), USCC, "uscc", problems)
    for column, kind, found in ((PHONE, "phone", phone), (ID, "id", id_number)):
        if found and found in seen[column]:
            problems.append((column, f"{kind}_twice"))
    organisation = None
    if not problems and (value[UNIT] or uscc):
        organisation, problem = units.find(value[UNIT], uscc, report.new_units)
        problems += [(UNIT, problem)] if problem else []
    report.bad += [BadRow(number, column, code) for column, code in problems]
    if problems:
        return None
    seen[PHONE].add(phone)
    seen[ID].add(id_number)
    return Row(
        number=number,
        name=value[NAME],
        phone=phone,
        id_number=id_number,
        organisation=organisation,
        post=value[POST][:80],
        chair=value[CHAIR].lower() in YES,
    )


def _checked(checked: Checked, column: str, kind: str, problems: list[tuple[str, str]]) -> str:
    if checked.problem:
        problems.append((column, f"{kind}_{'missing' if checked.problem == 'empty' else checked.problem}"))
    return checked.value or ""


class _Units:
    """The community's organisations by USCC and name, with those that this roster brings."""

    def __init__(self, community: Organisation, add: bool, dry_run: bool, by: Person | None) -> None:
        known = list(Organisation.objects.filter(community=community))
        self.by_name: dict[str, Organisation | None] = {o.name: o for o in known}
        self.by_uscc: dict[str, Organisation | None] = {o.uscc: o for o in known if o.uscc}
        self.community, self.add, self.dry_run, self.by = community, add, dry_run, by

    def find(self, name: str, uscc: str, new: list[str]) -> tuple[Organisation | None, str]:
        """The organisation, or a reason code; in a dry run a new one is (None, "")."""
        if uscc in self.by_uscc:
            return self.by_uscc[uscc], ""
        if name in self.by_name:
            known = self.by_name[name]
            other = uscc and known and known.uscc and known.uscc != uscc
            return (None, "uscc_differs") if other else (known, "")
        if not (self.add and uscc and name):
            return None, "unit_unknown"
        if Organisation.objects.filter(uscc=uscc).exists():
            return None, "unit_elsewhere"
        new.append(name)
        self.by_name[name] = self.by_uscc[uscc] = None if self.dry_run else self._add(name, uscc)
        return self.by_name[name], ""

    def _add(self, name: str, uscc: str) -> Organisation:
        fields: dict[str, Any] = {"uscc": uscc, "parent": self.community, "by": self.by}
        return add_organisation(
            key=f"e-{uscc.lower()}", name=name, kind=OrganisationKind.ENTERPRISE, **fields
        )
