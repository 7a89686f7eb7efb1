"""Merging never moves a voice, whatever joins and leaves."""

import pytest
from hypothesis import settings as fast
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kaimen.cases import actions
from kaimen.cases.models import Answer, Case
from tests.cases.cast import MONDAY, World

CASES = 5
some = st.integers(0, CASES - 1)


def voices(cases: list[Case]) -> list[tuple[object, ...]]:
    """What is each one's own."""
    fields = ("number", "words", "asker_name", "track_digest", "received_at")
    found = Case.objects.filter(pk__in=[c.pk for c in cases]).order_by("pk")
    return list(found.values_list(*fields))


def test_voices_are_conserved_under_any_joining_and_leaving(park: World) -> None:
    class Merging(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.cases = [park.case(words=f"第{n}个人说停车难", asker_name=f"示例{n}") for n in range(CASES)]
            self.before = voices(self.cases)
            self.together: dict[int, int] = {}

        def _fresh(self, n: int) -> Case:
            return Case.objects.get(pk=self.cases[n].pk)

        @rule(a=some, b=some)
        def join(self, a: int, b: int) -> None:
            one, other = self._fresh(a), self._fresh(b)
            if a == b or (one.group_id and one.group_id == other.group_id):
                with pytest.raises(actions.NotNow):
                    actions.join_group(case=one, with_case=other, by=park.officer, now=MONDAY)
                return
            group = actions.join_group(case=one, with_case=other, by=park.officer, now=MONDAY)
            assert self._fresh(a).group_id == self._fresh(b).group_id == group.pk

        @rule(chosen=st.sets(some, min_size=2))
        def merge(self, chosen: set[int]) -> None:
            cases = [self._fresh(n) for n in chosen]
            group = actions.merge_cases(cases=cases, title="停车", by=park.officer, now=MONDAY)
            assert set(group.cases.all()) == set(cases)

        @rule(n=some)
        def leave(self, n: int) -> None:
            case = self._fresh(n)
            if case.group is None:
                with pytest.raises(actions.NotNow, match="no_group"):
                    actions.leave_group(case=case, by=park.officer, now=MONDAY)
            else:
                actions.leave_group(case=case, by=park.officer, now=MONDAY)
                assert self._fresh(n).group is None

        @invariant()
        def every_voice_is_there(self) -> None:
            assert voices(self.cases) == self.before

        @invariant()
        def the_timeline_tells_each_step(self) -> None:
            for n in range(CASES):
                case = self._fresh(n)
                codes = list(case.timeline.order_by("at", "pk").values_list("code", flat=True))
                net = codes.count("grouped") - codes.count("ungrouped")
                assert net == (1 if case.group_id else 0)

    run_state_machine_as_test(Merging, settings=fast(max_examples=8, stateful_step_count=10, deadline=None))


def test_one_answer_for_all_is_an_answer_to_each(park: World) -> None:
    cases = [park.case(), park.case(), park.case()]
    done = park.case()
    actions.merge_cases(cases=[*cases, done], title="停车", by=park.officer, now=MONDAY)
    actions.answer_case(case=done, text="先前已答", by=park.officer, now=MONDAY)
    written = actions.answer_case(
        case=cases[0], text="划了 20 个车位", also_group=True, by=park.officer, now=MONDAY
    )
    assert {answer.case_id for answer in written} == {case.pk for case in cases}
    for case in cases:
        assert park.fresh(case).state == "answered"
        assert [entry.text for entry in case.timeline.filter(code="answered")] == ["划了 20 个车位"]
        actions.rate_case(case=park.fresh(case), score=5, solved="yes", by=None, now=MONDAY)
    assert Answer.objects.filter(case=done).get().text == "先前已答"


def test_the_asker_may_join_and_leave_but_not_with_anothers_case(park: World) -> None:
    mine, other = park.case(asker=park.asker), park.case(asker=park.stranger)
    actions.join_group(case=mine, with_case=other, by=park.asker, now=MONDAY)
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        actions.leave_group(case=park.fresh(other), by=park.asker, now=MONDAY)
    actions.leave_group(case=park.fresh(mine), by=park.asker, now=MONDAY)
    assert park.fresh(mine).group is None
