"""One page of a list, and whether there is another; nothing is counted for it."""

from collections.abc import Callable
from typing import Any, TypeVar

from kaimen.web.api.shapes import Page

Row = TypeVar("Row")


def page_of(found: Any, number: int, size: int, build: Callable[[Any], Row]) -> Page[Row]:
    start = (number - 1) * size
    rows = list(found[start : start + size + 1])
    return Page(items=[build(row) for row in rows[:size]], page=number, size=size, more=len(rows) > size)
