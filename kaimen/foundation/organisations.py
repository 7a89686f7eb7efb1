"""Writes on the tree of organisations and on the people in it."""

from datetime import date
from typing import Any

from django.db import transaction

from kaimen.foundation import audit
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.fields import digest
from kaimen.foundation.models import Organisation, Person, Role, Webhook


@transaction.atomic
def add_organisation(
    *,
    key: str,
    name: str,
    kind: OrganisationKind,
    parent: Organisation | None,
    by: Person | None,
    **fields: Any,
) -> Organisation:
    """Add a node under `parent`; its path and community follow from the tree."""
    node = Organisation(key=key, name=name, kind=kind, parent=parent, **fields)
    node.community = parent.community if parent else None
    node.save()
    node.path = f"{parent.path if parent else '/'}{node.pk}/"
    if kind == OrganisationKind.COMMUNITY:
        node.community = node
    node.save(update_fields=["path", "community"])
    audit.record(verb="organisation.add", subject=node, by=by, community_id=node.community_id)
    return node


@transaction.atomic
def add_person(
    *, name: str, phone: str = "", id_number: str = "", by: Person | None, **fields: Any
) -> Person:
    """Add a person; `phone` and `id_number` are already checked and normalised (logic.identity)."""
    person = Person.objects.create(
        name=name,
        phone=phone,
        phone_digest=phone_digest(phone),
        id_number=id_number,
        id_digest=digest(id_number, "id") if id_number else "",
        **fields,
    )
    audit.record(verb="person.add", subject=person, by=by)
    return person


def phone_digest(phone: str) -> str:
    """Blind index of a normalised phone number; "" for none."""
    return digest(phone, "phone") if phone else ""


@transaction.atomic
def give_role(
    *,
    person: Person,
    kind: RoleKind,
    organisation: Organisation,
    by: Person | None,
    domains: list[str] | None = None,
    areas: list[str] | None = None,
    since: date | None = None,
) -> Role:
    """Give (or give back) a role; asking twice changes nothing twice."""
    role, _ = Role.objects.update_or_create(
        person=person,
        kind=kind,
        organisation=organisation,
        defaults={"domains": domains or [], "areas": areas or [], "since": since, "active": True},
    )
    person.__dict__.pop("_roles", None)
    audit.record(verb="role.give", subject=person, by=by, community_id=organisation.community_id, kind=kind)
    return role


@transaction.atomic
def change_organisation(*, organisation: Organisation, by: Person, **fields: Any) -> None:
    """Change what a node says about itself; its kind and its place in the tree stay."""
    for name, value in fields.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(fields))
    audit.record(verb="organisation.change", subject=organisation, by=by, fields=sorted(fields))


@transaction.atomic
def add_webhook(*, organisation: Organisation, url: str, flavour: str, by: Person) -> Webhook:
    """A group robot that hears what concerns `organisation`; the address is already checked."""
    webhook = Webhook.objects.create(organisation=organisation, url=url, flavour=flavour)
    audit.record(verb="webhook.add", subject=organisation, by=by, webhook=webhook.pk)
    return webhook


@transaction.atomic
def drop_webhook(*, webhook: Webhook, by: Person) -> None:
    audit.record(verb="webhook.drop", subject=webhook.organisation, by=by, webhook=webhook.pk)
    webhook.delete()


def employer_of(person: Person | None) -> Organisation | None:
    """The enterprise where this person works now, or whose union they chair; None if neither."""
    if person is None:
        return None
    firms = Organisation.objects.filter(kind=OrganisationKind.ENTERPRISE, active=True)
    works_at = firms.filter(employments__person=person, employments__until=None).order_by("-employments__pk")
    chairs = firms.filter(roles__person=person, roles__kind=RoleKind.CHAIR, roles__active=True)
    return works_at.first() or chairs.first()
