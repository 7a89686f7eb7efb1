"""A fair no: two people, a clause, one appeal to somebody who had no part in it."""

import pytest
from django.core.exceptions import PermissionDenied

from kaimen.cases import actions, queries
from kaimen.cases.enums import CaseState
from kaimen.cases.models import Case, Refusal
from tests.cases.cast import MONDAY, World, at
from tests.cases.stages import declined, everything


def propose(park: World, case: Case, **changes: object) -> Refusal:
    wanted = {
        "case": case,
        "clause": "第七条",
        "reason": "不归社区管",
        "by": park.officer,
        "now": MONDAY,
    } | changes
    return actions.propose_refusal(**wanted)


def test_nothing_reaches_the_asker_before_the_second_signature(park: World) -> None:
    case = park.case()
    refusal = propose(park, case)
    assert park.fresh(case).state == CaseState.RECEIVED
    assert [step.code for step in queries.timeline_of(case, staff=False)] == ["received"]
    actions.sign_refusal(refusal=refusal, agree=True, by=park.supervisor, now=MONDAY)
    assert park.fresh(case).state == CaseState.DECLINED
    last = queries.timeline_of(case, staff=False)[-1]
    assert (last.code, last.params["clause"], last.text) == ("declined", "第七条", "不归社区管")


def test_who_proposes_does_not_sign(park: World) -> None:
    refusal = propose(park, park.case(), by=park.supervisor)
    before = everything()
    with pytest.raises(actions.NotNow, match="another_person"):
        actions.sign_refusal(refusal=refusal, agree=True, by=park.supervisor, now=MONDAY)
    with pytest.raises(PermissionDenied):
        actions.sign_refusal(refusal=refusal, agree=True, by=park.colleague, now=MONDAY)
    assert everything() == before


def test_sent_back_it_can_be_proposed_anew(park: World) -> None:
    case = park.case()
    refusal = propose(park, case)
    with pytest.raises(actions.NotNow, match="refusal_pending"):
        propose(park, case)
    actions.sign_refusal(refusal=refusal, agree=False, note="能办", by=park.supervisor, now=MONDAY)
    with pytest.raises(actions.NotNow, match="refusal_decided"):
        actions.sign_refusal(refusal=refusal, agree=True, by=park.supervisor, now=MONDAY)
    assert park.fresh(case).state == CaseState.RECEIVED
    assert propose(park, case).pk != refusal.pk


def test_an_answer_takes_a_pending_no_back(park: World) -> None:
    case = park.case()
    refusal = propose(park, case)
    actions.answer_case(case=case, text="办好了", by=park.officer, now=MONDAY)
    with pytest.raises(actions.NotNow, match="refusal_decided"):
        actions.sign_refusal(refusal=refusal, agree=True, by=park.supervisor, now=MONDAY)
    assert park.fresh(case).state == CaseState.ANSWERED


def test_an_appeal_is_decided_above_by_somebody_else_and_reopens(park: World) -> None:
    case = park.case()
    refusal = declined(park, case)
    actions.appeal(refusal=refusal, text="合同上写着", by=None, now=at("2026-03-05"))
    with pytest.raises(actions.NotNow, match="appealed_once"):
        actions.appeal(refusal=refusal, text="再说一次", by=None, now=at("2026-03-05"))
    decide = {"refusal": refusal, "uphold": True, "note": "有道理", "now": at("2026-03-06")}
    with pytest.raises(actions.NotNow, match="another_person"):
        actions.decide_appeal(by=park.supervisor, **decide)
    with pytest.raises(PermissionDenied):
        actions.decide_appeal(by=park.deputy_supervisor, **decide)  # of the community: not above
    assert list(queries.watch(park.above).appeals) == [refusal]
    assert list(queries.watch(park.deputy_supervisor).appeals) == []
    actions.decide_appeal(by=park.above, **decide)
    assert park.fresh(case).state == CaseState.REOPENED
    assert case.promises.filter(round=2, met_at=None).count() == 2
    with pytest.raises(actions.NotNow, match="no_appeal"):
        actions.decide_appeal(by=park.above, **decide)


def test_a_rejected_appeal_leaves_it_declined(park: World) -> None:
    case = park.case()
    refusal = declined(park, case)
    actions.appeal(refusal=refusal, text="合同上写着", by=None, now=MONDAY)
    actions.decide_appeal(refusal=refusal, uphold=False, note="第七条很清楚", by=park.above, now=MONDAY)
    assert park.fresh(case).state == CaseState.DECLINED
    assert queries.timeline_of(case, staff=False)[-1].code == "appeal_rejected"


def test_fifteen_working_days_to_appeal(park: World) -> None:
    refusal, late = declined(park, park.case()), declined(park, park.case())
    actions.appeal(refusal=refusal, text="不服", by=None, now=at("2026-03-23", "23:00"))
    with pytest.raises(actions.NotNow, match="too_late_to_appeal"):
        actions.appeal(refusal=late, text="不服", by=None, now=at("2026-03-24"))


def test_the_asker_appeals_a_no_and_does_not_just_reopen_it(park: World) -> None:
    case = park.case()
    declined(park, case)
    with pytest.raises(actions.NotNow, match="appeal_instead"):
        actions.reopen_case(case=park.fresh(case), reason="不服", by_asker=True, by=None, now=MONDAY)
