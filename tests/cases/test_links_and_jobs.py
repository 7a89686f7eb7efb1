"""Addresses lead where they say; what happens by itself is on the timetable; the drawings are those of the tables."""

from django.core.management import call_command
from django.urls import resolve

from kaimen.cases import actions, jobs, links
from kaimen.cases.models import Case
from kaimen.foundation import state_drawings as draw_states
from kaimen.foundation.jobs import TIMETABLE, run_due
from tests.cases.cast import MONDAY, World, at


def test_addresses_printed_in_notices_open_their_page(park: World) -> None:
    case = park.case()
    task = actions.give_task(
        cases=[case], organisation=park.department, title="看", detail="", days=2, by=park.officer, now=MONDAY
    )
    link, _ = actions.make_task_link(task=task, for_person=None, by=park.officer, now=MONDAY)
    opened = {
        resolve(path).url_name
        for path in (
            links.track_path(case),
            links.desk_path(case),
            links.task_path(link),
            links.inbox_path(task),
        )
    }
    assert opened == {"track", "desk_case", "task_link", "task"}


def test_the_qr_code_is_an_svg_without_style_or_declaration(park: World) -> None:
    svg = links.track_qr(park.case())
    assert svg.startswith("<svg")
    assert "style=" not in svg


def test_late_and_silent_cases_are_looked_after_by_the_timetable(park: World) -> None:
    assert {f"{jobs.__name__}.{name}" for name in ("escalate_late_cases", "close_silent_cases")} <= set(
        TIMETABLE
    )
    late, silent = park.case(), park.case()
    actions.answer_case(case=silent, text="好了", by=park.officer, now=MONDAY)
    run_due(at("2026-03-20"))
    assert park.fresh(late).escalation_level == 1
    assert Case.objects.get(pk=silent.pk).state == "closed"


def test_the_drawings_are_those_of_the_tables() -> None:
    call_command("draw_states", check=True)
    drawn = draw_states.drawings()["case-states.md"]
    assert "waiting --> in_hand: resume" in drawn
    assert "closed --> answered" not in drawn
