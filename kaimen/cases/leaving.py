"""Somebody stops working here while cases are still theirs: whoever watches over them is told at once.

They stay with their owner until a person hands them over: what is promised to people is not moved by a machine that
knows nothing of why, and the desk hands over many at a time.
"""

from typing import Any

from django.db.models import Count, Q

from kaimen.cases.queries import to_do
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.notices import notify
from kaimen.foundation.permissions import has_role, holders
from kaimen.foundation.staff import LEAVING

OWNERS = (RoleKind.OFFICER, RoleKind.SUPERVISOR)


def connect() -> None:
    LEAVING.append(tell_who_watches)


def tell_who_watches(person: Person, by: Person) -> None:
    """One notice for each community where `person` owns what is to be done and may work no longer, to the nearest
    supervisors there; to `by` where there is none."""
    account = getattr(person, "account", None)
    stopped = account is not None and not account.is_active
    counted = to_do(Q(owner=person)).order_by().values("community").annotate(n=Count("pk"))
    left: dict[Any, int] = {row["community"]: row["n"] for row in counted}
    for community in Organisation.objects.filter(pk__in=left).order_by("pk"):
        if stopped or not has_role(person, OWNERS, community):
            for watcher in _watchers(community) or [by]:
                notify(
                    person=watcher,
                    code="owner_left",
                    link=f"/desk/?whose=all&owner={person.pk}",
                    params={"name": person.name, "count": left[community.pk]},
                )


def _watchers(community: Organisation) -> list[Person]:
    roles = list(holders(RoleKind.SUPERVISOR, community))
    return [role.person for role in roles if role.organisation_id == roles[0].organisation_id]
