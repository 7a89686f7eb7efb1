"""Every read of cases that joins or decides who sees what; a list's query count does not grow with its rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Prefetch, Q, QuerySet
from django.utils import timezone

from kaimen.cases import search as full_text
from kaimen.cases.clocks import explain_promise
from kaimen.cases.enums import OPEN_STATES, OPEN_TASKS, CaseState, Decision, Reader
from kaimen.cases.models import Case, Extension, Promise, Refusal, Task, TaskLink, TimelineEntry
from kaimen.cases.permissions import READERS, can_see_case
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.permissions import scope
from kaimen.foundation.secret_links import token_digest
from kaimen.foundation.workcalendar import calendar
from kaimen.logic.deadlines import add_workdays
from kaimen.logic.similar import similarity

__all__ = [
    "Load",
    "Step",
    "Watch",
    "by_track_token",
    "case_for",
    "communities_of",
    "desk",
    "explain_promise",
    "inbox",
    "loads",
    "open_promises",
    "owner_load",
    "search",
    "similar_open",
    "task_by_token",
    "task_for",
    "timeline_of",
    "visible_cases",
    "watch",
]

LIKE_ENOUGH = 0.3  # for a hint; the person decides
SOON_DAYS = 1  # due today or on the next working day
ROW = ("owner", "service", "domain", "enterprise", "place", "community")
NEXT_DUE = F("next_due_on").asc(nulls_last=True)


def communities_of(person: Person | None) -> QuerySet[Organisation]:
    """The communities whose cases this person reads by a role."""
    return scope(person, *READERS).filter(kind=OrganisationKind.COMMUNITY)


def visible_cases(person: Person) -> QuerySet[Case]:
    """Cases of the person's communities, and those they own."""
    here = list(communities_of(person).values_list("pk", flat=True))
    return Case.objects.filter(Q(community__in=here) | Q(owner=person))


def to_do(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Open, or with a promise still to keep (a call after a bad rating)."""
    return cases.filter(Q(state__in=OPEN_STATES) | Q(next_due_on__isnull=False))


def desk(person: Person, filters: Mapping[str, Any] | None = None) -> QuerySet[Case]:
    """The queue by next due day. Filters, all optional, "" ignored:

    `whose` mine (default) | all; `state` a state, "open" (default: what is to be done) or "any"; `due` late | today
    | soon; `domain` key; `enterprise`, `owner`, `group` ids; `channel`; `urgent`; `text`. Slice before you read it.
    """
    chosen = {name: value for name, value in (filters or {}).items() if value not in ("", None)}
    mine = chosen.get("whose", "mine") == "mine"
    cases = Case.objects.filter(owner=person) if mine else visible_cases(person)
    cases = _by_state(cases, str(chosen.get("state", "open")))
    cases = _by_due(cases, str(chosen.get("due", "")))
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
        cases = full_text.narrow(cases, str(chosen["text"]), _searched(person))
    return _rows(cases).order_by(NEXT_DUE, "-urgent", "received_at", "pk")


def _rows(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With what a row shows, and `open_tasks` in the same query."""
    return cases.select_related(*ROW).annotate(
        open_tasks=Count("tasks", filter=Q(tasks__state__in=OPEN_TASKS), distinct=True)
    )


def _by_state(cases: QuerySet[Case], state: str) -> QuerySet[Case]:
    if state == "any":
        return cases
    return cases.filter(state=state) if state in CaseState.values else to_do(cases)


def _by_due(cases: QuerySet[Case], due: str, today: date | None = None) -> QuerySet[Case]:
    today = today or timezone.localdate()
    if due == "late":
        return cases.filter(next_due_on__lt=today)
    if due == "today":
        return cases.filter(next_due_on=today)
    if due == "soon":
        return cases.filter(next_due_on__range=(today, add_workdays(today, SOON_DAYS, calendar())))
    return cases


def _searched(person: Person) -> list[int]:
    """Communities in which this person's search looks: by role, and where they own something."""
    owned = Case.objects.filter(owner=person).order_by().values_list("community", flat=True).distinct()
    return sorted({*communities_of(person).values_list("pk", flat=True), *owned})


def search(person: Person, text: str) -> QuerySet[Case]:
    """Cases this person may see whose number is, or that say, `text`; newest first."""
    cases = full_text.narrow(visible_cases(person), text, _searched(person))
    return _rows(cases).order_by("-received_at", "-pk")


def case_for(person: Person | None, number: str) -> Case:
    """The case with all a page shows of it; Case.DoesNotExist also when this person must not know that it exists."""
    case = (
        Case.objects.select_related(*ROW, "asker", "group", "community__parent", "owner__photo")
        .prefetch_related(
            Prefetch(
                "promises", Promise.objects.select_related("extension__asked_by", "extension__decided_by")
            ),
            Prefetch(
                "tasks", Task.objects.select_related("organisation", "handler").prefetch_related("promises")
            ),
            "answers__by",
            "ratings",
            "refusals__proposed_by",
            "attachments__attachment",
        )
        .get(number=number)
    )
    if not can_see_case(person, case):
        raise Case.DoesNotExist
    return case


def by_track_token(token: str) -> Case | None:
    """The case a tracking link opens, or None."""
    return (
        Case.objects.select_related(*ROW, "asker", "group", "owner__photo")
        .filter(track_digest=token_digest(token))
        .first()
    )


def open_promises(case: Case) -> QuerySet[Promise]:
    """What is still promised: of the case and of its open tasks, the earliest first."""
    tasks = case.tasks.filter(state__in=OPEN_TASKS).values("pk")
    return (
        Promise.objects.filter(Q(case=case) | Q(task__in=tasks), met_at=None, ended_at=None)
        .select_related("task__organisation", "extension")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


@dataclass(frozen=True)
class Step:
    """One line of the timeline as this reader may see it; the page puts the code into words."""

    at: datetime
    code: str
    params: Mapping[str, Any]
    text: str
    actor: str  # "" for the asker by link, the house itself, and staff whose name this reader does not see
    by_asker: bool
    internal: bool
    task: Task | None


# Words between staff and other organisations: the asker sees that it happened, the owner tells what it means.
_STAFF_WORDS = frozenset({"task_given", "task_done", "task_returned", "task_cancelled", "extension_asked"})
_STAFF_PARAMS = frozenset({"by", "supervisor", "signed_by", "for"})


def timeline_of(case: Case, staff: bool) -> list[Step]:
    """Every step in order. The asker sees no internal ones and of the staff only the owner's name."""
    entries = TimelineEntry.objects.filter(case=case).select_related("actor", "task__organisation")
    if not staff:
        entries = entries.filter(reader=Reader.ALL)
    return [_step(entry, case, staff) for entry in entries.order_by("at", "pk")]


def _step(entry: TimelineEntry, case: Case, staff: bool) -> Step:
    by_asker = entry.code in {"more_given", "rated", "appealed"} and entry.actor_id in (None, case.asker_id)
    named = staff or entry.actor_id == case.owner_id
    params, text = entry.params, entry.text
    if not staff:
        params = {name: value for name, value in params.items() if name not in _STAFF_PARAMS}
        text = "" if entry.code in _STAFF_WORDS else text
    hide = staff and case.confidential and entry.actor_id is not None and entry.actor_id == case.asker_id
    return Step(
        at=entry.at,
        code=entry.code,
        params=params,
        text=text,
        actor=entry.actor.name if entry.actor and named and not hide else "",
        by_asker=by_asker or (entry.actor_id is not None and entry.actor_id == case.asker_id),
        internal=entry.reader == Reader.STAFF,
        task=entry.task,
    )


def inbox(person: Person, *, also_done: bool = False) -> QuerySet[Task]:
    """Tasks asked of the organisations this person handles for, and of them by name; the earliest due first."""
    here = scope(person, RoleKind.HANDLER).values("pk")
    tasks = Task.objects.filter(Q(organisation__in=here) | Q(handler=person))
    if not also_done:
        tasks = tasks.filter(state__in=OPEN_TASKS)
    return (
        tasks.select_related("organisation", "handler", "asked_by", "community")
        .prefetch_related("cases", "promises__extension")
        .annotate(due_on=Min("promises__due_on", filter=Q(promises__met_at=None, promises__ended_at=None)))
        .order_by(F("due_on").asc(nulls_last=True), "-pk")
    )


def task_for(person: Person, pk: int) -> Task:
    """One task of the inbox, done ones too; Task.DoesNotExist if it is not this person's."""
    return inbox(person, also_done=True).get(pk=pk)


def task_by_token(token: str, now: datetime) -> TaskLink | None:
    """The link of this token, if it is neither revoked nor expired."""
    return (
        TaskLink.objects.select_related("task__organisation", "task__community", "for_person")
        .filter(digest=token_digest(token), revoked_at=None, expires_at__gt=now)
        .first()
    )


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
    cases = Case.objects.filter(community__in=here)
    refusals = Refusal.objects.filter(case__community__in=here).select_related(
        "case__community", "proposed_by"
    )
    loads_here = _loads(cases)
    extensions = Extension.objects.filter(decision=Decision.PENDING).exclude(asked_by=person)
    above = Q(case__community__parent__in=scope(person, RoleKind.SUPERVISOR)) | Q(
        case__community__parent=None
    )
    appeals = refusals.filter(above, appealed_at__isnull=False, appeal_decided_at=None)
    of_here = Q(promise__case__community__in=here) | Q(promise__task__community__in=here)
    return Watch(
        late=_rows(_by_due(cases, "late")).order_by("next_due_on", "pk"),
        at_risk=_rows(_by_due(cases, "soon")).order_by("next_due_on", "pk"),
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
    found = _loads(Case.objects.filter(owner=person))
    return found[0] if found else Load(person, 0, 0, 0, 0)


def loads(owners: Iterable[int]) -> dict[int, int]:
    """Open cases of each of these persons (0 too), for routing."""
    ids = list(owners)
    counted = (
        Case.objects.open().filter(owner__in=ids).order_by().values_list("owner").annotate(n=Count("pk"))
    )
    return dict.fromkeys(ids, 0) | dict(counted)


def _loads(cases: QuerySet[Case]) -> list[Load]:
    """The most loaded first; counted by the database, over what is to be done."""
    today = timezone.localdate()
    soon = add_workdays(today, SOON_DAYS, calendar())
    rows = (
        to_do(cases)
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
    made = [Load(people[row.pop("owner")], **row) for row in found]
    return sorted(made, key=lambda load: (-load.open, load.owner.pk))


def similar_open(community: Organisation, text: str, limit: int = 3) -> list[tuple[Case, float]]:
    """Open cases of the last 90 days that say about the same, most alike first, with their likeness 0 … 1."""
    since = timezone.now() - timedelta(days=90)
    keys = full_text.resembling(text, [community.pk])
    cases = Case.objects.open().filter(pk__in=keys, received_at__gte=since, confidential=False)
    scored = [(case, similarity(text, f"{case.title} {case.words}")) for case in cases.select_related(*ROW)]
    alike = [pair for pair in scored if pair[1] >= LIKE_ENOUGH]
    return sorted(alike, key=lambda pair: (-pair[1], -pair[0].pk))[:limit]
