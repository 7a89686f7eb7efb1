"""Everybody reads what is published; staff of the community edit; only a manager or a supervisor publishes."""

from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import check_role, has_role

EDITORS = (RoleKind.OFFICER, RoleKind.SUPERVISOR, RoleKind.MANAGER)
PUBLISHERS = (RoleKind.SUPERVISOR, RoleKind.MANAGER)


def can_edit(person: Person | None, community: Organisation) -> bool:
    return has_role(person, EDITORS, community)


def check_can_edit(person: Person | None, community: Organisation) -> None:
    check_role(person, EDITORS, community)


def can_publish(person: Person | None, community: Organisation) -> bool:
    return has_role(person, PUBLISHERS, community)


def check_can_publish(person: Person | None, community: Organisation) -> None:
    check_role(person, PUBLISHERS, community)
