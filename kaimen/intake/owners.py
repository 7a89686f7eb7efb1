"""Who will own a need: gathers who could, and lets logic.routing choose with reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

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
        self._roster = recall(("duty", paths, today), lambda: _Roster(_roles(paths), _absent(today)))
        self._load = loads(self._roster.people)

    def owner_for(
        self, *, start: Organisation, service: Service | None, domain: Domain | None, place: Place | None
    ) -> Owner:
        domain = domain or (service.domain if service else None)
        near = self._roster.near(start, domain.key if domain else "")
        reasons: list[list[Any]] = [["domain", {"domain": domain.name}]] if near.experts and domain else []
        routing = route([who.candidate(self._load) for who in near.who], place.area if place else None)
        reasons += [[reason.code, dict(reason.params)] for reason in routing.reasons]
        person = next(who.person for who in near.who if str(who.person.pk) == routing.owner_key)
        return Owner(person=own(person), reasons=reasons)

    def given(self, person: Person) -> None:
        """They have one more to do: the next need of the same transaction sees it."""
        self._load[person.pk] = self._load.get(person.pk, 0) + 1


@dataclass(frozen=True)
class _Who:
    """One who could own a need, but for how much they have to do."""

    person: Person
    role: Literal["officer", "supervisor"]
    levels_above: int
    on_duty: bool
    areas: frozenset[str]

    def candidate(self, load: Mapping[int, int]) -> Candidate:
        has = load.get(self.person.pk, 0)
        return Candidate(str(self.person.pk), self.role, self.levels_above, self.on_duty, has, self.areas)


@dataclass(frozen=True)
class _Near:
    who: tuple[_Who, ...]  # each person once
    experts: bool  # the officers are those of the need's domain


class _Roster:
    """Roles and absences of one day as the database has them; shared by all threads of this process."""

    def __init__(self, roles: Sequence[Role], absent: frozenset[int]) -> None:
        self._roles, self._absent = roles, absent
        self.people = frozenset(role.person_id for role in roles)
        self._near: dict[tuple[str, str], _Near] = {}

    def near(self, start: Organisation, domain: str) -> _Near:
        """Officers and supervisors at `start` and above it, worked out once for each domain (its key, "" for none)."""
        asked = (start.path or "", domain)
        if asked not in self._near:
            self._near[asked] = self._looked_up(start, domain)
        return self._near[asked]

    def _looked_up(self, start: Organisation, domain: str) -> _Near:
        above = set(start.path_and_above())
        roles = [role for role in self._roles if role.organisation.path in above]
        officers = [role for role in roles if role.kind == RoleKind.OFFICER]
        experts = [r for r in officers if domain and domain in r.domains and r.person_id not in self._absent]
        found: dict[int, _Who] = {}
        for role in [*(experts or officers), *(r for r in roles if r.kind == RoleKind.SUPERVISOR)]:
            who = self._who(role, start)
            kept = found.get(role.person_id)
            if kept is None or (kept.role == who.role and who.levels_above < kept.levels_above):
                found[role.person_id] = who
        return _Near(tuple(found.values()), bool(experts))

    def _who(self, role: Role, start: Organisation) -> _Who:
        return _Who(
            person=role.person,
            role="officer" if role.kind == RoleKind.OFFICER else "supervisor",
            levels_above=len(start.path_and_above()) - len(role.organisation.path_and_above()),
            on_duty=role.person_id not in self._absent,
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
