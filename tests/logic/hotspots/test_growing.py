"""Groups that grow in rounds over arrays: the same rule as for two profiles, and what officers hold stays held."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaimen.logic.hotspots.alike import ORDINARY, Profile, Rule, same_issue
from kaimen.logic.hotspots.finding import Heap
from kaimen.logic.hotspots.gathering import KnownSides, gather
from kaimen.logic.hotspots.growing import Growing
from tests.logic.hotspots.heard import LIGHTS, OTHERS, PARKING, many

TEXTS = [*PARKING, *LIGHTS, *OTHERS]


def heap_of(texts: list[str]) -> Heap:
    heap = Heap()
    heap.take(many(*texts))
    return heap


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from(TEXTS), min_size=4, max_size=20),
    st.randoms(use_true_random=False),
    st.builds(Rule, many=st.integers(2, 6), crowd=st.integers(3, 8), named=st.floats(0, 0.3)),
)
def test_one_rule_for_two_profiles_and_for_columns(texts: list[str], dice: object, rule: Rule) -> None:
    """alike.same_issue says it of two, Growing of many at once: the same figure."""
    heap = heap_of([*texts, *TEXTS])
    vectors = heap.vectors()
    labels = np.array([dice.randrange(4) if row else 3 for row in range(len(vectors))])  # type: ignore[attr-defined]
    labels[:4] = range(4)
    growing = Growing(vectors, heap.weights, rule, labels, np.full(4, -1))
    sides = KnownSides(heap.weights)
    profiles = [Profile.of({}, sides, 0) for _ in range(4)]
    for row, label in enumerate(labels.tolist()):
        profiles[label].add(Profile.of(vectors.row(row), sides))
    pairs = [(a, b) for a in range(4) for b in range(a)]
    found = growing._fits(*np.array(pairs).T)
    for (a, b), fit in zip(pairs, found.tolist(), strict=True):
        assert fit == pytest.approx(same_issue(profiles[a], profiles[b], rule), abs=1e-5)


def test_what_an_officer_put_together_stays_and_what_was_parted_never_joins() -> None:
    heap = heap_of([*TEXTS, PARKING[0], PARKING[0]])
    vectors, last = heap.vectors(), len(TEXTS)
    free = gather(vectors, heap.weights)
    assert any({0, last, last + 1} <= set(group) for group in free), "equal words join"
    held = gather(vectors, heap.weights, together=[[last, 10]], apart={0: "a", last: "b", 10: "b"})
    group_of = {row: number for number, rows in enumerate(held) for row in rows}
    assert group_of[last] == group_of[10]
    assert group_of[last] != group_of[0]
    assert sorted(group_of) == list(range(len(vectors)))


def test_a_crowd_that_takes_one_mark_in_refuses_the_other_and_comes_to_an_end() -> None:
    heap = heap_of([PARKING[0]] * 60 + LIGHTS + OTHERS)
    groups = gather(heap.vectors(), heap.weights, apart={7: "a", 40: "b", 59: "c"})
    assert not any(len({7, 40, 59} & set(group)) > 1 for group in groups)


def test_a_crowd_is_grown_however_large_it_is() -> None:
    """A group takes in no more at once than it holds: three hundred take several rounds, and all arrive."""
    heap = heap_of([f"{PARKING[n % 2]}" for n in range(300)] + LIGHTS + OTHERS)
    assert max(len(group) for group in gather(heap.vectors(), heap.weights)) >= 150


def test_a_place_that_many_name_still_keeps_places_apart() -> None:
    """What everybody names weighs little (here 4 % of the whole), and is a place all the same."""
    sides = {1: (1.0, 0.0), 2: (0.0, 1.0), 3: (1.0, 0.0)}
    at_the_gate = Profile.of({1: 0.2, 2: 0.98}, sides)
    elsewhere = Profile.of({3: 0.3, 2: 0.95}, sides)
    nowhere = Profile.of({2: 1.0}, sides)
    assert same_issue(at_the_gate, elsewhere, ORDINARY) == 0
    assert same_issue(at_the_gate, nowhere, ORDINARY) > 0.9
