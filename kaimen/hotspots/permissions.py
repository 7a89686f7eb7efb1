"""Who may see the board of hot issues, and who may put an issue in order."""

from django.core.exceptions import PermissionDenied

from kaimen.cases.permissions import READERS, WORKERS
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import has_role


def can_see_issues(person: Person | None, community: Organisation) -> bool:
    return has_role(person, READERS, community)


def can_order_issues(person: Person | None, community: Organisation) -> bool:
    """Officers and supervisors; managers only read."""
    return has_role(person, WORKERS, community)


def check_can_order_issues(person: Person | None, community: Organisation) -> None:
    if not can_order_issues(person, community):
        raise PermissionDenied
