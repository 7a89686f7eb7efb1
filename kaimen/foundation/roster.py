"""A roster from Excel or CSV: people, where they work, who chairs the union. Good rows stay, bad rows are named.

The same file again changes nothing twice: people are found by phone (or ID number), organisations by USCC or name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from kaimen.foundation import audit
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.fields import digest
from kaimen.foundation.models import Employment, Organisation, Person, Role
from kaimen.foundation.organisations import add_organisation, add_person, give_role, phone_digest
from kaimen.logic.identity import birth_date, check_id, check_phone, check_uscc

NAME, PHONE, ID, UNIT, USCC, POST, CHAIR = "姓名", "手机号", "身份证号", "单位", "统一社会信用代码", "岗位", "是否工会主席"
COLUMNS = (NAME, PHONE, ID, UNIT, USCC, POST, CHAIR)
NEEDED = (NAME, PHONE)
YES = {"是", "y", "yes", "1", "true", "√"}


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


@dataclass(frozen=True)
class _Row:
    number: int
    name: str
    phone: str
    id_number: str
    unit: str
    uscc: str
    post: str
    chair: bool


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
    """Bring in a roster; each good row in a transaction of its own. Raises WrongRoster if a needed column is missing.

    An enterprise that is not known is a bad row, unless `add_units` and the row gives its USCC: then it is added
    under `community`. With `dry_run` nothing is written and the report says what would be.
    """
    report = RosterReport()
    phones: dict[str, int] = {}
    units = _Units(community, add_units, dry_run, by)
    for number, raw in enumerate(rows, 2):
        if number == 2:
            missing = [column for column in NEEDED if column not in raw]
            if missing:
                raise WrongRoster(missing)
        if not any(str(value).strip() for value in raw.values()):
            continue
        row = _check(number, raw, phones, report)
        if row is None:
            continue
        organisation = units.find(row, report)
        if row.unit and organisation is None and not (dry_run and row.unit in report.new_units):
            continue
        _write(row, organisation, by, dry_run, report)
    return report


def _check(number: int, raw: dict[str, str], phones: dict[str, int], report: RosterReport) -> _Row | None:
    value = {column: str(raw.get(column) or "").strip() for column in COLUMNS}
    problems: list[tuple[str, str]] = []
    if not value[NAME]:
        problems.append((NAME, "name_missing"))
    phone = check_phone(value[PHONE].removesuffix(".0"))
    if not phone.ok:
        problems.append((PHONE, "phone_missing" if not value[PHONE] else f"phone_{phone.problem}"))
    elif phone.value in phones:
        problems.append((PHONE, "phone_twice"))
    id_number = check_id(value[ID]) if value[ID] else None
    if id_number and not id_number.ok:
        problems.append((ID, f"id_{id_number.problem}"))
    uscc = check_uscc(value[USCC]) if value[USCC] else None
    if uscc and not uscc.ok:
        problems.append((USCC, f"uscc_{uscc.problem}"))
    report.bad += [BadRow(number, column, code) for column, code in problems]
    if problems:
        return None
    phones[phone.value or ""] = number
    return _Row(
        number=number,
        name=value[NAME],
        phone=phone.value or "",
        id_number=(id_number.value or "") if id_number else "",
        unit=value[UNIT],
        uscc=(uscc.value or "") if uscc else "",
        post=value[POST][:80],
        chair=value[CHAIR].lower() in YES,
    )


class _Units:
    def __init__(self, community: Organisation, add: bool, dry_run: bool, by: Person | None) -> None:
        known = list(Organisation.objects.filter(community=community))
        self.by_name = {o.name: o for o in known}
        self.by_uscc = {o.uscc: o for o in known if o.uscc}
        self.community, self.add, self.dry_run, self.by = community, add, dry_run, by

    def find(self, row: _Row, report: RosterReport) -> Organisation | None:
        if not row.unit and not row.uscc:
            return None
        found = self.by_uscc.get(row.uscc) or self.by_name.get(row.unit)
        if found or row.unit in report.new_units:
            return found
        if not (self.add and row.uscc and row.unit):
            report.bad.append(BadRow(row.number, UNIT, "unit_unknown"))
            return None
        report.new_units.append(row.unit)
        if not self.dry_run:
            found = add_organisation(
                key=f"e-{row.uscc.lower()}",
                name=row.unit,
                kind=OrganisationKind.ENTERPRISE,
                parent=self.community,
                uscc=row.uscc,
                by=self.by,
            )
            self.by_name[found.name] = self.by_uscc[found.uscc] = found
        return found


def _write(
    row: _Row, organisation: Organisation | None, by: Person | None, dry_run: bool, report: RosterReport
) -> None:
    person = Person.objects.filter(phone_digest=phone_digest(row.phone)).first()
    id_digest = digest(row.id_number, "id") if row.id_number else ""
    if id_digest and Person.objects.filter(id_digest=id_digest).exclude(pk=person.pk if person else None).exists():
        report.bad.append(BadRow(row.number, ID, "id_of_another"))
        return
    if dry_run:
        changes = _changes(person, row, organisation) if person else True
        report.added += person is None
        report.changed += bool(person and changes)
        report.same += bool(person and not changes)
        return
    with transaction.atomic():
        if person is None:
            born = birth_date(row.id_number) if row.id_number else None
            person = add_person(name=row.name, phone=row.phone, id_number=row.id_number, birth_date=born, by=by)
            _place(person, row, organisation, by)
            report.added += 1
        elif _changes(person, row, organisation):
            _update(person, row, id_digest, by)
            _place(person, row, organisation, by)
            report.changed += 1
        else:
            report.same += 1


def _changes(person: Person | None, row: _Row, organisation: Organisation | None) -> bool:
    if person is None or person.name != row.name or (row.id_number and person.id_number != row.id_number):
        return True
    if organisation is None:
        return False
    job = Employment.objects.filter(person=person, organisation=organisation, until=None).first()
    if job is None or (row.post and job.post != row.post):
        return True
    chairs = Role.objects.filter(person=person, organisation=organisation, kind=RoleKind.CHAIR, active=True)
    return row.chair and not chairs.exists()


def _update(person: Person, row: _Row, id_digest: str, by: Person | None) -> None:
    person.name = row.name
    if row.id_number:
        person.id_number, person.id_digest = row.id_number, id_digest
    person.save(update_fields=["name", "id_number", "id_digest"])
    audit.record(verb="person.update", subject=person, by=by)


def _place(person: Person, row: _Row, organisation: Organisation | None, by: Person | None) -> None:
    if organisation is None:
        return
    Employment.objects.update_or_create(
        person=person, organisation=organisation, until=None, defaults={"post": row.post}
    )
    if row.chair:
        give_role(person=person, kind=RoleKind.CHAIR, organisation=organisation, by=by)
