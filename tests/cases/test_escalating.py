"""A late promise climbs by itself: the supervisor, then the federation, each step visible, each once."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaimen.cases import actions, queries
from kaimen.cases.actions import escalating
from kaimen.cases.models import Escalation
from kaimen.foundation.models import Notice
from kaimen.foundation.notice_words import sentence
from tests.cases.cast import MONDAY, World, at


def test_two_levels_by_itself(park: World) -> None:
    case = park.case()  # first answer by Wednesday 4 March
    assert actions.escalate_late(now=at("2026-03-04", "23:59")) == 0
    assert actions.escalate_late(now=at("2026-03-05", "00:01")) == 1
    assert actions.escalate_late(now=at("2026-03-05", "00:16")) == 0
    assert park.fresh(case).escalation_level == 1
    assert actions.escalate_late(now=at("2026-03-06")) == 1
    assert actions.escalate_late(now=at("2026-03-12")) == 0
    assert park.fresh(case).escalation_level == 2
    climbed = list(Escalation.objects.values_list("level", "to", "working_days_late"))
    assert climbed == [(1, park.supervisor.pk, 1), (2, park.above.pk, 2)]
    assert [n.code for n in Notice.objects.filter(person=park.above)] == ["late_federation"]
    assert Notice.objects.filter(person=park.officer, code="late").count() == 2
    asker_sees = queries.timeline_of(case, staff=False)
    assert [step.code for step in asker_sees] == ["received", "late_supervisor", "late_federation"]
    assert all("supervisor" not in step.params for step in asker_sees)


def test_a_weekend_makes_nothing_later(park: World) -> None:
    park.case(now=at("2026-03-04"))  # first answer by Friday 6 March
    assert actions.escalate_late(now=at("2026-03-08")) == 0  # nobody is late on a Sunday
    assert actions.escalate_late(now=at("2026-03-09")) == 1


def test_a_late_task_climbs_and_shows_on_each_of_its_cases(park: World) -> None:
    cases = [park.case(service=None), park.case(service=None)]
    actions.give_task(
        cases=cases, organisation=park.department, title="看", detail="", days=1, by=park.officer, now=MONDAY
    )
    for case in cases:
        actions.answer_case(case=park.fresh(case), text="好了", by=park.officer, now=MONDAY)
    assert actions.escalate_late(now=at("2026-03-04")) == 1
    for case in cases:
        step = case.timeline.get(code="late_supervisor")
        assert (step.params["kind"], step.params["organisation"]) == ("task", "示例交警")


def test_the_handlers_of_a_late_task_hear_it_at_every_level(park: World) -> None:
    case = park.case(service=None)
    given = {"cases": [case], "organisation": park.department, "title": "看车位", "detail": "", "days": 1}
    task = actions.give_task(**given, by=park.officer, now=MONDAY)  # by Tuesday 3 March
    own = actions.give_task(**given, handler=park.colleague, by=park.officer, now=MONDAY)
    actions.escalate_late(now=at("2026-03-04"))
    for person, about in ((park.handler, task), (park.colleague, own)):
        told = Notice.objects.get(person=person, code="task_late")
        assert (told.params["task"], told.params["days_late"]) == (about.pk, "1")
        assert "“看车位”的交办超时 1 个工作日" in sentence(told)
    actions.escalate_late(now=at("2026-03-05"))
    assert Notice.objects.filter(person=park.handler, code="task_late").count() == 2
    actions.escalate_late(now=at("2026-03-05"))
    assert Notice.objects.filter(person=park.handler, code="task_late").count() == 2


def test_waiting_met_and_ended_promises_do_not_climb(park: World) -> None:
    waiting, answered = park.case(), park.case()
    actions.ask_for_more(case=waiting, question="?", by=park.officer, now=MONDAY)
    actions.answer_case(case=answered, text="好了", by=park.officer, now=MONDAY)
    assert actions.escalate_late(now=at("2026-05-20")) == 0


def test_a_community_without_anybody_above_it_stops_at_its_supervisor(park: World) -> None:
    park.above.roles.update(active=False)
    park.case()
    assert actions.escalate_late(now=at("2026-03-12")) == 1
    assert actions.escalate_late(now=at("2026-03-13")) == 0


def test_many_in_batches_each_once(park: World, monkeypatch) -> None:
    monkeypatch.setattr(escalating, "BATCH", 3)
    for _ in range(8):
        park.case()
    assert actions.escalate_late(now=at("2026-03-05")) == 8


def test_late_ones_are_found_by_the_index_of_open_promises(park: World) -> None:
    park.case()
    with CaptureQueriesContext(connection) as asked:
        assert len(escalating.late_keys(at("2026-03-05").date())) == 1
    if connection.vendor != "sqlite":
        return  # PostgreSQL reads a table of one page whole, whatever the index
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + asked[0]["sql"])
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "USING INDEX open_promises (level=? AND due_on<?)" in plan
    assert "SCAN" not in plan
