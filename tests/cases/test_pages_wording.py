"""Every code that the actions write or raise has words, for the asker and for the staff, in Chinese and in English."""

import ast
import re
import string
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import kaimen.cases
from kaimen.cases import actions, queries, wording
from kaimen.cases.enums import CaseState
from kaimen.cases.errors import NotNow
from kaimen.cases.queries import Step
from kaimen.logic import routing
from tests.cases.cast import World

ROOM = Path(kaimen.cases.__file__).parent
SOURCES = [*sorted((ROOM / "actions").glob("*.py")), ROOM / "steps.py"]
PARAMS = {
    "score": 1,
    "solved": "no",
    "kind": "solved",
    "channel": "web",
    "days": 2,
    "due": "2026-11-24",
    "days_late": 3,
}


def trees() -> list[ast.Module]:
    return [ast.parse(path.read_text("utf-8")) for path in SOURCES]


def strings(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def named(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def calls(name: str) -> list[ast.Call]:
    return [n for tree in trees() for n in ast.walk(tree) if isinstance(n, ast.Call) and named(n) == name]


def written_codes() -> set[str]:
    """Second arguments of steps.write, and what is put into variables called `code` or passed as one."""
    found = set()
    for call in calls("write"):
        found |= strings(call.args[1]) if len(call.args) > 1 else set()
    for call in calls("Step"):
        found |= strings(call.args[1])
    for call in [*calls("_over"), *calls("_keep")]:
        found |= {arg.value for arg in call.args if isinstance(arg, ast.Constant)} - set(wording.NOT_NOW)
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code":
                found |= strings(node.value)
    return found


def refusals() -> set[str]:
    codes = {call.args[0].value for call in calls("NotNow") if isinstance(call.args[0], ast.Constant)}
    return codes | {
        arg.value for call in calls("_keep") for arg in call.args if isinstance(arg, ast.Constant)
    } - set(wording.TIMELINE)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_walk_finds_the_codes() -> None:
    assert {"received", "answered", "task_returned", "late_federation", "call_back_done"} <= written_codes()
    assert {"no_words", "no_call_due", "reopened_once"} <= refusals()


def test_every_step_has_words_and_no_words_are_left_over() -> None:
    assert written_codes() == set(wording.TIMELINE)


def test_every_refusal_has_words_and_no_words_are_left_over() -> None:
    assert refusals() == set(wording.NOT_NOW)


@pytest.mark.parametrize("code", sorted(wording.TIMELINE))
@pytest.mark.parametrize("staff", [True, False])
def test_a_step_is_said_without_braces_or_codes(code: str, staff: bool) -> None:
    step = Step(timezone.now(), code, PARAMS, "", "林小满", False, False, None)
    said = wording.said(step, staff=staff)
    assert said
    assert not re.search(r"[{}_]", said)
    assert not {"solved", "web"} & set(said.split())


def test_the_asker_never_reads_a_name_meant_for_staff() -> None:
    for asker_words, _ in wording.TIMELINE.values():
        assert not fields(asker_words) & {"who", "by", "supervisor", "signed_by", "title"}


@pytest.mark.parametrize("code", sorted(wording.NOT_NOW))
def test_a_refusal_is_a_sentence(code: str) -> None:
    said = wording.not_now(NotNow(code, days=3, name="林小满", kind="solved", state="waiting"))
    assert said.endswith("。")
    assert "{" not in said


def test_states_and_routing_reasons_are_all_said() -> None:
    assert set(wording.STATE_SAID) == set(wording.STATE_TONE) == set(CaseState)
    assert set(wording.ROUTING) == set(routing.ReasonCode.__args__)


def test_a_parameter_reads_as_a_word(park: World) -> None:
    case = park.case(now=timezone.now() - timedelta(days=1))
    actions.answer_case(case=case, text="好了", by=park.officer, now=timezone.now())
    actions.rate_case(case=case, score=2, solved="partly", comment="慢", by=None, now=timezone.now())
    first = wording.lines(queries.timeline_of(case, staff=False), staff=False)[0]
    assert first.said == "您评了：不满意，解决了一部分"
    assert first.text == "慢"
