"""Deadlines in working days that can show every day they counted and every day they skipped.

《民法典》第二百零一条: the day on which the period begins is not counted, it runs from the next day.
《民法典》第二百零三条: a period that would end on a statutory day of rest ends on the next day that is not one; it ends
at 24:00, or where there are business hours, when business stops. Counting working days only, both hold by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from kaimen.logic.workdays import Calendar

ONE_DAY: Final = timedelta(days=1)

SkipCode = Literal["weekend", "holiday", "paused"]


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still while we wait for the asker: the days `start`+1 … `end` are not counted.

    `start` is the day on which we asked: it was still available to us, so it counts. `end` is the day on which
    the asker answered: it does not count, the next day does (the same rule as 第二百零一条 for a beginning). A
    pause that begins and ends on one day costs nothing. `end` None: we are still waiting.
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("a pause cannot end before it starts")

    def covers(self, day: date) -> bool:
        """True if this pause takes the day out of the count."""
        return self.start < day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A working day that was counted, the `ordinal`-th (from 1)."""

    date: date
    ordinal: int
    code: Literal["workday", "makeup"]


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day that was not counted; `name` is the festival for a holiday, else empty."""

    date: date
    code: SkipCode
    name: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a period, with the working shown.

    `due` is None exactly when `open_pause` is True: we wait for the asker, the last day is not known yet.
    `provisional`: a day in the working lies in a year whose holidays are not announced yet.
    """

    due: date | None
    counted: tuple[CountedDay, ...]
    skipped: tuple[SkippedDay, ...]
    provisional: bool
    open_pause: bool = False


def due(
    start: datetime | date,
    days: int,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    extension_days: int = 0,
    today: date | None = None,
) -> Deadline:
    """The last of `days` + `extension_days` working days after `start` (《民法典》第二百零一、二百零三条).

    A datetime must already be in local time: its date is taken as it stands. Days of rest inside a pause are
    reported as days of rest. If a pause is still open and reached before the count is full, `due` is None and the
    working is listed up to `today` (without it: up to the day the pause began). ValueError for less than one day
    or a negative extension.
    """
    total = days + extension_days
    if days < 1 or extension_days < 0:
        raise ValueError("a deadline needs at least one day and no negative extension")
    begin = _as_date(start)
    open_since = min((p.start for p in pauses if p.end is None), default=None)
    counted: list[CountedDay] = []
    skipped: list[SkippedDay] = []
    provisional = False
    day = begin
    while len(counted) < total:
        day += ONE_DAY
        if open_since is not None and day > max(open_since, today or begin):
            return Deadline(None, tuple(counted), tuple(skipped), provisional, open_pause=True)
        reason = calendar.why(day)
        provisional = provisional or reason.provisional
        if reason.code == "weekend" or reason.code == "holiday":
            skipped.append(SkippedDay(day, reason.code, reason.name))
        elif any(pause.covers(day) for pause in pauses):
            skipped.append(SkippedDay(day, "paused", ""))
        else:
            counted.append(CountedDay(day, len(counted) + 1, reason.code))
    return Deadline(day, tuple(counted), tuple(skipped), provisional)


def workdays_between(a: datetime | date, b: datetime | date, calendar: Calendar) -> int:
    """Working days after `a` up to and including `b`; negative if `b` lies before `a`."""
    first, last = _as_date(a), _as_date(b)
    if last < first:
        return -workdays_between(last, first, calendar)
    span = (last - first).days
    return sum(calendar.is_workday(first + timedelta(days=n)) for n in range(1, span + 1))


def add_workdays(start: datetime | date, days: int, calendar: Calendar) -> date:
    """The `days`-th working day after `start` (negative: before it); `start` itself for 0, working or not."""
    day = _as_date(start)
    step = ONE_DAY if days > 0 else -ONE_DAY
    left = abs(days)
    while left:
        day += step
        left -= calendar.is_workday(day)
    return day


def overdue_by(due: date, today: date, calendar: Calendar) -> int:
    """By how many working days `today` is past `due`; 0 on the due day itself (it ends at 24:00, 第二百零三条)."""
    return max(0, workdays_between(due, today, calendar))


def _as_date(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
