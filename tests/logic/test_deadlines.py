from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.deadlines import (
    CountedDay,
    Pause,
    SkippedDay,
    add_workdays,
    due,
    overdue_by,
    workdays_between,
)
from tests.logic.calendars import CALENDAR_2026 as CAL

starts = st.dates(date(2025, 11, 1), date(2027, 3, 1))
lengths = st.integers(1, 40)


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    start = draw(starts)
    return Pause(start, start + timedelta(days=draw(st.integers(0, 30))))


def test_three_days_over_national_day_2026() -> None:
    deadline = due(datetime(2026, 9, 30, 16, 45), 3, CAL)
    assert deadline.due == date(2026, 10, 10)
    assert deadline.counted == (
        CountedDay(date(2026, 10, 8), 1, "workday"),
        CountedDay(date(2026, 10, 9), 2, "workday"),
        CountedDay(date(2026, 10, 10), 3, "makeup"),
    )
    assert deadline.skipped == tuple(SkippedDay(date(2026, 10, n), "holiday", "国庆节") for n in range(1, 8))
    assert not deadline.provisional


def test_the_day_we_ask_counts_and_the_day_of_the_answer_does_not() -> None:
    # Monday received; asked on Wednesday, answered on Friday.
    asked = Pause(date(2026, 11, 4), date(2026, 11, 6))
    deadline = due(date(2026, 11, 2), 3, CAL, [asked])
    assert [d.date.day for d in deadline.counted] == [3, 4, 9]
    assert [(d.date.day, d.code) for d in deadline.skipped] == [
        (5, "paused"),
        (6, "paused"),
        (7, "weekend"),
        (8, "weekend"),
    ]


def test_asked_and_answered_on_one_day_costs_nothing() -> None:
    day = date(2026, 11, 4)
    assert due(date(2026, 11, 2), 5, CAL, [Pause(day, day)]) == due(date(2026, 11, 2), 5, CAL)


def test_an_open_pause_leaves_the_last_day_unknown() -> None:
    waiting = [Pause(date(2026, 11, 4))]
    deadline = due(date(2026, 11, 2), 5, CAL, waiting, today=date(2026, 11, 9))
    assert deadline.due is None
    assert deadline.open_pause
    assert [d.date.day for d in deadline.counted] == [3, 4]
    assert [d.date.day for d in deadline.skipped] == [5, 6, 7, 8, 9]
    assert due(date(2026, 11, 2), 5, CAL, waiting).skipped == ()


def test_a_pause_after_the_last_day_changes_nothing() -> None:
    assert due(date(2026, 11, 2), 2, CAL, [Pause(date(2026, 11, 4))]).due == date(2026, 11, 4)


def test_an_extension_is_counted_on() -> None:
    assert due(date(2026, 11, 2), 3, CAL, extension_days=2) == due(date(2026, 11, 2), 5, CAL)


def test_running_into_a_year_not_announced_is_provisional() -> None:
    assert due(date(2026, 12, 30), 3, CAL).provisional
    assert not due(date(2026, 12, 28), 3, CAL).provisional


@pytest.mark.parametrize(("days", "extension"), [(0, 0), (-1, 3), (5, -1)])
def test_a_deadline_of_no_days_is_refused(days: int, extension: int) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        due(date(2026, 11, 2), days, CAL, extension_days=extension)


def test_a_pause_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Pause(date(2026, 11, 4), date(2026, 11, 3))


@given(starts, lengths, st.integers(0, 10), st.lists(pauses(), max_size=4))
def test_every_day_is_accounted_for_once(start: date, days: int, extension: int, waits: list[Pause]) -> None:
    deadline = due(start, days, CAL, waits, extension)
    assert deadline.due is not None
    assert CAL.is_workday(deadline.due)
    assert deadline.counted[-1].date == deadline.due
    assert [d.ordinal for d in deadline.counted] == list(range(1, days + extension + 1))
    counted, skipped = (
        [d.date for d in deadline.counted],
        [d.date for d in deadline.skipped],
    )
    assert counted == sorted(counted)
    assert skipped == sorted(skipped)
    whole = [start + timedelta(days=n) for n in range(1, (deadline.due - start).days + 1)]
    assert sorted(counted + skipped) == whole


@given(starts, lengths, st.lists(pauses(), max_size=3), pauses())
def test_one_more_pause_never_makes_it_earlier(
    start: date, days: int, waits: list[Pause], more: Pause
) -> None:
    before, after = (
        due(start, days, CAL, waits).due,
        due(start, days, CAL, [*waits, more]).due,
    )
    assert before is not None
    assert after is not None
    assert after >= before


@given(starts, lengths)
def test_counting_and_adding_agree(start: date, days: int) -> None:
    last = due(start, days, CAL).due
    assert last is not None
    assert add_workdays(start, days, CAL) == last
    assert workdays_between(start, last, CAL) == days
    assert workdays_between(last, start, CAL) == -days


@given(starts, st.integers(1, 30))
def test_going_back_lands_on_a_workday_that_many_before(start: date, days: int) -> None:
    day = add_workdays(start, -days, CAL)
    assert CAL.is_workday(day)
    inside = workdays_between(day, start, CAL)
    assert inside == (days if CAL.is_workday(start) else days - 1)


def test_overdue_starts_the_working_day_after() -> None:
    friday = date(2026, 11, 6)
    assert overdue_by(friday, date(2026, 11, 5), CAL) == 0
    assert overdue_by(friday, friday, CAL) == 0
    assert overdue_by(friday, date(2026, 11, 8), CAL) == 0  # a Sunday is not a day late
    assert overdue_by(friday, date(2026, 11, 9), CAL) == 1
    assert add_workdays(friday, 0, CAL) == friday
