"""The calendar packs against a second source (chinesecalendar) and, for the year to come, against the sky."""

from datetime import date, datetime, timedelta
from math import radians, sin

import chinese_calendar
import pytest

from .conftest import PACKS, read_pack

ANNOUNCED = [2024, 2025, 2026]
YEARS = [*ANNOUNCED, 2027]


def test_there_is_a_pack_for_each_year_and_no_other():
    assert sorted(path.stem for path in (PACKS / "calendars").glob("*.yaml")) == [str(year) for year in YEARS]


@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_a_date_of_its_year_listed_once_with_a_name(year):
    pack = read_pack(f"calendars/{year}.yaml")
    days = [entry["date"] for entry in pack["holidays"] + pack["makeup"]]
    assert pack["year"] == year
    assert all(type(day) is date and day.year == year for day in days)
    assert len(set(days)) == len(days)
    assert all(entry["name"] for entry in pack["holidays"] + pack["makeup"])
    assert set(pack["source"]) == {"title", "number", "date"} and all(pack["source"].values())


@pytest.mark.parametrize("year", ANNOUNCED)
def test_announced_years_agree_with_the_second_source_on_every_day(year):
    pack = read_pack(f"calendars/{year}.yaml")
    assert pack["status"] == "announced"
    assert {entry["date"] for entry in pack["holidays"]} == _in_year(chinese_calendar.holidays, year)
    assert {entry["date"] for entry in pack["makeup"]} == _in_year(chinese_calendar.workdays, year)


@pytest.mark.parametrize("year", ANNOUNCED)
def test_makeup_days_are_weekends_and_notices_came_the_year_before(year):
    pack = read_pack(f"calendars/{year}.yaml")
    assert all(entry["date"].weekday() >= 5 for entry in pack["makeup"])
    assert pack["source"]["date"].year == year - 1
    assert f"〔{year - 1}〕" in pack["source"]["number"] and str(year) in pack["source"]["title"]


def test_the_year_to_come_is_provisional_and_has_the_thirteen_statutory_days():
    pack = read_pack("calendars/2027.yaml")
    days = [entry["date"] for entry in pack["holidays"]]
    assert pack["status"] == "provisional" and pack["makeup"] == []
    assert len(days) == 13
    fixed = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    assert {date(2027, *day) for day in fixed} <= set(days)


def test_the_lunar_festivals_to_come_fall_where_the_moon_puts_them():
    days = {entry["date"]: entry["name"] for entry in read_pack("calendars/2027.yaml")["holidays"]}
    spring = _new_moon_on_or_before(date(2027, 2, 8))
    assert {spring + timedelta(days=n) for n in (-1, 0, 1, 2)} == _named(days, "春节")
    assert {_new_moon_on_or_before(date(2027, 6, 9)) + timedelta(days=4)} == _named(days, "端午节")
    assert {_new_moon_on_or_before(date(2027, 9, 15)) + timedelta(days=14)} == _named(days, "中秋节")
    assert {date(2027, 4, int(27 * 0.2422 + 4.81) - 27 // 4)} == _named(days, "清明节")


@pytest.mark.parametrize("day", [date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17)])
def test_the_moon_of_this_test_gives_the_known_new_years(day):
    assert _new_moon_on_or_before(day + timedelta(days=3)) == day


def _in_year(days, year: int) -> set[date]:
    return {day for day in days if day.year == year}


def _named(days: dict[date, str], name: str) -> set[date]:
    return {day for day, said in days.items() if said.startswith(name)}


def _new_moon_on_or_before(day: date) -> date:
    """Day (UTC+8) of the last new moon up to `day`: Meeus, chapter 49, largest terms, good to minutes."""
    lunation = round((day - date(2000, 1, 6)).days / 29.530588861) + 1
    while _new_moon(lunation) > day:
        lunation -= 1
    return _new_moon(lunation)


def _new_moon(k: int) -> date:
    t = k / 1236.85
    sun = radians(2.5534 + 29.10535670 * k)
    moon = radians(201.5643 + 385.81693528 * k + 0.0107582 * t * t)
    node = radians(160.7108 + 390.67050284 * k)
    shift = -0.40720 * sin(moon) + 0.17241 * sin(sun) + 0.01608 * sin(2 * moon) + 0.01039 * sin(2 * node)
    shift += 0.00739 * sin(moon - sun) - 0.00514 * sin(moon + sun) + 0.00208 * sin(2 * sun)
    julian = 2451550.09766 + 29.530588861 * k + shift
    return (datetime(2000, 1, 1, 12) + timedelta(days=julian - 2451545.0, hours=8)).date()
