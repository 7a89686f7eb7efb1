"""All verbs in one long story: each writes its step and its audit row in the same transaction, or nothing at all."""

import inspect
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection

from kaimen.cases import actions
from kaimen.cases.models import Case, Refusal, Task, TaskLink, TimelineEntry
from kaimen.foundation.models import AuditEntry
from tests.cases.cast import MONDAY, World, at
from tests.cases.stages import everything

# `open_cases` is what `open_case` calls; `keep_older` writes whole finished lives, for load and rehearsals.
NO_VERBS = {
    "Moved",
    "NotNow",
    "NewCase",
    "OldCase",
    "as_seen",
    "finish_with_files",
    "open_cases",
    "keep_older",
}
JOBS = {"escalate_late", "close_silent"}


def story(park: World) -> list[tuple[str, Callable[[], object]]]:
    """(verb, call) in an order in which each is allowed."""
    one, two, no = park.case(), park.case(), park.case()
    w, now = {"by": park.officer, "now": MONDAY}, MONDAY
    fresh = lambda case: Case.objects.get(pk=case.pk)  # noqa: E731 - reads better in one line
    task = lambda: Task.objects.order_by("pk").last()  # noqa: E731 - reads better in one line
    refusal = lambda: Refusal.objects.get(case=no)  # noqa: E731 - reads better in one line
    give = {"organisation": park.department, "title": "看", "detail": "", "days": 2} | w
    do = {"by": park.handler, "now": now}
    solved = lambda: one.promises.get(kind="solved", round=1)  # noqa: E731 - reads better in one line
    link = TaskLink.objects.order_by("pk").first
    return [
        ("open_case", lambda: park.case()),
        ("take_case", lambda: actions.take_case(case=fresh(one), **w)),
        ("retitle_case", lambda: actions.retitle_case(case=fresh(one), title="车位", **w)),
        ("change_service", lambda: actions.change_service(case=fresh(one), service=park.service, **w)),
        ("set_enterprise", lambda: actions.set_enterprise(case=fresh(one), enterprise=park.firm, **w)),
        ("set_enterprise", lambda: actions.set_enterprise(case=fresh(one), enterprise=None, **w)),
        ("tell_progress", lambda: actions.tell_progress(case=fresh(one), text="约了交警", **w)),
        ("add_note", lambda: actions.add_note(case=fresh(one), text="留意", **w)),
        ("ask_for_more", lambda: actions.ask_for_more(case=fresh(one), question="哪个门？", **w)),
        ("supply_more", lambda: actions.supply_more(case=fresh(one), text="东门", by=None, now=now)),
        ("ask_extension", lambda: actions.ask_extension(promise=solved(), days=1, reason="等", **w)),
        (
            "decide_extension",
            lambda: actions.decide_extension(
                extension=solved().extension, agree=True, by=park.supervisor, now=now
            ),
        ),
        ("join_group", lambda: actions.join_group(case=fresh(two), with_case=fresh(one), **w)),
        ("leave_group", lambda: actions.leave_group(case=fresh(two), **w)),
        ("merge_cases", lambda: actions.merge_cases(cases=[fresh(one), fresh(two)], title="停车", **w)),
        ("give_task", lambda: actions.give_task(cases=[fresh(one)], **give)),
        ("accept_task", lambda: actions.accept_task(task=task(), **do)),
        ("make_task_link", lambda: actions.make_task_link(task=task(), for_person=None, **w)),
        ("revoke_task_link", lambda: actions.revoke_task_link(link=link(), **w)),
        ("finish_task", lambda: actions.finish_task(task=task(), reply="20 个", **do)),
        ("give_task", lambda: actions.give_task(cases=[fresh(one)], **give)),
        ("return_task", lambda: actions.return_task(task=task(), reason="不归", **do)),
        ("give_task", lambda: actions.give_task(cases=[fresh(one)], **give)),
        ("cancel_task", lambda: actions.cancel_task(task=task(), **w)),
        ("hand_over", lambda: actions.hand_over(case=fresh(one), to=park.colleague, reason="", **w)),
        ("revoke_link", lambda: actions.revoke_link(case=fresh(one), by=None, now=now)),
        ("answer_case", lambda: actions.answer_case(case=fresh(one), text="好了", **w)),
        ("rate_case", lambda: actions.rate_case(case=fresh(one), score=1, solved="no", by=None, now=now)),
        ("note_call_back", lambda: actions.note_call_back(case=fresh(one), text="打了", **w)),
        ("note_mended", lambda: actions.note_mended(case=fresh(one), text="改了", **w)),
        (
            "reopen_case",
            lambda: actions.reopen_case(case=fresh(one), reason="没", by_asker=True, by=None, now=now),
        ),
        ("answer_case", lambda: actions.answer_case(case=fresh(one), text="又好了", **w)),
        ("close_case", lambda: actions.close_case(case=fresh(one), **w)),
        ("propose_refusal", lambda: actions.propose_refusal(case=fresh(no), clause="1", reason="2", **w)),
        (
            "sign_refusal",
            lambda: actions.sign_refusal(refusal=refusal(), agree=True, by=park.supervisor, now=now),
        ),
        ("appeal", lambda: actions.appeal(refusal=refusal(), text="不服", by=None, now=now)),
        (
            "decide_appeal",
            lambda: actions.decide_appeal(refusal=refusal(), uphold=True, note="对", by=park.above, now=now),
        ),
        ("escalate_late", lambda: actions.escalate_late(now=at("2026-03-05"))),
        ("answer_case", lambda: actions.answer_case(case=fresh(two), text="好了", **w)),
        ("close_silent", lambda: actions.close_silent(now=at("2026-03-20"))),
    ]


def test_the_story_tells_every_verb(park: World) -> None:
    verbs = {name for name in actions.__all__ if inspect.isfunction(getattr(actions, name))} - NO_VERBS
    assert {name for name, _ in story(park)} == verbs


def test_each_verb_writes_its_step_and_its_audit_row(park: World) -> None:
    for name, call in story(park):
        steps, rows = TimelineEntry.objects.count(), AuditEntry.objects.count()
        call()
        written = TimelineEntry.objects.order_by("pk")[steps:]
        assert written, name
        audited = (
            AuditEntry.objects.filter(verb__startswith="case.")
            .order_by("pk")
            .values_list("verb", "subject_id")
        )
        assert [(f"case.{s.code}", s.case_id) for s in written] == list(audited)[-len(written) :], name
        assert AuditEntry.objects.count() >= rows + len(written), name


def test_nobodys_words_name_or_phone_stand_in_the_audit(park: World) -> None:
    for _, call in story(park):
        call()
    kept = str(list(AuditEntry.objects.values_list("params", flat=True)))
    assert not [c for c in kept if "\u4e00" <= c <= "\u9fff"]
    assert "13800000001" not in kept


def _refuse_audit_rows() -> None:
    """Gone again with the test's transaction."""
    does = (
        "FOR EACH ROW EXECUTE FUNCTION kaimen_append_only()"
        if connection.vendor == "postgresql"
        else "BEGIN SELECT RAISE(ABORT, 'append-only: not even added to'); END"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TRIGGER broken BEFORE INSERT ON foundation_auditentry {does}")


@pytest.mark.parametrize("number", range(40))
def test_a_verb_that_breaks_half_way_leaves_nothing(park: World, number: int) -> None:
    """The database refuses its audit row: what the verb wrote before must be gone."""
    acts = story(park)
    for _, call in acts[:number]:
        call()
    name, call = acts[number]
    before = everything()
    _refuse_audit_rows()
    with pytest.raises(DatabaseError, match="append-only"):
        call()
    assert everything() == before, name


def test_verbs_take_only_keywords_and_say_who_and_when() -> None:
    for name in set(actions.__all__) - NO_VERBS:
        takes = actions.NewCase if name == "open_case" else getattr(actions, name)
        wanted = inspect.signature(takes).parameters
        assert all(p.kind == p.KEYWORD_ONLY for p in wanted.values()), name
        assert "now" in wanted, name
        assert name in JOBS or "by" in wanted, name
