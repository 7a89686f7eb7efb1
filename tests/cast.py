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
from kaimen.foundation.models import Account, Employment, Organisation, Person
from kaimen.foundation.organisations import add_organisation, add_person, give_role

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
    people = {
        "officer": _person("示例王", RoleKind.OFFICER, community),
        "colleague": _person("示例李", RoleKind.OFFICER, community),
        "supervisor": _person("示例陈", RoleKind.SUPERVISOR, community),
        "deputy_supervisor": _person("示例吴", RoleKind.SUPERVISOR, community),
        "above": _person("示例郑", RoleKind.SUPERVISOR, federation),
        "manager": _person("示例孙", RoleKind.MANAGER, community),
        "handler": _person("示例赵", RoleKind.HANDLER, department),
        "asker": _person("示例钱", None, community),
        "stranger": _person("示例冯", None, community),
    }
    other_firm = _node("other-firm", "示例压铸厂", OrganisationKind.ENTERPRISE, community)
    people |= {
        "worker": _employed("示例韩", "13800000021", firm),
        "worker_elsewhere": _employed("示例杨", "13800000022", other_firm),
        "chair": _person("示例许", RoleKind.CHAIR, firm),
    }
    return World(federation, community, department, firm, domain, service, other_firm=other_firm, **people)


def signed_in(client: Client, person: Person) -> Client:
    """The client, with the person signed in."""
    account, _ = Account.objects.get_or_create(person=person, defaults={"username": f"p{person.pk}"})
    client.force_login(account)
    return client


def _node(key: str, name: str, kind: OrganisationKind, parent: Organisation | None) -> Organisation:
    return add_organisation(key=key, name=name, kind=kind, parent=parent, by=None)


def _employed(name: str, phone: str, organisation: Organisation) -> Person:
    person = add_person(name=name, phone=phone, by=None)
    Employment.objects.create(person=person, organisation=organisation)
    return person


def _person(name: str, kind: RoleKind | None, organisation: Organisation) -> Person:
    person = add_person(name=name, by=None)
    if kind:
        give_role(person=person, kind=kind, organisation=organisation, by=None)
    return person
