from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.routing import Candidate, NoOwner, route

AREAS = ("东区", "西区")


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    keys = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True))
    return [
        Candidate(
            key,
            draw(st.sampled_from(["officer", "supervisor"])),
            draw(st.integers(0, 2)),
            draw(st.booleans()),
            draw(st.integers(0, 4)),
            draw(st.frozensets(st.sampled_from(AREAS))),
        )
        for key in keys
    ]


def officer(
    key: str,
    *,
    levels: int = 0,
    duty: bool = True,
    load: int = 0,
    areas: tuple[str, ...] = (),
) -> Candidate:
    return Candidate(key, "officer", levels, duty, load, frozenset(areas))


BOSS = Candidate("boss", "supervisor", 1, False, 0)


def codes(chosen: list[Candidate], area: str | None = None) -> tuple[str, list[str]]:
    routing = route(chosen, area)
    return routing.owner_key, [reason.code for reason in routing.reasons]


def test_the_organisation_comes_before_the_area_and_the_area_before_the_load() -> None:
    near = officer("near", load=9)
    assert codes([near, officer("far", levels=1, areas=("东区",))], "东区") == (
        "near",
        ["on_duty", "responsible_organisation", "area", "only_one"],
    )
    assert codes([near, officer("east", load=20, areas=("东区",))], "东区")[0] == "east"
    assert codes([near, officer("east", load=20, areas=("东区",))])[0] == "near"
    assert codes([near, officer("light", load=3)]) == (
        "light",
        ["on_duty", "responsible_organisation", "lowest_load"],
    )
    assert codes([officer("b"), officer("a")])[1][-1] == "first_by_key"


def test_an_officer_above_on_duty_comes_before_one_here_who_is_not() -> None:
    routing = route([officer("here", duty=False), officer("above", levels=2), BOSS])
    assert routing.owner_key == "above"
    assert {c.key: c.why for c in routing.considered} == {
        "above": "chosen",
        "here": "not_on_duty",
        "boss": "supervisor",
    }
    assert routing.reasons[1].params == {"levels": 2}


def test_nobody_for_the_area_is_said() -> None:
    assert codes([officer("a", areas=("西区",))], "东区")[1][2] == "no_area_match"


def test_with_nobody_on_duty_the_supervisor_owns_it() -> None:
    owner, reasons = codes([officer("a", duty=False), BOSS])
    assert owner == "boss"
    assert reasons[0] == "nobody_on_duty"
    assert codes([BOSS])[0] == "boss"


def test_a_supervisor_who_is_there_comes_before_a_nearer_one_who_is_not() -> None:
    there = Candidate("there", "supervisor", 2, True, 9)
    routing = route([officer("a", duty=False), BOSS, there])
    assert routing.owner_key == "there"
    assert {c.key: c.why for c in routing.considered}["boss"] == "not_on_duty"


def test_without_a_supervisor_the_officer_gets_it_when_back() -> None:
    assert codes([officer("a", duty=False)])[1][:2] == [
        "nobody_on_duty",
        "no_supervisor",
    ]


def test_no_candidate_at_all_is_an_error() -> None:
    with pytest.raises(NoOwner):
        route([])
    with pytest.raises(ValueError, match="unique"):
        route([officer("a"), officer("a")])


@given(candidates(), st.sampled_from([None, *AREAS]), st.randoms())
def test_there_is_one_owner_whatever_the_order(
    people: list[Candidate], area: str | None, rng: st.DataObject
) -> None:
    routing = route(people, area)
    assert routing.owner_key in {c.key for c in people}
    assert {c.key for c in routing.considered} == {c.key for c in people}
    assert [c.why for c in routing.considered].count("chosen") == 1
    shuffled = list(people)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert route(shuffled, area) == routing


@given(candidates(), st.sampled_from([None, *AREAS]))
def test_nobody_off_duty_owns_while_an_officer_is_on_duty(people: list[Candidate], area: str | None) -> None:
    owner = next(c for c in people if c.key == route(people, area).owner_key)
    if any(c.role == "officer" and c.on_duty for c in people):
        assert owner.role == "officer"
        assert owner.on_duty
    elif any(c.role == "supervisor" for c in people):
        assert owner.role == "supervisor"


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6))
def test_among_equals_the_lower_load_wins(loads: list[int]) -> None:
    people = [officer(str(n), load=load) for n, load in enumerate(loads)]
    assert loads[int(route(people).owner_key)] == min(loads)


@given(candidates(), st.sampled_from([None, *AREAS]), st.data())
def test_who_was_passed_over_may_leave_and_the_owner_stays(
    people: list[Candidate], area: str | None, data: st.DataObject
) -> None:
    """Nobody gets a need, or loses it, because of somebody who would not have got it anyway."""
    owner = route(people, area).owner_key
    leaving = data.draw(st.sets(st.sampled_from([c.key for c in people])))
    left = [c for c in people if c.key == owner or c.key not in leaving]
    assert route(left, area).owner_key == owner


@given(candidates(), st.sampled_from([None, *AREAS]), st.integers(1, 5))
def test_a_fuller_desk_never_draws_a_need(people: list[Candidate], area: str | None, more: int) -> None:
    owner = route(people, area).owner_key
    busier = [replace(c, load=c.load + more) if c.key != owner else c for c in people]
    assert route(busier, area).owner_key == owner
