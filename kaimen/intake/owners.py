"""Who will own a need: gathers who could, and lets logic.routing choose with reasons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kaimen.cases.queries import loads
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Absence, Organisation, Person, Place, Role
from kaimen.foundation.reference import own, recall
from kaimen.logic.routing import Candidate, route

SEALED = ("person__phone", "person__id_number", "person__address")  # not needed here, and opening them costs


@dataclass(frozen=True)
class Owner:
    """The person, and why: [[code, params], …] as kept with the case."""

    person: Person
    reasons: list[list[Any]]


def owner_for(
    *,
    community: Organisation,
    service: Service | None,
    domain: Domain | None,
    place: Place | None,
    today: date,
) -> Owner:
    """The one person who owns this need. Deterministic for the same roles, absences and loads.

    Starts at the service's responsible organisation where that lies in the community, else at the community.
    Officers of the service's domain go before others. Raises logic.routing.NoOwner if there is nobody at all.
    """
    start = start_for(community, service)
    return Duty([start], today).owner_for(start=start, service=service, domain=domain, place=place)


def start_for(community: Organisation, service: Service | None) -> Organisation:
    """Where the search for an owner begins."""
    if service and (service.organisation.path or "").startswith(community.path or ""):
        return service.organisation
    return community


class Duty:
    """Who could own needs that start at one of `starts`, on this day: read once, asked for each of many needs."""

    def __init__(self, starts: Iterable[Organisation], today: date) -> None:
        paths = frozenset(path for start in starts for path in start.path_and_above())
        self._roles, self._absent = recall(("duty", paths, today), lambda: (_roles(paths), _absent(today)))
        self._load = loads({role.person_id for role in self._roles})

    def owner_for(
        self, *, start: Organisation, service: Service | None, domain: Domain | None, place: Place | None
    ) -> Owner:
        above = set(start.path_and_above())
        roles = [role for role in self._roles if role.organisation.path in above]
        domain = domain or (service.domain if service else None)
        officers = [role for role in roles if role.kind == RoleKind.OFFICER]
        experts = [
            r for r in officers if domain and domain.key in r.domains and r.person_id not in self._absent
        ]
        reasons: list[list[Any]] = [["domain", {"domain": domain.name}]] if experts and domain else []
        supervisors = [role for role in roles if role.kind == RoleKind.SUPERVISOR]
        candidates: dict[str, Candidate] = {}
        for role in [*(experts or officers), *supervisors]:
            candidate = self._candidate(role, start)
            kept = candidates.get(candidate.key)
            if kept is None or (kept.role == candidate.role and candidate.levels_above < kept.levels_above):
                candidates[candidate.key] = candidate
        routing = route(list(candidates.values()), place.area if place else None)
        reasons += [[reason.code, dict(reason.params)] for reason in routing.reasons]
        person = next(role.person for role in roles if str(role.person_id) == routing.owner_key)
        return Owner(person=own(person), reasons=reasons)

    def given(self, person: Person) -> None:
        """They have one more to do: the next need of the same transaction sees it."""
        self._load[person.pk] = self._load.get(person.pk, 0) + 1

    def _candidate(self, role: Role, start: Organisation) -> Candidate:
        depth = len(start.path_and_above()) - len(role.organisation.path_and_above())
        return Candidate(
            key=str(role.person_id),
            role="officer" if role.kind == RoleKind.OFFICER else "supervisor",
            levels_above=depth,
            on_duty=role.person_id not in self._absent,
            load=self._load.get(role.person_id, 0),
            areas=frozenset(role.areas),
        )


def _roles(paths: Iterable[str]) -> list[Role]:
    return list(
        Role.objects.exclude(person__account__is_active=False)  # whoever was stopped gets nothing new
        .filter(kind__in=[RoleKind.OFFICER, RoleKind.SUPERVISOR], active=True, organisation__path__in=paths)
        .select_related("person__photo", "organisation")
        .defer(*SEALED)
        .order_by("pk")
    )


def _absent(today: date) -> frozenset[int]:
    away = Absence.objects.filter(first_day__lte=today, last_day__gte=today)
    return frozenset(away.values_list("person_id", flat=True))
