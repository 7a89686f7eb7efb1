"""Who will own a need: gathers who could, and lets logic.routing choose with reasons."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from kaimen.cases.enums import OPEN_STATES
from kaimen.cases.models import Case
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Absence, Organisation, Person, Place, Role
from kaimen.logic.routing import Candidate, route


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
    start = community
    if service and (service.organisation.path or "").startswith(community.path or ""):
        start = service.organisation
    domain = domain or (service.domain if service else None)
    roles = _roles_above(start)
    officers = [role for role in roles if role.kind == RoleKind.OFFICER]
    absent = _absent({role.person_id for role in roles}, today)
    experts = [r for r in officers if domain and domain.key in r.domains and r.person_id not in absent]
    reasons: list[list[Any]] = [["domain", {"domain": domain.name}]] if experts and domain else []
    chosen_from = experts or officers
    supervisors = [role for role in roles if role.kind == RoleKind.SUPERVISOR]
    load = _load({role.person_id for role in [*chosen_from, *supervisors]})
    candidates: dict[str, Candidate] = {}
    for role in [*chosen_from, *supervisors]:
        candidate = _candidate(role, start, absent, load)
        kept = candidates.get(candidate.key)
        if kept is None or (kept.role == candidate.role and candidate.levels_above < kept.levels_above):
            candidates[candidate.key] = candidate
    routing = route(list(candidates.values()), place.area if place else None)
    reasons += [[reason.code, dict(reason.params)] for reason in routing.reasons]
    person = next(role.person for role in roles if str(role.person_id) == routing.owner_key)
    return Owner(person=person, reasons=reasons)


def _roles_above(start: Organisation) -> list[Role]:
    return list(
        Role.objects.filter(
            kind__in=[RoleKind.OFFICER, RoleKind.SUPERVISOR],
            active=True,
            organisation__path__in=start.path_and_above(),
        )
        .select_related("person__photo", "organisation")
        .order_by("pk")
    )


def _absent(people: set[int], today: date) -> set[int]:
    away = Absence.objects.filter(person__in=people, first_day__lte=today, last_day__gte=today)
    return set(away.values_list("person_id", flat=True))


def _load(people: set[int]) -> dict[int, int]:
    counted = Case.objects.filter(owner__in=people, state__in=OPEN_STATES).order_by().values("owner")
    return dict(counted.annotate(n=Count("pk")).values_list("owner", "n"))


def _candidate(role: Role, start: Organisation, absent: set[int], load: dict[int, int]) -> Candidate:
    depth = len(start.path_and_above()) - len(role.organisation.path_and_above())
    return Candidate(
        key=str(role.person_id),
        role="officer" if role.kind == RoleKind.OFFICER else "supervisor",
        levels_above=depth,
        on_duty=role.person_id not in absent,
        load=load.get(role.person_id, 0),
        areas=frozenset(role.areas),
    )
