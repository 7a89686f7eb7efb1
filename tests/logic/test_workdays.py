from datetime import date, timedelta

import chinese_calendar
import pytest

from kaimen.logic.workdays import Calendar, DayReason
from tests.logic.calendars import CALENDAR_2026


def test_the_calendar_of_our_tests_is_the_published_one() -> None:
    for n in range(365):
        day = date(2026, 1, 1) + timedelta(days=n)
        assert CALENDAR_2026.is_workday(day) == chinese_calendar.is_workday(day), day


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 9, 30), DayReason("workday", "", False)),
        (date(2026, 10, 1), DayReason("holiday", "国庆节", False)),
        (
            date(2026, 10, 3),
            DayReason("holiday", "国庆节", False),
        ),  # a Saturday inside the holiday
        (date(2026, 10, 10), DayReason("makeup", "国庆节", False)),
        (date(2026, 10, 11), DayReason("weekend", "", False)),
    ],
)
def test_why_a_day_works_or_rests(day: date, reason: DayReason) -> None:
    assert CALENDAR_2026.why(day) == reason


def test_a_year_not_announced_is_provisional_but_answers() -> None:
    assert CALENDAR_2026.why(date(2031, 1, 4)) == DayReason("weekend", "", True)
    assert CALENDAR_2026.why(date(2031, 1, 6)) == DayReason("workday", "", True)
    statutory = Calendar({date(2031, 10, 1): "国庆节"}, {}, frozenset())
    assert statutory.why(date(2031, 10, 1)) == DayReason("holiday", "国庆节", True)


def test_a_day_cannot_be_both() -> None:
    day = date(2026, 10, 1)
    with pytest.raises(ValueError, match="2026-10-01"):
        Calendar({day: "国庆节"}, {day: "国庆节"}, frozenset({2026}))
