"""Two people act on one case in the same moment, on a real database: one is first, the other is told, nothing is lost."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from kaimen.cases import actions
from kaimen.cases.models import Answer, Case, NumberCounter
from tests.cases.cast import MONDAY, World, world

pytestmark = pytest.mark.django_db(transaction=True)


def together(*jobs: Callable[[], object]) -> list[object]:
    """Run the jobs at the same time, each on a connection of its own; what each returned or raised."""
    results: list[object] = [None] * len(jobs)
    start = threading.Barrier(len(jobs))

    def work(n: int) -> None:
        start.wait()
        try:
            results[n] = jobs[n]()
        except Exception as error:  # what it was is what the test looks at
            results[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def park(transactional_db: None) -> World:
    return world()


def copies(case: Case, n: int) -> list[Case]:
    return [Case.objects.select_related("owner", "community").get(pk=case.pk) for _ in range(n)]


def test_two_answers_at_once_are_one(park: World) -> None:
    for _ in range(5):
        case = park.case()
        one, two = copies(case, 2)
        results = together(
            lambda one=one: actions.answer_case(case=one, text="王的答复", by=park.officer, now=MONDAY),
            lambda two=two: actions.answer_case(case=two, text="李的答复", by=park.colleague, now=MONDAY),
        )
        late = [result for result in results if isinstance(result, actions.Moved)]
        assert len(late) == 1, results
        assert late[0].state == "answered"
        assert late[0].last.code == "answered"
        assert late[0].last.text == Answer.objects.get(case=case).text
        assert case.timeline.filter(code="answered").count() == 1


def test_one_hands_over_while_another_answers(park: World) -> None:
    case = park.case()
    one, two = copies(case, 2)
    results = together(
        lambda: actions.hand_over(case=one, to=park.colleague, reason="", by=park.officer, now=MONDAY),
        lambda: actions.answer_case(case=two, text="好了", by=park.officer, now=MONDAY),
    )
    codes = set(case.timeline.values_list("code", flat=True))
    assert sum(isinstance(result, Exception) for result in results) == 2 - len(
        codes & {"handed_over", "answered"}
    )
    assert park.fresh(case).owner == (park.colleague if "handed_over" in codes else park.officer)


def test_many_cases_at_once_all_get_a_number_of_their_own(park: World) -> None:
    results = together(*[lambda: park.case() for _ in range(12)])
    assert all(isinstance(result, Case) for result in results), results
    assert sorted(case.number for case in results) == [f"KM-2026-{n:05d}" for n in range(1, 13)]
    assert NumberCounter.objects.get().value == 12


def test_two_workers_escalate_at_once_and_each_level_is_climbed_once(park: World) -> None:
    from kaimen.cases.models import Escalation
    from tests.cases.cast import at

    for _ in range(6):
        park.case()
    later = at("2026-03-05")
    results = together(*[lambda: actions.escalate_late(now=later) for _ in range(2)])
    assert sum(results) == 6
    assert Escalation.objects.count() == 6


def test_the_asker_rates_twice_with_two_thumbs(park: World) -> None:
    case = park.case()
    actions.answer_case(case=case, text="好了", by=park.officer, now=MONDAY)
    one, two = copies(case, 2)
    results = together(
        *[
            lambda c=c: actions.rate_case(case=c, score=5, solved="yes", by=None, now=MONDAY)
            for c in (one, two)
        ]
    )
    assert sum(isinstance(result, actions.Moved | actions.NotNow) for result in results) == 1, results
    assert case.ratings.count() == 1
