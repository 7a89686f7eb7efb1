"""Work asked of others: many cases, several tasks, a link for who has no account, a way back."""

from datetime import timedelta

import pytest

from kaimen.cases import actions, links, queries
from kaimen.cases.models import Case, Task
from kaimen.foundation.models import Notice
from tests.cases.cast import MONDAY, World, at


def give(park: World, cases: list[Case], **changes: object) -> Task:
    wanted = {
        "cases": cases,
        "organisation": park.department,
        "title": "划线",
        "detail": "东门",
        "days": 3,
        "by": park.officer,
        "now": MONDAY,
    } | changes
    return actions.give_task(**wanted)


def test_one_task_for_many_cases_tells_each(park: World) -> None:
    cases = [park.case(), park.case()]
    task = give(park, cases)
    assert task.promises.get().due_on.isoformat() == "2026-03-05"
    assert [n.code for n in Notice.objects.filter(person=park.handler)] == ["task_given"]
    for case in cases:
        assert list(case.timeline.order_by("pk").values_list("code", flat=True)) == [
            "received",
            "taken",
            "task_given",
        ]


def test_the_owner_hears_when_the_last_one_is_done(park: World) -> None:
    case = park.case()
    one, two = give(park, [case]), give(park, [park.fresh(case)], organisation=park.firm, title="腾地")
    actions.finish_task(task=one, reply="划好了", by=park.handler, now=MONDAY)
    told = Notice.objects.filter(person=park.officer, code__contains="task").order_by("pk")
    assert [notice.code for notice in told] == ["task_done"]
    actions.finish_task(task=two, reply="腾出来了", by=None, now=MONDAY)
    assert [notice.code for notice in told.all()] == ["task_done", "all_tasks_done"]


@pytest.mark.parametrize(("day", "goes"), [("2026-03-04", True), ("2026-03-05", False)])
def test_two_working_days_to_send_it_back(park: World, day: str, goes: bool) -> None:
    task = give(park, [park.case()])
    send = {"task": task, "reason": "归城管", "by": park.handler, "now": at(day)}
    if not goes:
        with pytest.raises(actions.NotNow, match="too_late_to_return") as stopped:
            actions.return_task(**send)
        assert stopped.value.params == {"days": 2}
        return
    actions.return_task(**send)
    assert task.promises.get().ended_at == at(day)
    assert Notice.objects.filter(person=park.officer, code="task_returned").count() == 1


def test_a_link_opens_one_task_until_it_expires_or_is_taken_back(park: World) -> None:
    task = give(park, [park.case()])
    link, token = actions.make_task_link(task=task, for_person=park.stranger, by=park.officer, now=MONDAY)
    assert queries.task_by_token(token, MONDAY) == link
    assert links.task_url(link).endswith(f"/task/{token}")
    assert queries.task_by_token(token, MONDAY + timedelta(days=30, seconds=1)) is None
    assert queries.task_by_token(token + "x", MONDAY) is None
    actions.finish_task(task=task, reply="好", by=park.stranger, now=MONDAY)  # the link was made for them
    actions.revoke_task_link(link=link, by=park.officer, now=MONDAY)
    actions.revoke_task_link(link=link, by=park.officer, now=MONDAY)
    assert queries.task_by_token(token, MONDAY) is None
    assert task.timeline.filter(code="task_link_revoked").count() == 1


def test_what_cannot_be_a_task(park: World) -> None:
    for wrong, code in (
        ({"cases": []}, "no_cases"),
        ({"title": "  "}, "no_words"),
        ({"days": 0}, "no_days"),
    ):
        with pytest.raises(actions.NotNow, match=code):
            give(park, **({"cases": [park.case()]} | wrong))
    assert not Task.objects.exists()
