"""What still runs when a case is answered or over: seen by who ends it, stopped with it, or told to its owner."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kaimen.cases import actions
from kaimen.cases.enums import CaseState, TaskState
from kaimen.cases.models import Case, Task
from kaimen.foundation.models import Notice
from kaimen.foundation.notice_words import sentence
from tests.cases.cast import World, at
from tests.cases.doors import signed_in

pytestmark = pytest.mark.django_db


def give(park: World, *cases: Case, title: str = "看车位") -> Task:
    now = timezone.now()
    return actions.give_task(
        cases=cases, organisation=park.department, title=title, detail="", days=3, by=park.officer, now=now
    )


def do(client: Client, case: Case, verb: str, **data: Any) -> Any:
    return client.post(f"/desk/{case.number}/do/{verb}", {"seen": Case.objects.get(pk=case.pk).state} | data)


def state(task: Task) -> str:
    return Task.objects.get(pk=task.pk).state


def told_owner(park: World) -> list[str]:
    return [sentence(n) for n in Notice.objects.filter(person=park.officer, code="tasks_still_open")]


@pytest.fixture
def officer(park: World) -> Client:
    return signed_in(park.officer)


def test_an_answer_shows_what_runs_and_stops_what_is_ticked(park: World, officer: Client) -> None:
    case = park.case(now=timezone.now())
    kept, stopped = give(park, case, title="画线"), give(park, case, title="看车位")
    page = officer.get(f"/desk/{case.number}?do=answer").content.decode()
    assert "还有交办没回" in page
    assert "示例交警：画线" in page
    assert " checked" not in page.split("还有交办没回")[1].split("</fieldset>")[0]
    assert do(officer, case, "answer", text="画线周五做。", stop=[stopped.pk]).status_code == 302
    assert (state(kept), state(stopped)) == (TaskState.ASKED, TaskState.CANCELLED)
    assert Notice.objects.filter(person=park.handler, code="task_cancelled").count() == 1
    assert case.timeline.filter(code="task_cancelled", task=stopped).exists()
    assert told_owner(park) == []


def test_nothing_is_asked_where_nothing_runs(park: World, officer: Client) -> None:
    case = park.case(now=timezone.now())
    assert "还有交办没回" not in officer.get(f"/desk/{case.number}?do=answer").content.decode()
    do(officer, case, "answer", text="好了。")
    page = officer.get(f"/desk/{case.number}").content.decode()
    assert f'action="/desk/{case.number}/do/close' in page
    assert do(officer, case, "close").status_code == 302


def test_closing_asks_first_and_has_all_ticked(park: World, officer: Client) -> None:
    case = park.case(now=timezone.now())
    task = give(park, case)
    do(officer, case, "answer", text="好了。")
    assert f'action="/desk/{case.number}/do/close' not in officer.get(f"/desk/{case.number}").content.decode()
    page = officer.get(f"/desk/{case.number}?do=close").content.decode()
    assert f'value="{task.pk}"' in page
    assert " checked" in page.split("还有交办没回")[1].split("</fieldset>")[0]
    blind = do(officer, case, "close")  # a page from before the task was given
    assert blind.status_code == 422
    assert "先看看哪些不用办了" in blind.content.decode()
    assert Case.objects.get(pk=case.pk).state == CaseState.ANSWERED
    assert do(officer, case, "close", told="1", stop=[task.pk]).status_code == 302
    assert state(task) == TaskState.CANCELLED
    assert Case.objects.get(pk=case.pk).next_due_on is None
    assert told_owner(park) == []


def test_what_serves_another_open_case_is_not_offered_and_cannot_be_stopped(
    park: World, officer: Client
) -> None:
    case, other = park.case(now=timezone.now()), park.case(now=timezone.now())
    task = give(park, case, other)
    assert "还有交办没回" not in officer.get(f"/desk/{case.number}?do=answer").content.decode()
    with pytest.raises(actions.NotNow, match="task_serves_others"):
        actions.answer_case(case=case, text="好了", stop=[task], by=park.officer, now=timezone.now())
    assert Case.objects.get(pk=case.pk).state == CaseState.IN_HAND  # all or nothing
    assert state(task) == TaskState.ASKED


def test_a_whole_group_is_answered_and_its_common_task_stopped(park: World, officer: Client) -> None:
    cases = [park.case(now=timezone.now()), park.case(now=timezone.now())]
    task = give(park, *cases)
    actions.merge_cases(cases=cases, title="停车", by=park.officer, now=timezone.now())
    alone = do(officer, cases[0], "answer", text="好了。", stop=[task.pk])
    assert alone.status_code == 409
    assert "还为别的事在办" in alone.content.decode()
    assert do(officer, cases[0], "answer", text="好了。", stop=[task.pk], also_group="on").status_code == 302
    assert state(task) == TaskState.CANCELLED


def test_a_reply_that_came_meanwhile_is_not_passed_over(park: World, officer: Client) -> None:
    case = park.case(now=timezone.now())
    task = give(park, case)
    actions.finish_task(task=task, reply="画好了", by=park.handler, now=timezone.now())
    answered = do(officer, case, "answer", text="好了。", stop=[task.pk])
    # the form no longer offers it: the answer goes out, the reply stays
    assert (answered.status_code, state(task)) == (302, TaskState.DONE)


@pytest.mark.parametrize("how", ["rated", "silent", "asker", "colleague", "declined"])
def test_where_nobody_sees_it_the_owner_is_told(park: World, how: str) -> None:
    now = at("2026-03-02")
    case = park.case(asker=park.asker, now=now)
    actions.give_task(
        cases=[case], organisation=park.department, title="看", detail="", days=3, by=park.officer, now=now
    )
    if how == "declined":
        refusal = actions.propose_refusal(
            case=case, clause="示例", reason="示例", other_way="", by=park.officer, now=now
        )
        actions.sign_refusal(refusal=refusal, agree=True, by=park.supervisor, now=now)
    else:
        actions.answer_case(case=case, text="好了", by=park.officer, now=now)
        assert told_owner(park) == []
    if how == "rated":
        actions.rate_case(case=case, score=5, solved="yes", by=park.asker, now=now)
    elif how == "silent":
        actions.close_silent(now=at("2026-03-20"))
    elif how in ("asker", "colleague"):
        actions.close_case(case=case, by=getattr(park, how), now=now)
    (told,) = told_owner(park)
    assert "交给示例交警的还没回" in told
