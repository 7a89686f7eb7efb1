"""Which days are working days, and why: weekends, statutory holidays, make-up workdays (调休).

Rests on 《全国年节及纪念日放假办法》(国务院令第795号, 2024-11-10) for the statutory days and on the yearly notice of
the State Council's General Office (国务院办公厅关于…年部分节假日安排的通知) for bridging days and make-up workdays.
The notice for a year appears in the autumn before it, so every later year is *provisional*: never an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

DayCode = Literal["workday", "makeup", "weekend", "holiday"]

SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class DayReason:
    """Why a day works or rests. `name` is the festival (国庆节) for `holiday` and `makeup`, else empty."""

    code: DayCode
    name: str
    provisional: bool


@dataclass(frozen=True)
class Calendar:
    """The days that differ from Monday to Friday.

    `holidays` and `makeup` map a day to the festival it belongs to; `announced` are the years whose official
    notice has been entered. A day cannot be both a holiday and a make-up workday: ValueError.
    """

    holidays: Mapping[date, str]
    makeup: Mapping[date, str]
    announced: frozenset[int]

    def __post_init__(self) -> None:
        both = sorted(self.holidays.keys() & self.makeup.keys())
        if both:
            raise ValueError(f"both holiday and make-up workday: {both[0].isoformat()}")

    def why(self, day: date) -> DayReason:
        """The reason for this day; in a year not yet announced, weekends and the given statutory days count."""
        provisional = day.year not in self.announced
        if day in self.holidays:
            return DayReason("holiday", self.holidays[day], provisional)
        if day in self.makeup:
            return DayReason("makeup", self.makeup[day], provisional)
        if day.weekday() >= SATURDAY:
            return DayReason("weekend", "", provisional)
        return DayReason("workday", "", provisional)

    def is_workday(self, day: date) -> bool:
        """True for ordinary workdays and make-up workdays."""
        return self.why(day).code in ("workday", "makeup")
