"""One rule answers every "may this person": a role of that kind at the object's organisation or above it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person, Role

STAFF_KINDS = frozenset({RoleKind.OFFICER, RoleKind.SUPERVISOR, RoleKind.HANDLER, RoleKind.MANAGER})


def person_of(request: Any) -> Person | None:
    """The person signed in, or None; None too for a request refused before anybody asked who it is (a wrong host)."""
    user = getattr(request, "user", None)
    return user.person if user is not None and user.is_authenticated else None


def has_role(person: Person | None, kinds: RoleKind | Iterable[RoleKind], organisation: Organisation) -> bool:
    """Has `person` an active role of one of `kinds` at `organisation` or above it?"""
    wanted = {kinds} if isinstance(kinds, RoleKind) else set(kinds)
    above = set(organisation.path_and_above())
    return any(kind in wanted and path in above for kind, path in roles_of(person))


def roles_of(person: Person | None) -> list[tuple[str, str]]:
    """(kind, path of the organisation) of each active role; read once per person object."""
    if person is None:
        return []
    kept: list[tuple[str, str]] | None = person.__dict__.get("_roles")
    if kept is None:
        held = person.roles.filter(active=True).values_list("kind", "organisation__path")
        kept = [(kind, path) for kind, path in held if path]
        person.__dict__["_roles"] = kept
    return kept


def is_staff(person: Person | None) -> bool:
    return any(kind in STAFF_KINDS for kind, _ in roles_of(person))


def has_kind(person: Person | None, *kinds: RoleKind) -> bool:
    """Has `person` a role of one of `kinds` anywhere?"""
    return any(kind in kinds for kind, _ in roles_of(person))


def check_role(
    person: Person | None, kinds: RoleKind | Iterable[RoleKind], organisation: Organisation
) -> None:
    """Raise PermissionDenied unless `has_role`."""
    if not has_role(person, kinds, organisation):
        raise PermissionDenied


def scope(person: Person | None, *kinds: RoleKind) -> QuerySet[Organisation]:
    """Every organisation over which `person` holds a role of one of `kinds`."""
    paths = [path for kind, path in roles_of(person) if kind in kinds]
    if not paths:
        return Organisation.objects.none()
    condition = Q()
    for path in paths:
        condition |= Q(path__startswith=path)
    return Organisation.objects.filter(condition)


def holders(kind: RoleKind, organisation: Organisation) -> QuerySet[Role]:
    """Active roles of `kind` at `organisation` or above it, nearest first; not of those whose account was stopped."""
    return (
        Role.objects.filter(kind=kind, active=True, organisation__path__in=organisation.path_and_above())
        .exclude(person__account__is_active=False)
        .select_related("person", "organisation")
        .order_by("-organisation__path", "pk")
    )


def on_duty(person: Person, today: date) -> bool:
    """Not marked absent today."""
    return not person.absences.filter(first_day__lte=today, last_day__gte=today).exists()
