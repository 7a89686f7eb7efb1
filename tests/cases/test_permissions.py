"""Who sees a case, who acts, who sees the asker: each of the cast against each question."""

import pytest
from django.core.exceptions import PermissionDenied

from kaimen.cases import actions, permissions, queries
from kaimen.cases.models import Case
from kaimen.foundation.organisations import add_organisation, give_role
from tests.cases.cast import MONDAY, World
from tests.cases.stages import everything

CAST = [
    "officer",
    "colleague",
    "supervisor",
    "above",
    "manager",
    "handler",
    "asker",
    "stranger",
]
SEES = {"officer", "colleague", "supervisor", "above", "manager", "asker"}
HANDLES = {"officer", "colleague", "supervisor", "above"}
SUPERVISES = {"supervisor", "above"}


def who(park: World, question) -> set[str]:
    return {name for name in CAST if question(getattr(park, name))}


def test_who_may_what(park: World) -> None:
    case = park.case(asker=park.asker)
    assert who(park, lambda p: permissions.can_see_case(p, case)) == SEES
    assert who(park, lambda p: permissions.can_handle(p, case)) == HANDLES
    assert who(park, lambda p: permissions.can_supervise(p, park.community)) == SUPERVISES
    assert not permissions.can_see_case(None, case)


def test_a_handler_sees_a_case_through_a_task_only(park: World) -> None:
    case, other = park.case(), park.case()
    actions.give_task(
        cases=[case], organisation=park.department, title="看", detail="", days=2, by=park.officer, now=MONDAY
    )
    assert permissions.can_see_case(park.handler, case)
    assert not permissions.can_see_case(park.handler, other)
    assert not permissions.can_handle(park.handler, case)


def test_a_confidential_name_is_for_owner_supervisor_and_asker(park: World) -> None:
    case = park.case(asker=park.asker, confidential=True)
    actions.give_task(
        cases=[case], organisation=park.department, title="看", detail="", days=2, by=park.officer, now=MONDAY
    )
    sees = who(park, lambda p: permissions.can_see_asker(p, case))
    assert sees == {"officer", "supervisor", "above", "asker"}


def test_another_community_sees_nothing(park: World) -> None:
    other = add_organisation(key="other", name="另一个", kind="community", parent=park.federation, by=None)
    give_role(person=park.stranger, kind="officer", organisation=other, by=None)
    case = park.case()
    assert not permissions.can_see_case(park.stranger, case)
    assert list(queries.desk(park.stranger, {"whose": "all"})) == []
    assert list(queries.search(park.stranger, "停车")) == []
    with pytest.raises(Case.DoesNotExist):
        queries.case_for(park.stranger, case.number)


@pytest.mark.parametrize("name", ["manager", "handler", "asker", "stranger"])
def test_the_verbs_of_officers_refuse_everybody_else(park: World, name: str) -> None:
    case, by = park.case(asker=park.asker), getattr(park, name)
    before = everything()
    verbs = [
        lambda: actions.take_case(case=case, by=by, now=MONDAY),
        lambda: actions.hand_over(case=case, to=park.colleague, reason="", by=by, now=MONDAY),
        lambda: actions.ask_for_more(case=case, question="?", by=by, now=MONDAY),
        lambda: actions.answer_case(case=case, text="!", by=by, now=MONDAY),
        lambda: actions.propose_refusal(case=case, clause="1", reason="2", by=by, now=MONDAY),
        lambda: actions.add_note(case=case, text="!", by=by, now=MONDAY),
        lambda: actions.change_service(case=case, service=park.service, by=by, now=MONDAY),
        lambda: actions.retitle_case(case=case, title="!", by=by, now=MONDAY),
        lambda: actions.set_enterprise(case=case, enterprise=None, by=by, now=MONDAY),
        lambda: actions.note_mended(case=case, text="!", by=by, now=MONDAY),
        lambda: actions.reopen_case(case=case, reason="!", by_asker=False, by=by, now=MONDAY),
        lambda: actions.merge_cases(cases=[case, park.case()], title="x", by=by, now=MONDAY),
        lambda: actions.give_task(
            cases=[case], organisation=park.department, title="x", detail="", days=1, by=by, now=MONDAY
        ),
    ]
    for verb in verbs[:-2] + verbs[-1:]:
        with pytest.raises(PermissionDenied):
            verb()
    assert everything() == before
    with pytest.raises(PermissionDenied):
        verbs[-2]()


@pytest.mark.parametrize("name", ["officer", "supervisor", "stranger"])
def test_nobody_rates_or_appeals_in_the_askers_name(park: World, name: str) -> None:
    case = park.case(asker=park.asker)
    actions.answer_case(case=case, text="好了", by=park.officer, now=MONDAY)
    with pytest.raises(PermissionDenied):
        actions.rate_case(case=case, score=5, solved="yes", by=getattr(park, name), now=MONDAY)
    actions.rate_case(case=case, score=5, solved="yes", by=park.asker, now=MONDAY)


def test_another_department_cannot_do_the_task(park: World) -> None:
    task = actions.give_task(
        cases=[park.case()],
        organisation=park.department,
        title="看",
        detail="",
        days=2,
        by=park.officer,
        now=MONDAY,
    )
    give_role(person=park.stranger, kind="handler", organisation=park.firm, by=None)
    for verb in (
        lambda: actions.accept_task(task=task, by=park.stranger, now=MONDAY),
        lambda: actions.finish_task(task=task, reply="好", by=park.stranger, now=MONDAY),
        lambda: actions.cancel_task(task=task, by=park.handler, now=MONDAY),
    ):
        with pytest.raises(PermissionDenied):
            verb()
    assert list(queries.inbox(park.stranger)) == []
    assert list(queries.inbox(park.handler)) == [task]


def test_who_is_to_own_a_case_must_be_an_officer_here(park: World) -> None:
    with pytest.raises(actions.NotNow, match="no_officer"):
        actions.hand_over(case=park.case(), to=park.handler, reason="", by=park.officer, now=MONDAY)


def test_the_asker_reads_no_names_but_the_owners_and_nothing_internal(park: World) -> None:
    case = park.case()
    actions.add_note(case=case, text="此人常来", by=park.colleague, now=MONDAY)
    actions.ask_for_more(case=case, question="哪个门？", by=park.colleague, now=MONDAY)
    actions.supply_more(case=case, text="东门", by=None, now=MONDAY)
    task = actions.give_task(
        cases=[case],
        organisation=park.department,
        title="看",
        detail="内部话",
        days=2,
        by=park.officer,
        now=MONDAY,
    )
    actions.finish_task(task=task, reply="部门的话", by=park.handler, now=MONDAY)
    steps = queries.timeline_of(case, staff=False)
    shown = str([(s.code, dict(s.params), s.text, s.actor) for s in steps])
    assert [s.code for s in steps] == ["received", "asked_more", "more_given", "task_given", "task_done"]
    for hidden in ("示例李", "示例赵", "此人常来", "内部话", "部门的话"):
        assert hidden not in shown
    assert [s.by_asker for s in steps] == [False, False, True, False, False]
    staff = str([(s.text, s.actor) for s in queries.timeline_of(case, staff=True)])
    assert all(word in staff for word in ("示例李", "示例赵", "此人常来", "内部话", "部门的话"))
