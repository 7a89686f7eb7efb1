"""Writing the good rows of a roster: what differs from the database, in as few statements as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from kaimen.foundation import audit
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.fields import digest
from kaimen.foundation.models import AuditEntry, Employment, Organisation, Person, Role
from kaimen.foundation.organisations import give_role, phone_digest
from kaimen.logic.identity import birth_date

NAME, PHONE, ID, UNIT, USCC, POST, CHAIR = (
    "姓名",
    "手机号",
    "身份证号",
    "单位",
    "统一社会信用代码",
    "岗位",
    "是否工会主席",
)
COLUMNS = (NAME, PHONE, ID, UNIT, USCC, POST, CHAIR)


@dataclass(frozen=True)
class Row:
    """A checked row. `organisation` None: no unit given, or one that a dry run did not add."""

    number: int
    name: str
    phone: str
    id_number: str
    organisation: Organisation | None
    post: str
    chair: bool


@dataclass
class Done:
    added: int = 0
    changed: int = 0
    same: int = 0
    bad: list[tuple[int, str, str]] = field(default_factory=list)  # row, column, code


class _Known:
    """What the database holds about the people of one chunk: four queries, however many rows."""

    def __init__(self, chunk: Sequence[Row]) -> None:
        phones = [phone_digest(row.phone) for row in chunk]
        ids = [digest(row.id_number, "id") for row in chunk if row.id_number]
        self.people = {p.phone_digest: p for p in Person.objects.filter(phone_digest__in=phones)}
        self.id_owners = dict(Person.objects.filter(id_digest__in=ids).values_list("id_digest", "pk"))
        found = [person.pk for person in self.people.values()]
        jobs = Employment.objects.filter(person__in=found, until=None).select_related("organisation")
        roles = Role.objects.filter(person__in=found, active=True).select_related("organisation")
        self.jobs = {(job.person_id, job.organisation_id): job for job in jobs}
        self.chairs = {(r.person_id, r.organisation_id) for r in roles if r.kind == RoleKind.CHAIR}
        self.communities: dict[int, set[int | None]] = {}
        ties: list[Employment | Role] = [*self.jobs.values(), *roles]
        for tie in ties:
            self.communities.setdefault(tie.person_id, set()).add(tie.organisation.community_id)

    def elsewhere(self, person: Person, community: Organisation) -> bool:
        """Has ties, and none of them here: this community's manager does not decide who they are."""
        ties = self.communities.get(person.pk, set())
        return bool(ties) and community.pk not in ties


def write_chunk(chunk: Sequence[Row], community: Organisation, by: Person | None, dry_run: bool) -> Done:
    """Write what differs, all of it or nothing. Raises IntegrityError if somebody added one of them meanwhile."""
    known, done = _Known(chunk), Done()
    new: list[Row] = []
    changed: list[tuple[Row, Person]] = []
    for row in chunk:
        person = known.people.get(phone_digest(row.phone))
        problem = _problem(row, person, known, community)
        if problem:
            done.bad.append((row.number, *problem))
        elif person is None:
            new.append(row)
        elif _differs(row, person, known):
            changed.append((row, person))
        else:
            done.same += 1
    done.added, done.changed = len(new), len(changed)
    if not dry_run:
        with transaction.atomic():
            _add(new, by)
            for row, person in changed:
                _update(row, person, known, by)
    return done


def _problem(
    row: Row, person: Person | None, known: _Known, community: Organisation
) -> tuple[str, str] | None:
    owner = known.id_owners.get(digest(row.id_number, "id")) if row.id_number else None
    if owner is not None and (person is None or owner != person.pk):
        return ID, "id_of_another"
    if person and known.elsewhere(person, community):
        if person.name != row.name:
            return NAME, "name_elsewhere"
        if row.id_number and person.id_number != row.id_number:
            return ID, "id_elsewhere"
    return None


def _differs(row: Row, person: Person, known: _Known) -> bool:
    if person.name != row.name or (row.id_number and person.id_number != row.id_number):
        return True
    if row.organisation is None:
        return False
    here = (person.pk, row.organisation.pk)
    job = known.jobs.get(here)
    return job is None or bool(row.post and job.post != row.post) or (row.chair and here not in known.chairs)


def _add(rows: Sequence[Row], by: Person | None) -> None:
    people = Person.objects.bulk_create(
        Person(
            name=row.name,
            phone=row.phone,
            phone_digest=phone_digest(row.phone),
            id_number=row.id_number,
            id_digest=digest(row.id_number, "id") if row.id_number else "",
            birth_date=birth_date(row.id_number) if row.id_number else None,
        )
        for row in rows
    )
    AuditEntry.objects.bulk_create(
        AuditEntry(actor=by, verb="person.add", subject_kind=Person._meta.label_lower, subject_id=person.pk)
        for person in people
    )
    Employment.objects.bulk_create(
        Employment(person=person, organisation=row.organisation, post=row.post)
        for row, person in zip(rows, people, strict=True)
        if row.organisation
    )
    for row, person in zip(rows, people, strict=True):
        _chair(row, person, by)


def _update(row: Row, person: Person, known: _Known, by: Person | None) -> None:
    person.name = row.name
    if row.id_number:
        person.id_number, person.id_digest = row.id_number, digest(row.id_number, "id")
        person.birth_date = birth_date(row.id_number)
    person.save(update_fields=["name", "id_number", "id_digest", "birth_date"])
    audit.record(verb="person.update", subject=person, by=by)
    if row.organisation is None:
        return
    job = known.jobs.get((person.pk, row.organisation.pk))
    if job is None:
        Employment.objects.create(person=person, organisation=row.organisation, post=row.post)
    elif row.post and job.post != row.post:
        job.post = row.post
        job.save(update_fields=["post"])
    if (person.pk, row.organisation.pk) not in known.chairs:
        _chair(row, person, by)


def _chair(row: Row, person: Person, by: Person | None) -> None:
    if row.chair and row.organisation:
        give_role(person=person, kind=RoleKind.CHAIR, organisation=row.organisation, by=by)
