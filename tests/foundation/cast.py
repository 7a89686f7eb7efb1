"""A small invented world for signing in and managing people."""

from dataclasses import dataclass

from django.test import Client

from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Account, Employment, Organisation, Person
from kaimen.foundation.organisations import add_organisation, add_person, give_role
from kaimen.foundation.sign_in_codes import open_account

PASSWORD = "a long enough one 7"


@dataclass
class Cast:
    federation: Organisation
    community: Organisation
    elsewhere: Organisation
    firm: Organisation
    worker: Person
    officer: Person
    manager: Person
    manager_above: Person
    outsider: Person

    def client(self, person: Person) -> Client:
        """A browser in which `person` is signed in."""
        client = Client()
        client.force_login(open_account(person=person))
        return client


def staff_account(person: Person, username: str) -> Account:
    account = Account(username=username, person=person)
    account.set_password(PASSWORD)
    account.save()
    return account


def build() -> Cast:
    def node(key: str, kind: OrganisationKind, parent: Organisation | None) -> Organisation:
        return add_organisation(key=key, name=f"示例{key}", kind=kind, parent=parent, by=None)

    federation = node("union", OrganisationKind.FEDERATION, None)
    community = node("lingfeng", OrganisationKind.COMMUNITY, federation)
    elsewhere = node("elsewhere", OrganisationKind.COMMUNITY, federation)
    firm = node("firm", OrganisationKind.ENTERPRISE, community)

    def person(name: str, number: int, at: Organisation, role: RoleKind | None = None) -> Person:
        made = add_person(name=name, phone=f"1380000{number:04d}", by=None)
        Employment.objects.create(person=made, organisation=at)
        if role:
            give_role(person=made, kind=role, organisation=at, by=None)
        return made

    cast = Cast(
        federation=federation,
        community=community,
        elsewhere=elsewhere,
        firm=firm,
        worker=person("示例工", 1, firm),
        officer=person("示例专员", 2, community, RoleKind.OFFICER),
        manager=person("示例管理员", 3, community, RoleKind.MANAGER),
        manager_above=person("示例上级", 4, federation, RoleKind.MANAGER),
        outsider=person("示例外人", 5, elsewhere),
    )
    staff_account(cast.officer, "officer")
    return cast
