import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.rates import median_days, response_rate, satisfied_rate, solved_rate

some = st.integers(0, 200)


def test_late_and_missing_answers_are_in_the_denominator() -> None:
    rate = response_rate(in_time=8, late=1, unanswered_overdue=1, excluded={"not_due": 4})
    assert (rate.numerator, rate.denominator, rate.value) == (8, 10, 0.8)
    assert rate.excluded == {"not_due": 4}


def test_silence_is_not_a_yes() -> None:
    rate = solved_rate(solved=6, unsolved=4, silent=90)
    assert (rate.value, rate.silent) == (0.6, 90)


def test_the_middle_level_is_still_good_and_the_lower_two_are_not() -> None:
    rate = satisfied_rate(levels={5: 1, 4: 1, 3: 1, 2: 1, 1: 1}, silent=0)
    assert (rate.numerator, rate.denominator) == (3, 5)
    with pytest.raises(ValueError, match="1 to 5"):
        satisfied_rate(levels={6: 1}, silent=0)


@given(some, some, some)
def test_small_groups_are_hidden_however_many_are_silent(solved: int, unsolved: int, silent: int) -> None:
    rate = solved_rate(solved=solved, unsolved=unsolved, silent=silent)
    assert rate.hidden == (solved + unsolved < 5)
    assert (rate.value is None) == rate.hidden
    if rate.value is not None:
        assert 0 <= rate.value <= 1
        assert rate == solved_rate(solved=solved, unsolved=unsolved, silent=silent)


@pytest.mark.parametrize("counts", [(-1, 6, 0), (6, -1, 0), (6, 1, -1)])
def test_negative_counts_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="not negative"):
        solved_rate(solved=counts[0], unsolved=counts[1], silent=counts[2])


def test_the_median_is_hidden_under_five() -> None:
    assert median_days([1, 2, 3, 4]).days is None
    assert median_days([1, 2, 3, 4]).hidden
    assert median_days([9, 1, 2, 3, 100]).days == 3
    assert median_days([]).count == 0
