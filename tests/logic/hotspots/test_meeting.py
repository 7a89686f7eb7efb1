"""A place and a matter that keep being named together: heard as one though the words share hardly anything."""

import random

from kaimen.logic.hotspots.finding import Heap
from kaimen.logic.hotspots.gathering import _met, gather
from kaimen.logic.hotspots.meeting import ENOUGH, _joined
from tests.logic.hotspots.heard import many

DICE = random.Random(3)
HAN = [chr(0x5000 + 7 * n) for n in range(300)]


def prattle(length: int) -> str:
    return "".join(DICE.choices(HAN, k=length))


def crowd(place: str, matter: str, count: int) -> list[str]:
    """Each names both, and all else is something else each time."""
    return [f"{prattle(6)}，{place}，{prattle(9)}，{matter}，{prattle(9)}" for _ in range(count)]


def heap_of(texts: list[str]) -> Heap:
    heap = Heap()
    heap.take(many(*texts))
    return heap


TOGETHER, REST = crowd("东门", "车位", 14), [prattle(28) for _ in range(160)]
ELSEWHERE = [text.replace("车位", prattle(2)) for text in crowd("西门", "车位", 12)]


def test_a_place_and_a_matter_that_are_named_together_meet() -> None:
    heap = heap_of([*TOGETHER, *ELSEWHERE, *REST])
    assert heap.meetings() == [list(range(14))]
    free = gather(heap.vectors(), heap.weights)
    assert max(len(group) for group in free) < 8, "by likeness alone they are not one"
    met = gather(heap.vectors(), heap.weights, meetings=heap.meetings())
    assert list(range(14)) in met
    assert sorted(row for group in met for row in group) == list(range(len(heap.messages))), "nobody is lost"


def test_too_few_or_a_matter_that_is_said_everywhere_do_not_meet() -> None:
    assert heap_of([*TOGETHER[: ENOUGH - 1], *REST]).meetings() == []
    said_everywhere = [text[:9] + "车位" + text[9:] for text in REST]
    assert heap_of([*TOGETHER, *said_everywhere]).meetings() == []


def test_marks_hold_apart_what_meets() -> None:
    """Two issues that an officer keeps apart do not become one because people name a place with a matter."""
    heap = heap_of([*TOGETHER, *REST])
    held = gather(heap.vectors(), heap.weights, apart={0: "a", 7: "b"}, meetings=heap.meetings())
    assert not any({0, 7} <= set(group) for group in held)
    assert any(len(group) == 13 for group in held), "all others go to one of the two"


def test_only_groups_that_are_mostly_at_a_meeting_join_it() -> None:
    groups, none = [0, 0, 0, 0, 1, 1, 2, 3], [-1] * 8
    assert _met(groups, none, [[0, 4, 5, 6]]) == [[0, 1, 2, 3], [4, 5, 6], [7]]
    assert _met(groups, [-1] * 6 + [1, -1], [[0, 4, 5, 6]]) == [[0, 1, 2, 3], [4, 5, 6], [7]]


def test_two_meetings_of_mostly_the_same_are_one() -> None:
    assert _joined([[1, 2, 3, 4], [3, 4, 5], [7, 8]]) == [[1, 2, 3, 4, 5], [7, 8]]
    assert _joined([[1, 2, 3, 4], [4, 5, 6]]) == [[1, 2, 3, 4], [4, 5, 6]]
