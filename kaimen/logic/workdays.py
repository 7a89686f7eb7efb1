"""The official working-day calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Calendar:
    holidays: Mapping[date, str]
    makeup: Mapping[date, str]
    announced: frozenset[int]
