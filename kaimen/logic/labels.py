"""Names beside circles on a small plan, so that no two lie on each other.

Each name has a dozen places around its circle; name after name takes the place that covers least, until none wants to
move (Christensen, Marks and Shieber 1995 call it discrete gradient descent). Same circles, same places.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

NARROW: Final = 0.52  # of a Latin letter, in widths of a Chinese character
PASSES: Final = 20  # in practice three to five are enough
ON_A_NAME, ON_A_CIRCLE, OUTSIDE = 10.0, 1.5, 20.0  # how bad a unit of area there is
LATER: Final = 0.4  # how bad each next place is: below is read best, then above, then the sides
TOUCHING: Final = 0.01

# Where the middle of the name stands: in half widths and half heights from the edge of the circle.
_AROUND: Final = (
    *((0, 1), (0, -1), (1, 0), (-1, 0), (0.6, 1), (-0.6, 1), (0.6, -1), (-0.6, -1)),
    *((1, 0.8), (-1, 0.8), (1, -0.8), (-1, -0.8), (0, 2.6), (0, -2.6), (0.6, 2.6), (-0.6, 2.6)),
)


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle with a name; all in units of the plan."""

    x: float
    y: float
    radius: float
    name: str


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def width_of(name: str, size: float) -> float:
    """How wide the name is in letters of this size."""
    wide = sum(1.0 if unicodedata.east_asian_width(char) in "WF" else NARROW for char in name)
    return wide * size


def names_beside(circles: Sequence[Circle], size: float, plan: Box) -> list[Box | None]:
    """For each circle the box of its name, within the plan; None where it would lie on a name said before it.

    `size` is the height of a letter. Give the circles in order of weight: where there is no room for two names, the
    first is kept.
    """
    choices = [_choices(circle, size) for circle in circles]
    others = [Box(c.x - c.radius, c.y - c.radius, c.x + c.radius, c.y + c.radius) for c in circles]
    base = [[_lies_badly(box, n, others, plan) for box in boxes] for n, boxes in enumerate(choices)]
    chosen = [0] * len(circles)
    for _pass in range(PASSES):
        before = list(chosen)
        for n, boxes in enumerate(choices):
            rest = [choices[m][chosen[m]] for m in range(len(circles)) if m != n]
            costs = [
                base[n][k] + LATER * k + ON_A_NAME * sum(_shared(box, one) for one in rest)
                for k, box in enumerate(boxes)
            ]
            chosen[n] = min(range(len(boxes)), key=lambda k: (costs[k], k))
        if chosen == before:
            break
    kept: list[Box | None] = []
    for n, boxes in enumerate(choices):
        box = boxes[chosen[n]]
        free = not any(one and _shared(box, one) > TOUCHING for one in kept)
        kept.append(box if free else None)
    return kept


def _choices(circle: Circle, size: float) -> list[Box]:
    half, tall, gap = width_of(circle.name, size) / 2, size * 0.6, size * 0.15
    boxes = []
    for right, down in _AROUND:
        reach = circle.radius + gap
        x = circle.x + right * half + (reach if right >= 1 else -reach if right <= -1 else 0)
        beside_it = abs(right) >= 1
        y = circle.y + down * tall + (0 if beside_it else reach if down > 0 else -reach)
        boxes.append(Box(x - half, y - tall, x + half, y + tall))
    return boxes


def _lies_badly(box: Box, own: int, circles: Sequence[Box], plan: Box) -> float:
    area = (box.right - box.left) * (box.bottom - box.top)
    covered = sum(_shared(box, circle) for n, circle in enumerate(circles) if n != own)
    return ON_A_CIRCLE * covered + OUTSIDE * (area - _shared(box, plan))


def _shared(one: Box, other: Box) -> float:
    """The area that both cover."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across * down if across > 0 and down > 0 else 0.0
