"""The three rates of 接诉即办 (响应率, 解决率, 满意率), counted so that they cannot flatter.

Silence is never counted as a yes: whoever did not answer stands in `silent`, beside the rate, not in it. What was
left out stands in `excluded` with its reason. Under five answers the rate is hidden: it would name people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

SMALLEST_GROUP: Final = 5

# 国办发〔2019〕51号 《关于建立政务服务“好差评”制度提高政务服务水平的意见》: five levels, the lower two are bad.
LEVELS: Final = (1, 2, 3, 4, 5)
GOOD_FROM: Final = 3


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` of `denominator`; `silent` and `excluded` (reason -> count) belong to neither."""

    numerator: int
    denominator: int
    silent: int
    excluded: Mapping[str, int]

    def __post_init__(self) -> None:
        if (
            min(
                self.numerator,
                self.denominator - self.numerator,
                self.silent,
                *self.excluded.values(),
                0,
            )
            < 0
        ):
            raise ValueError("counts are not negative, and the part is not larger than the whole")

    @property
    def hidden(self) -> bool:
        """Too few to show without naming people."""
        return self.denominator < SMALLEST_GROUP

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None while hidden."""
        return None if self.hidden else self.numerator / self.denominator


@dataclass(frozen=True, slots=True)
class Median:
    """The median of `count` spans in days; `days` is None while hidden."""

    days: float | None
    count: int

    @property
    def hidden(self) -> bool:
        return self.count < SMALLEST_GROUP


def response_rate(
    *,
    in_time: int,
    late: int,
    unanswered_overdue: int,
    excluded: Mapping[str, int] | None = None,
) -> Rate:
    """First answers given in time, of all that were due.

    Late answers and those still missing past their day are in the denominator. Leave needs whose day has not
    come yet to `excluded` (`not_due`), they are neither good nor bad. Nobody is asked, so nobody is silent.
    """
    return Rate(in_time, in_time + late + unanswered_overdue, 0, dict(excluded or {}))


def solved_rate(
    *,
    solved: int,
    unsolved: int,
    silent: int,
    excluded: Mapping[str, int] | None = None,
) -> Rate:
    """Askers who say it is solved, of those who said either; what the office itself thinks does not count."""
    return Rate(solved, solved + unsolved, silent, dict(excluded or {}))


def satisfied_rate(
    *, levels: Mapping[int, int], silent: int, excluded: Mapping[str, int] | None = None
) -> Rate:
    """Ratings of 基本满意 (3) or better, of all ratings given; `levels` maps 1 (非常不满意) … 5 (非常满意) to counts.

    Levels as in 国办发〔2019〕51号. ValueError for any other level.
    """
    if not set(levels) <= set(LEVELS):
        raise ValueError("levels run from 1 to 5")
    good = sum(count for level, count in levels.items() if level >= GOOD_FROM)
    return Rate(good, sum(levels.values()), silent, dict(excluded or {}))


def median_days(spans: Sequence[float]) -> Median:
    """The middle of the spans; hidden under five."""
    few = len(spans) < SMALLEST_GROUP
    return Median(None if few else float(median(spans)), len(spans))
