"""Who may write to many, and who may see to whom. Hidden (`can_see_*`) and forbidden (`check_*`) differ."""

from django.core.exceptions import PermissionDenied

from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import has_role
from kaimen.letters.models import Mailing

SENDERS = frozenset({RoleKind.MANAGER, RoleKind.SUPERVISOR})


def can_send(person: Person | None, organisation: Organisation) -> bool:
    """Write to everybody under `organisation`: managers and supervisors there or above."""
    return has_role(person, SENDERS, organisation)


def check_can_send(person: Person | None, organisation: Organisation) -> None:
    if not can_send(person, organisation):
        raise PermissionDenied


def can_see_mailing(person: Person | None, mailing: Mailing) -> bool:
    """Names and addresses of all its recipients. What a room above wrote about a matter of its own is shown there."""
    return not mailing.about and can_send(person, mailing.organisation)
