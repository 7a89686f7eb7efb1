"""By how many days something is late. The calendar lives upstairs and puts itself here (foundation.apps)."""

from collections.abc import Callable
from datetime import date

Late = Callable[[date, date], int]


def _calendar_days(due_on: date, today: date) -> int:
    return max(0, (today - due_on).days)


_counts: list[Late] = [_calendar_days]


def count_with(late: Late) -> None:
    """From now on chips count as `late` does: (due day, today) -> days, 0 while none has passed."""
    _counts[:] = [late]


def days_late(due_on: date, today: date) -> int:
    """In the days in which promises are made: working days."""
    return _counts[0](due_on, today)
