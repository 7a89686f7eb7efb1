"""Lists of cases: the desk, search, what is alike."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left
from django.utils import timezone

from kaimen.cases import search as full_text
from kaimen.cases.enums import OPEN_STATES, OPEN_TASKS, CaseState
from kaimen.cases.models import Case, Task
from kaimen.cases.permissions import READERS
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import scope
from kaimen.foundation.workcalendar import calendar
from kaimen.logic.deadlines import add_workdays
from kaimen.logic.similar import similarity

LIKE_ENOUGH = 0.3  # for a hint; the person decides
OPENING = 120  # characters of the words that are compared

SOON_DAYS = 1  # due today or on the next working day

ROW = ("owner", "service", "domain", "enterprise", "place", "community")

# what cases/_list.html says of a case
SHOWN = (
    *(
        "number",
        "title",
        "words",
        "state",
        "kind",
        "channel",
        "urgent",
        "urgent_why",
        "received_at",
        "next_due_on",
    ),
    *("escalation_level", "reopened_by_asker", "owner__name"),
    *("domain__name", "domain__name_en", "enterprise__name", "enterprise__name_en"),
)

# these lists hold years of cases that are due no more: shown newest first, a page at a time from the index
ENDLESS = frozenset({"any", str(CaseState.CLOSED), str(CaseState.DECLINED)})

NEXT_DUE = F("next_due_on").asc(nulls_last=True)


def communities_of(person: Person | None) -> QuerySet[Organisation]:
    """The communities whose cases this person reads by a role."""
    return scope(person, *READERS).filter(kind=OrganisationKind.COMMUNITY)


def _here(person: Person) -> list[int]:
    return list(communities_of(person).values_list("pk", flat=True))


def visible_cases(person: Person) -> QuerySet[Case]:
    """Cases of the person's communities, and those they own."""
    return Case.objects.filter(Q(community__in=_here(person)) | Q(owner=person))


def to_do(whose: Q) -> QuerySet[Case]:
    """Of these (an owner's, or some communities'): open, or with a promise still to keep (a call after a bad rating).

    Two short walks along one index, by state and by day, and then only those rows. Both halves name the state, or
    both databases may read every case: they know how many cases a state has on average, and nearly all are closed.
    """
    rest = set(CaseState.values) - OPEN_STATES
    # from the first day on: SQLite walks its index along a range, not along IS NOT NULL
    halves = (
        whose & Q(state__in=sorted(OPEN_STATES)),
        whose & Q(state__in=sorted(rest), next_due_on__gte=date.min),
    )
    if connection.vendor == "postgresql":  # lays the two walks over each other, and fetches each row once
        return Case.objects.filter(halves[0] | halves[1])
    # SQLite takes the second half of an OR for half the table, but does as it is told by a list of keys
    keys = [Case.objects.filter(half).order_by().values("pk") for half in halves]
    return Case.objects.filter(pk__in=keys[0].union(keys[1], all=True))


def desk(person: Person, filters: Mapping[str, Any] | None = None) -> QuerySet[Case]:
    """The queue: what a person must see at once, then by next due day. Filters, all optional, "" ignored:

    `whose` mine (default) | all; `state` a state, "open" (default: what is to be done), "tasks" (a unit has yet
    to reply) or "any"; `due` late | today | soon; `domain` key; `enterprise`, `owner`, `group` ids; `channel`;
    `urgent`; `text`. Slice before you read it.
    """
    chosen = {name: value for name, value in (filters or {}).items() if value not in ("", None)}
    # everybody's cases: of the communities this person reads by a role; what they own elsewhere stands under mine
    here = _here(person) if chosen.get("whose", "mine") != "mine" else []
    whose, state = Q(community__in=here) if here else Q(owner=person), str(chosen.get("state", "open"))
    cases = _by_state(whose, state)
    cases = by_due(cases, str(chosen.get("due", "")))
    for name, lookup in (
        ("domain", "domain__key"),
        ("enterprise", "enterprise"),
        ("owner", "owner"),
        ("group", "group"),
        ("channel", "channel"),
    ):
        if name in chosen:
            cases = cases.filter(**{lookup: chosen[name]})
    if chosen.get("urgent"):
        cases = cases.filter(urgent=True)
    if "text" in chosen:
        cases = full_text.narrow(cases, str(chosen["text"]), here or searched(person))
    if is_endless(chosen):
        return rows(cases).order_by("-received_at", "-pk")
    return rows(cases).order_by("-urgent", NEXT_DUE, "received_at", "pk")


def is_endless(filters: Mapping[str, Any]) -> bool:
    """Do these filters ask for years of cases, to be read a page at a time from the index?"""
    told = {name for name, value in filters.items() if value not in ("", None)}
    return str(filters.get("state", "")) in ENDLESS and not {"text", "due"} & told


def rows(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With what a row shows, and `open_tasks` in the same query."""
    # A count of its own for each row that is shown: joined and grouped, all rows would be counted before the limit.
    given: Any = Task.cases.through.objects.filter(case=OuterRef("pk"), task__state__in=OPEN_TASKS)
    counted = given.order_by().values("case").annotate(n=Count("pk")).values("n")
    return cases.select_related(*ROW).annotate(open_tasks=Coalesce(Subquery(counted), 0))


def as_rows(keys: Iterable[int]) -> list[Case]:
    """The rows of these cases, in this order: what a page shows is read for that page only, and nothing else.

    A service with all its texts, forty times over, took as long as to find the forty.
    """
    keys = list(keys)
    shown = (
        rows(Case.objects.filter(pk__in=keys))
        .select_related(None)
        .select_related("owner", "domain", "enterprise")
    )
    found = {case.pk: case for case in shown.only(*SHOWN).order_by()}
    return [found[key] for key in keys if key in found]


def _by_state(whose: Q, state: str) -> QuerySet[Case]:
    if state == "any":
        return Case.objects.filter(whose)
    if state == "tasks":
        waited_for = Task.objects.filter(state__in=OPEN_TASKS)
        return to_do(whose).filter(pk__in=waited_for.values("cases"))
    if state == CaseState.CLOSED:
        # said the other way round: nearly all are closed, so the index by day is walked, not the one by state sorted
        return Case.objects.filter(whose).exclude(state__in=set(CaseState.values) - {CaseState.CLOSED})
    return Case.objects.filter(whose, state=state) if state in CaseState.values else to_do(whose)


def by_due(cases: QuerySet[Case], due: str, today: date | None = None) -> QuerySet[Case]:
    today = today or timezone.localdate()
    if due == "late":
        return cases.filter(next_due_on__lt=today)
    if due == "today":
        return cases.filter(next_due_on=today)
    if due == "soon":
        return cases.filter(next_due_on__range=(today, add_workdays(today, SOON_DAYS, calendar())))
    return cases


def searched(person: Person) -> list[int]:
    """Communities in which this person's search looks: by role, and where they own something."""
    here = set(_here(person))
    others = Organisation.objects.filter(kind=OrganisationKind.COMMUNITY).exclude(pk__in=here)
    elsewhere = list(others.values_list("pk", flat=True))
    # All that the person ever owned is looked through only where there is another place to own it.
    if elsewhere:
        owned = Case.objects.filter(owner=person).exclude(community__in=here).order_by()
        here |= set(others.filter(pk__in=owned.values("community")).values_list("pk", flat=True))
    return sorted(here)


def search(person: Person, text: str) -> QuerySet[Case]:
    """Cases this person may see whose number is, or that say, `text`; newest first."""
    cases = full_text.narrow(visible_cases(person), text, searched(person))
    return rows(cases).order_by("-received_at", "-pk")


def similar_open(community: Organisation, text: str, limit: int = 3) -> list[tuple[Case, float]]:
    """Open cases of the last 90 days that say about the same, most alike first, with their likeness 0 … 1.

    Compares the opening of what each says: there people say what it is about, and a page waits for the answer.
    """
    since = timezone.now() - timedelta(days=90)
    keys = full_text.resembling(text, [community.pk])
    cases = Case.objects.open().filter(pk__in=keys, received_at__gte=since, confidential=False)
    told = cases.values_list("pk", "title", Left("words", OPENING))
    scored = [(pk, similarity(text, f"{title} {words}")) for pk, title, words in told]
    alike = sorted((pair for pair in scored if pair[1] >= LIKE_ENOUGH), key=lambda pair: (-pair[1], -pair[0]))
    best = dict(alike[:limit])
    found = Case.objects.select_related(*ROW).in_bulk(list(best))
    return [(found[pk], likeness) for pk, likeness in best.items()]
