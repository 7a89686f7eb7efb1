"""Names beside circles: none on another, all within the plan, the weightier one kept."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from kaimen.logic.labels import Box, Circle, names_beside, width_of

PLAN = Box(0, 0, 100, 100)
number = st.floats(0, 100, allow_nan=False)
circles = st.builds(Circle, number, number, st.floats(1, 7), st.text("东南西门a路", max_size=8))


def overlap(one: Box, other: Box) -> float:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across * down if across > 0 and down > 0 else 0


@settings(max_examples=40, deadline=None)
@given(st.lists(circles, max_size=14))
def test_no_two_names_lie_on_each_other_and_the_first_is_always_named(places: list[Circle]) -> None:
    boxes = names_beside(places, 5, PLAN)
    assert len(boxes) == len(places)
    assert not places or boxes[0]
    assert all(overlap(one, other) <= 0.011 for one, other in combinations(filter(None, boxes), 2))
    assert names_beside(places, 5, PLAN) == boxes


def test_places_close_together_are_all_named() -> None:
    near = [Circle(46, 14, 4, "一号宿舍楼"), Circle(58, 12, 4, "二号宿舍楼"), Circle(52, 26, 4, "职工食堂")]
    assert all(names_beside(near, 5.6, PLAN))


def test_a_name_at_the_edge_stays_on_the_plan() -> None:
    for x, y in ((1, 50), (99, 50), (50, 99), (50, 1)):
        (box,) = names_beside([Circle(x, y, 2, "宿舍区公交站")], 5, PLAN)
        assert box
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= 100
        assert box.bottom <= 100


def test_latin_letters_are_narrow() -> None:
    assert width_of("东门", 5) == 10
    assert width_of("East", 5) < 12
