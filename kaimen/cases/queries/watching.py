"""What lies on whose desk, what is late, what waits for a signature."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from kaimen.cases import open_counts
from kaimen.cases.enums import OPEN_STATES, CaseState, Decision
from kaimen.cases.models import Case, Extension, Refusal
from kaimen.cases.queries.lists import SOON_DAYS, by_due, rows, to_do
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Person
from kaimen.foundation.permissions import scope
from kaimen.foundation.workcalendar import calendar
from kaimen.logic.deadlines import add_workdays


@dataclass(frozen=True)
class Load:
    """What lies on one officer's desk."""

    owner: Person
    open: int
    late: int
    soon: int
    waiting: int


@dataclass(frozen=True)
class Watch:
    """The supervisor's board; lists are querysets: slice them."""

    late: QuerySet[Case]
    at_risk: QuerySet[Case]
    loads: list[Load]
    extensions: QuerySet[Extension]
    refusals: QuerySet[Refusal]
    appeals: QuerySet[Refusal]
    counts: Mapping[str, int] = field(default_factory=dict)


def watch(person: Person) -> Watch:
    """Late, at risk and load per person in the communities this person supervises; what waits for a signature."""
    here = list(
        scope(person, RoleKind.SUPERVISOR)
        .filter(kind=OrganisationKind.COMMUNITY)
        .values_list("pk", flat=True)
    )
    whose = Q(community__in=here)
    cases = Case.objects.filter(whose)
    refusals = Refusal.objects.filter(case__community__in=here).select_related(
        "case__community", "proposed_by"
    )
    loads_here = _loads(whose)
    extensions = Extension.objects.filter(decision=Decision.PENDING).exclude(asked_by=person)
    above = Q(case__community__parent__in=scope(person, RoleKind.SUPERVISOR)) | Q(
        case__community__parent=None
    )
    appeals = refusals.filter(above, appealed_at__isnull=False, appeal_decided_at=None)
    of_here = Q(promise__case__community__in=here) | Q(promise__task__community__in=here)
    return Watch(
        late=rows(by_due(cases, "late")).order_by("next_due_on", "pk"),
        at_risk=rows(by_due(cases, "soon")).order_by("next_due_on", "pk"),
        loads=loads_here,
        extensions=extensions.filter(of_here).select_related("promise__case", "promise__task", "asked_by"),
        refusals=refusals.filter(decision=Decision.PENDING).exclude(proposed_by=person),
        appeals=appeals.exclude(proposed_by=person).exclude(signed_by=person),
        counts={
            name: sum(getattr(load, name) for load in loads_here)
            for name in ("open", "late", "soon", "waiting")
        },
    )


def owner_load(person: Person) -> Load:
    """How much this officer has to do."""
    found = _loads(Q(owner=person))
    return found[0] if found else Load(person, 0, 0, 0, 0)


def loads(owners: Iterable[int]) -> dict[int, int]:
    """Open cases of each of these persons (0 too), for routing: SQLite has counted along, PostgreSQL counts in the index."""
    ids, states = list(owners), sorted(OPEN_STATES)
    if not ids:
        return {}
    # by hand: it is asked with every need
    people, open_states = (", ".join(["%s"] * len(values)) for values in (ids, states))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"SELECT owner_id, number FROM {open_counts.TABLE} WHERE owner_id IN ({people})",  # noqa: S608  # only placeholders
                ids,
            )
        else:
            cursor.execute(
                f"SELECT owner_id, COUNT(*) FROM cases_case WHERE owner_id IN ({people}) "  # noqa: S608  # only placeholders
                f"AND state IN ({open_states}) GROUP BY owner_id",
                [*ids, *states],
            )
        return dict.fromkeys(ids, 0) | dict(cursor.fetchall())


def _loads(whose: Q) -> list[Load]:
    """The most loaded first; counted by the database, over what is to be done."""
    today = timezone.localdate()
    soon = add_workdays(today, SOON_DAYS, calendar())
    rows = (
        to_do(whose)
        .order_by()
        .values("owner")
        .annotate(
            open=Count("pk"),
            late=Count("pk", filter=Q(next_due_on__lt=today)),
            soon=Count("pk", filter=Q(next_due_on__range=(today, soon))),
            waiting=Count("pk", filter=Q(state=CaseState.WAITING)),
        )
    )
    found = list(rows)
    people = Person.objects.in_bulk([row["owner"] for row in found])
    made = [
        Load(people[row["owner"]], row["open"], row["late"], row["soon"], row["waiting"]) for row in found
    ]
    return sorted(made, key=lambda load: (-load.open, load.owner.pk))
