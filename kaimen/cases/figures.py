"""The figures of the public board: counts by month received, domain and audience, kept so that no page counts cases.

Keys of MonthlyFigures.counts; a key that is zero is left out:

received                  needs of the month
first_on_time, first_late first answer on or before / after its promised day
late_days                 working days by which the late ones were late, summed
first_overdue             still without a first answer, its day has passed
first_not_due             not yet answered, its day has not come (or the clock stands while the asker is asked)
first_ended               the promise fell away unanswered
open, answered, closed, declined    where the case stands; the four add up to `received`
solved_yes, solved_partly, solved_no  what the asker says in the last rating
level_1 … level_5         the asker's last rating (好差评), five is best
rerated                   of these, rated twice
silent                    answered or closed, and the asker has said nothing
reopened, merged, urgent  how many were taken up again / handled with others / urgent
first_days, solve_days    {working days: how many}, so that medians can be taken over any sum
hands_minutes             {minutes until somebody did something with it: how many}; from two hours on in full hours
clauses                   {clause of a signed refusal: how many}
seen                      the last timeline entry that was there when this was counted
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, OuterRef, Subquery
from django.db.models.functions import TruncMonth
from django.utils import timezone

from kaimen.cases.enums import OPEN_STATES, CaseState, Decision, PromiseKind, Solved
from kaimen.cases.models import Case, MonthlyFigures, Promise, Rating, Refusal, TimelineEntry
from kaimen.catalogue.enums import Audience
from kaimen.foundation.models import Organisation
from kaimen.foundation.workcalendar import calendar
from kaimen.logic.deadlines import overdue_by, workdays_between
from kaimen.logic.workdays import Calendar

HISTOGRAMS = ("first_days", "solve_days", "hands_minutes", "clauses")
LOOK_BACK = 500  # entries counted again, for those whose transaction committed after later ones
NOT_HANDS = ("received", "grouped")  # steps that happen by themselves when a need arrives
FIELDS = (
    "pk",
    "state",
    "received_at",
    "answered_at",
    "urgent",
    "group_id",
    "domain__key",
    "domain__audience",
    "service__audience",
)


@dataclass
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    histograms: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in HISTOGRAMS}
    )

    def as_json(self, seen: int) -> dict[str, Any]:
        filled = {name: dict(counter) for name, counter in self.histograms.items() if counter}
        return {**self.counts, **filled, "seen": seen}


def month_of(day: date | datetime) -> date:
    """First day of the month, local time."""
    local = timezone.localtime(day).date() if isinstance(day, datetime) else day
    return local.replace(day=1)


def next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def recompute(
    community: Organisation, month: date, now: datetime | None = None, seen: int = 0
) -> list[MonthlyFigures]:
    """Count one month anew and put it in place of what was kept; counting twice gives the same."""
    now = now or timezone.now()
    rows = _count(community, month.replace(day=1), now, seen)
    _replace(community, [(month.replace(day=1), rows)])
    return rows


def recompute_all(community: Organisation, now: datetime | None = None) -> list[date]:
    """Every month in which the community received something; returns the months."""
    now = now or timezone.now()
    seen = _last_entry()
    months = _months_of(Case.objects.filter(community=community))
    _replace(community, [(month, _count(community, month, now, seen)) for month in months])
    return months


def refresh(now: datetime, look_back: int = LOOK_BACK) -> list[tuple[Organisation, date]]:
    """The job: count again the months that something happened to, and those whose promises may have run out."""
    done = []
    for community in Organisation.objects.filter(cases__isnull=False).distinct().order_by("pk"):
        seen = _last_entry()
        months = _touched(community, look_back)
        _replace(community, [(month, _count(community, month, now, seen)) for month in months])
        done += [(community, month) for month in months]
    return done


def _touched(community: Organisation, look_back: int) -> list[date]:
    kept = MonthlyFigures.objects.filter(community=community)
    seen = kept.order_by("-computed_at").values_list("counts__seen", flat=True)[:50]
    last = max((number or 0 for number in seen), default=0)
    entries = TimelineEntry.objects.filter(pk__gt=last - look_back, case__community=community)
    changed = _months_of(Case.objects.filter(pk__in=entries.values("case_id"), community=community))
    running = kept.filter(counts__first_not_due__gt=0).values_list("month", flat=True)
    return sorted({*changed, *running})


def _months_of(cases: Any) -> list[date]:
    found = cases.annotate(m=TruncMonth("received_at")).order_by("m").values_list("m", flat=True).distinct()
    return sorted({month_of(moment) for moment in found})


def _last_entry() -> int:
    return TimelineEntry.objects.aggregate(last=Max("pk"))["last"] or 0


@transaction.atomic
def _replace(community: Organisation, counted: Iterable[tuple[date, list[MonthlyFigures]]]) -> None:
    for month, rows in counted:
        MonthlyFigures.objects.filter(community=community, month=month).delete()
        MonthlyFigures.objects.bulk_create(rows)


def _count(community: Organisation, month: date, now: datetime, seen: int) -> list[MonthlyFigures]:
    tallies: dict[tuple[str, str], _Tally] = {}
    days, today = calendar(), timezone.localdate(now)
    for batch in _batches(community, month):
        facts = _facts([case["pk"] for case in batch])
        for case in batch:
            audience = case["service__audience"] or case["domain__audience"] or Audience.WORKER
            tally = tallies.setdefault((case["domain__key"] or "", audience), _Tally())
            _add(tally, case, facts, today, days)
    return [
        MonthlyFigures(
            community=community,
            month=month,
            domain_key=domain,
            audience=audience,
            counts=tally.as_json(seen),
            computed_at=now,
        )
        for (domain, audience), tally in sorted(tallies.items())
    ]


def _batches(community: Organisation, month: date, size: int = 500) -> Iterator[list[dict[str, Any]]]:
    zone = timezone.get_current_timezone()
    start, end = (datetime(d.year, d.month, 1, tzinfo=zone) for d in (month, next_month(month)))
    cases = Case.objects.filter(community=community, received_at__gte=start, received_at__lt=end)
    cases = cases.annotate(hands_at=Subquery(_hands())).order_by("received_at", "pk")
    batch: list[dict[str, Any]] = []
    for case in cases.values(*FIELDS, "hands_at").iterator(chunk_size=size):
        batch.append(case)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _hands() -> Any:
    steps = TimelineEntry.objects.filter(case=OuterRef("pk"), actor__isnull=False).exclude(code__in=NOT_HANDS)
    return steps.order_by().values("case").annotate(first=Min("at")).values("first")


@dataclass
class _Facts:
    first: dict[int, Promise]
    rounds: dict[int, int]
    ratings: dict[int, Rating]
    clauses: dict[int, str]


def _facts(pks: list[int]) -> _Facts:
    promises = Promise.objects.filter(case__in=pks, kind=PromiseKind.FIRST_ANSWER).order_by("round")
    facts = _Facts({}, {}, {}, {})
    for promise in promises:
        pk = promise.case_id or 0
        facts.first.setdefault(pk, promise)
        facts.rounds[pk] = promise.round
    facts.ratings = {
        rating.case_id: rating for rating in Rating.objects.filter(case__in=pks).order_by("round")
    }
    refusals = Refusal.objects.filter(case__in=pks, decision=Decision.AGREED).order_by("pk")
    facts.clauses = dict(refusals.values_list("case_id", "clause"))
    return facts


def _add(tally: _Tally, case: dict[str, Any], facts: _Facts, today: date, days: Calendar) -> None:
    pk, counts = case["pk"], tally.counts
    received_on = timezone.localdate(case["received_at"])
    counts["received"] += 1
    _add_first_answer(tally, facts.first.get(pk), received_on, today, days)
    declined = case["state"] == CaseState.DECLINED or (
        case["state"] == CaseState.CLOSED and case["answered_at"] is None and pk in facts.clauses
    )
    if declined:
        counts["declined"] += 1
        tally.histograms["clauses"][facts.clauses.get(pk, "")] += 1
    elif case["state"] in OPEN_STATES:
        counts["open"] += 1
    else:
        counts[case["state"]] += 1  # answered, closed
        _add_verdict(counts, facts.ratings.get(pk))
        if case["answered_at"]:
            _day_count(tally, "solve_days", received_on, timezone.localdate(case["answered_at"]), days)
    counts["reopened"] += facts.rounds.get(pk, 1) > 1
    counts["merged"] += case["group_id"] is not None
    counts["urgent"] += case["urgent"]
    if case["hands_at"]:
        minutes = max(0, int((case["hands_at"] - case["received_at"]).total_seconds() // 60))
        tally.histograms["hands_minutes"][str(minutes if minutes < 120 else minutes // 60 * 60)] += 1
    for key in [key for key, value in counts.items() if not value]:
        del counts[key]


def _add_first_answer(
    tally: _Tally, promise: Promise | None, received_on: date, today: date, days: Calendar
) -> None:
    counts = tally.counts
    if promise is None:
        return
    if promise.met_at is not None:
        met_on = timezone.localdate(promise.met_at)
        kept = promise.due_on is None or met_on <= promise.due_on
        counts["first_on_time" if kept else "first_late"] += 1
        if not kept and promise.due_on:
            counts["late_days"] += overdue_by(promise.due_on, met_on, days)
        _day_count(tally, "first_days", received_on, met_on, days)
    elif promise.ended_at is not None:
        counts["first_ended"] += 1
    elif promise.due_on is not None and promise.due_on < today:
        counts["first_overdue"] += 1
    else:
        counts["first_not_due"] += 1


def _add_verdict(counts: Counter[str], rating: Rating | None) -> None:
    if rating is None:
        counts["silent"] += 1
        return
    counts[f"solved_{Solved(rating.solved).value}"] += 1
    counts[f"level_{rating.score}"] += 1
    counts["rerated"] += rating.round > 1


def _day_count(tally: _Tally, name: str, start: date, end: date, days: Calendar) -> None:
    tally.histograms[name][str(max(0, workdays_between(start, end, days)))] += 1
