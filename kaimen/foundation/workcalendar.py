"""The official working-day calendar of packs/calendars/, read once and again when a file changes."""

import time
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import yaml
from django.utils import timezone

from kaimen.logic.deadlines import add_workdays, overdue_by
from kaimen.logic.workdays import Calendar

FOLDER = Path(__file__).resolve().parents[1] / "packs" / "calendars"


def calendar() -> Calendar:
    """The calendar as the packs had it within the last second."""
    return _load(_stamp(int(time.monotonic())))


def day_due(start: date, days: int) -> date:
    """The last of `days` working days after `start`, counted once however many promises begin on that day."""
    return _day_due(_stamp(int(time.monotonic())), start, days)


@lru_cache(maxsize=1)
def _stamp(_second: int) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in FOLDER.glob("*.yaml")))


@lru_cache(maxsize=1000)
def _day_due(stamp: tuple[tuple[str, int], ...], start: date, days: int) -> date:
    return add_workdays(start, days, _load(stamp))


@lru_cache(maxsize=100)  # a need asks for the day of one moment again and again
def day_of(moment: datetime) -> date:
    """The day of `moment` where this house stands."""
    return timezone.localdate(moment)


def today() -> date:
    return timezone.localdate()


def working_days_late(due_on: date, today: date) -> int:
    """By how many working days `today` is past `due_on`, counted once however many rows of a list are late since then."""
    return _days_late(_stamp(int(time.monotonic())), due_on, today)


@lru_cache(maxsize=1000)
def _days_late(stamp: tuple[tuple[str, int], ...], due_on: date, today: date) -> int:
    return overdue_by(due_on, today, _load(stamp))


@lru_cache(maxsize=2)
def _load(stamp: tuple[tuple[str, int], ...]) -> Calendar:
    holidays: dict[date, str] = {}
    makeup: dict[date, str] = {}
    announced: set[int] = set()
    for name, _ in stamp:
        year = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
        holidays |= {entry["date"]: entry["name"] for entry in year["holidays"]}
        makeup |= {entry["date"]: entry["name"] for entry in year.get("makeup") or []}
        if year["status"] == "announced":
            announced.add(year["year"])
    return Calendar(holidays=holidays, makeup=makeup, announced=frozenset(announced))
