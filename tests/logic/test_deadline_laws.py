"""Deadlines against a slow and simple count, over calendars, pauses and years that nobody has announced yet."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.deadlines import Deadline, Pause, add_workdays, due
from kaimen.logic.workdays import Calendar

FIRST = date(2027, 10, 1)
days_of_the_year = st.dates(FIRST, date(2028, 8, 1))
starts = st.dates(FIRST, date(2028, 3, 1))
lengths = st.integers(1, 30)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any festivals and any make-up days; 2028 may not be announced yet."""
    festive = draw(st.sets(days_of_the_year, max_size=15))
    makeup = draw(st.sets(days_of_the_year.filter(lambda day: day.weekday() >= 5), max_size=8)) - festive
    announced = draw(st.sampled_from([frozenset({2027}), frozenset({2027, 2028})]))
    return Calendar(dict.fromkeys(festive, "节"), dict.fromkeys(makeup, "节"), announced)


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    start = draw(starts)
    return Pause(start, start + timedelta(days=draw(st.integers(0, 30))))


def last_day(start: date, days: int, calendar: Calendar, waits: list[Pause] | None = None) -> date:
    found = due(start, days, calendar, waits or []).due
    assert found is not None
    return found


@given(starts, lengths, calendars(), st.lists(pauses(), max_size=4))
def test_it_is_what_crossing_off_a_wall_calendar_gives(
    start: date, days: int, calendar: Calendar, waits: list[Pause]
) -> None:
    day, left = start, days
    while left:
        day += timedelta(days=1)
        rests = day in calendar.holidays or (day.weekday() >= 5 and day not in calendar.makeup)
        waited = any(wait.start < day <= (wait.end or day) for wait in waits)
        left -= not rests and not waited
    assert last_day(start, days, calendar, waits) == day


@given(starts, st.integers(0, 20), lengths, calendars(), st.lists(pauses(), max_size=3))
def test_who_asks_later_is_never_answered_earlier(
    start: date, later: int, days: int, calendar: Calendar, waits: list[Pause]
) -> None:
    after = last_day(start + timedelta(days=later), days, calendar, waits)
    assert last_day(start, days, calendar, waits) <= after


@given(starts, lengths, calendars(), st.lists(pauses(), max_size=3))
def test_a_day_more_is_a_working_day_more(
    start: date, days: int, calendar: Calendar, waits: list[Pause]
) -> None:
    assert last_day(start, days, calendar, waits) < last_day(start, days + 1, calendar, waits)


@given(starts, lengths, st.integers(1, 10), calendars())
def test_an_extension_is_counted_from_the_last_day(
    start: date, days: int, more: int, calendar: Calendar
) -> None:
    extended = due(start, days, calendar, extension_days=more).due
    assert extended == add_workdays(last_day(start, days, calendar), more, calendar)


@given(starts, lengths, calendars(), st.lists(pauses(), max_size=4), st.randoms())
def test_pauses_count_whatever_their_order_and_once_however_often(
    start: date, days: int, calendar: Calendar, waits: list[Pause], rng: object
) -> None:
    again = [*waits, *waits]
    rng.shuffle(again)  # type: ignore[attr-defined]
    assert due(start, days, calendar, again) == due(start, days, calendar, waits)


@given(starts, lengths, calendars(), pauses(), st.integers(0, 30))
def test_a_pause_cut_in_two_is_the_same_pause(
    start: date, days: int, calendar: Calendar, wait: Pause, cut: int
) -> None:
    assert wait.end
    middle = min(wait.start + timedelta(days=cut), wait.end)
    halves = [Pause(wait.start, middle), Pause(middle, wait.end)]
    assert due(start, days, calendar, halves) == due(start, days, calendar, [wait])


@given(starts, lengths, calendars(), days_of_the_year)
def test_a_new_holiday_is_never_to_the_askers_gain_nor_a_makeup_day_to_their_loss(
    start: date, days: int, calendar: Calendar, day: date
) -> None:
    plain = last_day(start, days, calendar)
    if day not in calendar.makeup:
        rested = replace(calendar, holidays={**calendar.holidays, day: "节"})
        assert last_day(start, days, rested) >= plain
    if day not in calendar.holidays and day.weekday() >= 5:
        worked = replace(calendar, makeup={**calendar.makeup, day: "节"})
        assert last_day(start, days, worked) <= plain


@given(starts, lengths, calendars(), st.frozensets(st.sampled_from([2027, 2028])))
def test_a_year_not_announced_is_said_and_nothing_else_changes(
    start: date, days: int, calendar: Calendar, announced: frozenset[int]
) -> None:
    """Also an earlier year than the last one: a district may enter the new calendar and not the old."""
    known = due(start, days, replace(calendar, announced=frozenset({2027, 2028})))
    unknown = due(start, days, replace(calendar, announced=announced))
    assert not known.provisional
    assert unknown.provisional == any(seen.year not in announced for seen in _days(unknown))
    assert replace(unknown, provisional=False) == known


@given(starts, lengths, calendars(), st.lists(pauses(), max_size=3))
def test_each_day_is_told_once_and_a_day_of_rest_stays_one_while_we_wait(
    start: date, days: int, calendar: Calendar, waits: list[Pause]
) -> None:
    shown = due(start, days, calendar, waits)
    assert shown.due
    span = range(1, (shown.due - start).days + 1)
    assert sorted(_days(shown)) == [start + timedelta(days=n) for n in span]
    assert all(calendar.is_workday(day.date) == (day.code == "paused") for day in shown.skipped)
    assert [day.ordinal for day in shown.counted] == list(range(1, days + 1))


@given(starts, lengths, calendars(), starts, st.integers(0, 30))
def test_an_answer_to_our_question_brings_the_last_day_back(
    start: date, days: int, calendar: Calendar, asked: date, waited: int
) -> None:
    """While we wait the last day is unknown, unless it lies before the question; with the answer it is known."""
    waiting = due(start, days, calendar, [Pause(asked)])
    answered = last_day(start, days, calendar, [Pause(asked, asked + timedelta(days=waited))])
    if waiting.due is None:
        assert waiting.open_pause and answered > asked
    else:
        assert waiting.due == answered == last_day(start, days, calendar)


def _days(deadline: Deadline) -> list[date]:
    return [*(day.date for day in deadline.counted), *(day.date for day in deadline.skipped)]
