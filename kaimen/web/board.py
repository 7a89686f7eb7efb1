"""The public board: rates over the kept figures, with silences, exclusions, and small groups hidden."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from kaimen.cases.figures import HISTOGRAMS, next_month
from kaimen.cases.models import MonthlyFigures
from kaimen.catalogue.models import Domain
from kaimen.foundation.models import Organisation
from kaimen.logic.rates import (
    SMALLEST_GROUP,
    Median,
    Rate,
    median_days,
    response_rate,
    satisfied_rate,
    solved_rate,
)

MONTHS_SHOWN = 6
Key = tuple[date, str]  # month, domain key ("" = none)


@dataclass(frozen=True)
class Figures:
    """The sum of some rows; every number of the board is taken from here."""

    counts: Mapping[str, int]
    histograms: Mapping[str, Mapping[str, int]]

    def of(self, *keys: str) -> int:
        return sum(self.counts.get(key, 0) for key in keys)

    @property
    def received(self) -> int:
        return self.of("received")

    @property
    def few(self) -> bool:
        """Too few to show without naming people; nothing at all names nobody, but shows nothing either."""
        return self.received < SMALLEST_GROUP

    @property
    def done(self) -> int:
        return self.of("answered", "closed")

    @property
    def response(self) -> Rate:
        excluded = {"not_due": self.of("first_not_due"), "ended": self.of("first_ended")}
        return response_rate(
            in_time=self.of("first_on_time"),
            late=self.of("first_late"),
            unanswered_overdue=self.of("first_overdue"),
            excluded=_filled(excluded),
        )

    @property
    def solved(self) -> Rate:
        return solved_rate(
            solved=self.of("solved_yes"),
            unsolved=self.of("solved_partly", "solved_no"),
            silent=self.of("silent"),
            excluded=_filled({"open": self.of("open"), "declined": self.of("declined")}),
        )

    @property
    def satisfied(self) -> Rate:
        return satisfied_rate(
            levels={level: self.of(f"level_{level}") for level in range(1, 6)},
            silent=self.of("silent"),
            excluded=_filled({"open": self.of("open"), "declined": self.of("declined")}),
        )

    @property
    def mean_late_days(self) -> float | None:
        late = self.of("first_late")
        return self.of("late_days") / late if late >= SMALLEST_GROUP else None

    def days(self, name: str) -> Median:
        return median_days(_spread(self.histograms.get(name, {})))

    @property
    def days_first(self) -> Median:
        """Working days until the first answer."""
        return self.days("first_days")

    @property
    def days_solve(self) -> Median:
        """Working days until the last answer."""
        return self.days("solve_days")

    @property
    def hands_hours(self) -> float | None:
        return None if self.hands_minutes is None else self.hands_minutes / 60

    @property
    def hands_minutes(self) -> float | None:
        spans = _spread(self.histograms.get("hands_minutes", {}))
        return median(spans) if len(spans) >= SMALLEST_GROUP else None


def _filled(counts: Mapping[str, int]) -> dict[str, int]:
    return {key: value for key, value in counts.items() if value}


def _spread(histogram: Mapping[str, int]) -> list[float]:
    return [float(value) for value, times in histogram.items() for _ in range(times)]


def add_up(rows: Iterable[Mapping[str, Any]]) -> Figures:
    """Sum the `counts` of several rows."""
    counts: Counter[str] = Counter()
    histograms: dict[str, Counter[str]] = {name: Counter() for name in HISTOGRAMS}
    for row in rows:
        for key, value in row.items():
            if key in HISTOGRAMS:
                histograms[key].update(value)
            elif key != "seen":
                counts[key] += value
    return Figures(counts, histograms)


def folded(groups: Mapping[str, int]) -> set[str]:
    """The groups not shown alone: those under five and, if these can be worked out as "all less the others",
    the next smallest too, until what is folded holds five or more.
    """
    small = {key for key, count in groups.items() if 0 < count < SMALLEST_GROUP}
    rest = sorted((key for key in groups if groups[key] >= SMALLEST_GROUP), key=lambda k: (groups[k], k))
    while small and rest and sum(groups[key] for key in small) < SMALLEST_GROUP:
        small.add(rest.pop(0))
    return small


@dataclass(frozen=True)
class Line:
    """One line of the table; figures None where it is folded away."""

    month: date | None
    domain: Domain | None
    figures: Figures | None
    folded: int = 0


@dataclass(frozen=True)
class Board:
    community: Organisation
    months: list[date]  # all that have figures, newest first
    shown: list[date]  # those the page is about, oldest first
    domains: list[Domain]
    domain: Domain | None
    month: date | None
    total: Figures
    hidden: bool  # the choice made is too small to show
    by_month: list[tuple[date, Figures]]
    by_domain: list[tuple[Domain | None, Figures]]
    folded_domains: int
    folded_received: int
    months_left_out: int  # too small, and to be found by subtraction if they were in the total
    computed_at: Any


def board(community: Organisation, *, month: date | None = None, domain_key: str = "") -> Board:
    """The board for one month or the newest six, for one domain or all."""
    rows = list(MonthlyFigures.objects.filter(community=community).order_by("-month")[:4000])
    months = sorted({row.month for row in rows}, reverse=True)
    month = month if month in months else None
    window = sorted(months[:MONTHS_SHOWN])
    shown = [month] if month else window
    domains = list(Domain.objects.filter(community=community))
    domain = next((d for d in domains if d.key == domain_key), None)
    here = [row for row in rows if row.month in shown]
    per_domain = _by_domain(here)
    away = folded({key: figures.received for key, figures in per_domain.items()})
    chosen = [row for row in here if domain is None or row.domain_key == domain.key]
    by_month = _by_month(rows, window, domain)
    left_out = _left_out(chosen, by_month) if month is None else set()
    total = add_up(row.counts for row in chosen if row.month not in left_out)
    names = {d.key: d for d in domains}
    return Board(
        community=community,
        months=months,
        shown=shown,
        domains=domains,
        domain=domain,
        month=month,
        total=total,
        hidden=total.few or (domain is not None and domain.key in away),
        by_month=by_month,
        by_domain=[
            (names.get(key), figures)
            for key, figures in sorted(per_domain.items(), key=lambda pair: -pair[1].received)
            if key not in away
        ],
        folded_domains=len(away),
        folded_received=sum(per_domain[key].received for key in away),
        months_left_out=len(left_out),
        computed_at=max((row.computed_at for row in rows), default=None),
    )


def _left_out(rows: Sequence[MonthlyFigures], by_month: Sequence[tuple[date, Figures]]) -> set[date]:
    """Months not shown that together hold fewer than five: the total less the months shown would name them."""
    shown = {month for month, figures in by_month if figures.received}
    away = {row.month: add_up(r.counts for r in rows if r.month == row.month).received for row in rows}
    away = {month: count for month, count in away.items() if month not in shown and count}
    return set(away) if 0 < sum(away.values()) < SMALLEST_GROUP else set()


def _by_domain(rows: Sequence[MonthlyFigures]) -> dict[str, Figures]:
    keys = sorted({row.domain_key for row in rows})
    return {key: add_up(row.counts for row in rows if row.domain_key == key) for key in keys}


def _by_month(
    rows: Sequence[MonthlyFigures], window: Sequence[date], domain: Domain | None
) -> list[tuple[date, Figures]]:
    """Every month from the first to the last, with empty ones between; a folded one comes back empty."""
    found: list[tuple[date, Figures]] = []
    month = window[0] if window else None
    while month and month <= window[-1]:
        here = [row for row in rows if row.month == month]
        if domain is not None:
            away = folded({key: figures.received for key, figures in _by_domain(here).items()})
            here = [row for row in here if row.domain_key == domain.key and domain.key not in away]
        figures = add_up(row.counts for row in here)
        found.append((month, add_up([]) if figures.few else figures))
        month = next_month(month)
    return found[-MONTHS_SHOWN:]


def table(shown: Board) -> list[Line]:
    """Month by domain for the export, small groups of each month in one line at its end."""
    names = {d.key: d for d in shown.domains}
    rows = MonthlyFigures.objects.filter(community=shown.community, month__in=shown.shown)
    lines: list[Line] = []
    for month in shown.shown:
        per_domain = _by_domain([row for row in rows if row.month == month])
        away = folded({key: figures.received for key, figures in per_domain.items()})
        lines += [
            Line(month, names.get(key), figures)
            for key, figures in per_domain.items()
            if key not in away and (shown.domain is None or key == shown.domain.key)
        ]
        if away and shown.domain is None:
            lines.append(Line(month, None, None, folded=len(away)))
    if not shown.hidden:
        lines.append(Line(None, shown.domain, shown.total))
    return lines
