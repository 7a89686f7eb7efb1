"""A small invented world: one federation, one community, two officers, supervisors above, a department, a firm."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client

from kaimen.cases import actions
from kaimen.cases.models import Case
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Account, Employment, Organisation, Person, Role
from kaimen.foundation.organisations import add_organisation, add_person, give_role, phone_digest

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: str, clock: str = "10:00") -> datetime:
    """A moment in the park: at("2026-03-02")."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


MONDAY = at("2026-03-02")


@dataclass
class World:
    federation: Organisation
    community: Organisation
    department: Organisation
    firm: Organisation
    domain: Domain
    service: Service
    officer: Person
    colleague: Person
    supervisor: Person
    deputy_supervisor: Person
    above: Person
    manager: Person
    handler: Person
    asker: Person
    stranger: Person
    other_firm: Organisation
    worker: Person  # at the firm, with a phone
    worker_elsewhere: Person  # at another firm of the same community
    chair: Person  # of the firm's union

    def case(self, words: str = "停车位太少，晚上没地方停。", **changes: Any) -> Case:
        wanted = {
            "community": self.community,
            "words": words,
            "service": self.service,
            "domain": None,
            "owner": self.officer,
            "routing": [["only_one", {}]],
            "channel": "web",
            "now": MONDAY,
            "by": None,
            "asker_name": "示例周",
            "asker_phone": "13800000001",
        } | changes
        return actions.open_case(**wanted)

    def elsewhere(self) -> Person:
        """An officer of another community, who must not know that this one's cases exist."""
        other = _node("elsewhere", "示例另一个社区", OrganisationKind.COMMUNITY, self.federation)
        return _person("示例褚", RoleKind.OFFICER, other)

    def fresh(self, case: Case) -> Case:
        """The case as the database has it, read anew."""
        return Case.objects.get(pk=case.pk)


def world() -> World:
    federation = _node("federation", "示例总工会", OrganisationKind.FEDERATION, None)
    community = _node("park", "示例工业社区", OrganisationKind.COMMUNITY, federation)
    department = _node("traffic", "示例交警", OrganisationKind.DEPARTMENT, community)
    firm = _node("firm", "示例模具厂", OrganisationKind.ENTERPRISE, community)
    domain = Domain.objects.create(community=community, key="commute", name="通勤交通")
    service = Service.objects.create(
        community=community,
        key="parking",
        domain=domain,
        audience="worker",
        organisation=department,
        state="published",
        name="停车",
        summary="停车的事",
        first_answer_days=2,
        solve_days=10,
    )
    other_firm = _node("other-firm", "示例压铸厂", OrganisationKind.ENTERPRISE, community)
    roles: dict[str, tuple[str, RoleKind | None, Organisation]] = {
        "officer": ("示例王", RoleKind.OFFICER, community),
        "colleague": ("示例李", RoleKind.OFFICER, community),
        "supervisor": ("示例陈", RoleKind.SUPERVISOR, community),
        "deputy_supervisor": ("示例吴", RoleKind.SUPERVISOR, community),
        "above": ("示例郑", RoleKind.SUPERVISOR, federation),
        "manager": ("示例孙", RoleKind.MANAGER, community),
        "handler": ("示例赵", RoleKind.HANDLER, department),
        "asker": ("示例钱", None, community),
        "stranger": ("示例冯", None, community),
        "worker": ("示例韩", None, firm),
        "worker_elsewhere": ("示例杨", None, other_firm),
        "chair": ("示例许", RoleKind.CHAIR, firm),
    }
    phones = {"worker": "13800000021", "worker_elsewhere": "13800000022"}
    people = _people(roles, phones)
    return World(federation, community, department, firm, domain, service, other_firm=other_firm, **people)


def _people(
    cast: dict[str, tuple[str, RoleKind | None, Organisation]], phones: dict[str, str]
) -> dict[str, Person]:
    """What `add_person` and `give_role` would write, in three statements: a thousand tests begin with it."""
    people = {
        key: Person(name=name, phone=phones.get(key, ""), phone_digest=phone_digest(phones.get(key, "")))
        for key, (name, _kind, _organisation) in cast.items()
    }
    Person.objects.bulk_create(people.values())
    Role.objects.bulk_create(
        Role(person=people[key], kind=kind, organisation=organisation)
        for key, (_name, kind, organisation) in cast.items()
        if kind
    )
    Employment.objects.bulk_create(
        Employment(person=people[key], organisation=cast[key][2]) for key in phones
    )
    return people


def signed_in(client: Client, person: Person) -> Client:
    """The client, with the person signed in."""
    account, _ = Account.objects.get_or_create(person=person, defaults={"username": f"p{person.pk}"})
    client.force_login(account)
    return client


def _node(key: str, name: str, kind: OrganisationKind, parent: Organisation | None) -> Organisation:
    return add_organisation(key=key, name=name, kind=kind, parent=parent, by=None)


def _person(name: str, kind: RoleKind | None, organisation: Organisation) -> Person:
    person = add_person(name=name, by=None)
    if kind:
        give_role(person=person, kind=kind, organisation=organisation, by=None)
    return person
