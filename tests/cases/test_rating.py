"""好差评: good closes, bad is called back and mended, silence is silence."""

from datetime import date

import pytest

from kaimen.cases import actions
from kaimen.cases.enums import CaseState
from kaimen.cases.models import Case
from kaimen.foundation.models import Notice
from tests.cases.cast import MONDAY, World, at
from tests.cases.stages import case_in, everything


def rate(case: Case, score: int, now=MONDAY, solved: str = "yes") -> None:
    case.refresh_from_db()
    actions.rate_case(case=case, score=score, solved=solved, comment="", by=None, now=now)


@pytest.mark.parametrize("score", [3, 4, 5])
def test_a_good_rating_closes(park: World, score: int) -> None:
    case = case_in(park, "answered")
    rate(case, score)
    assert park.fresh(case).state == CaseState.CLOSED
    assert not case.promises.filter(kind__in=["call_back", "mending"]).exists()


def test_kind_words_about_an_unsolved_thing_do_not_close_it(park: World) -> None:
    case = case_in(park, "answered")
    rate(case, 5, solved="no")
    assert park.fresh(case).state == CaseState.ANSWERED


@pytest.mark.parametrize("score", [1, 2])
def test_a_bad_rating_starts_the_call_and_the_mending(park: World, score: int) -> None:
    case = case_in(park, "answered")
    rate(case, score)
    due = {p.kind: p.due_on for p in case.promises.filter(kind__in=["call_back", "mending"])}
    assert due == {"call_back": date(2026, 3, 3), "mending": date(2026, 3, 23)}
    assert park.fresh(case).next_due_on == date(2026, 3, 3)
    told = set(Notice.objects.filter(code="rated_bad").values_list("person", flat=True))
    assert told == {park.officer.pk, park.supervisor.pk}


def test_rated_again_once_and_only_after_mending(park: World) -> None:
    case = case_in(park, "answered")
    rate(case, 1)
    with pytest.raises(actions.NotNow, match="not_mended"):
        rate(case, 5)
    actions.note_call_back(case=case, text="打过电话", by=park.officer, now=MONDAY)
    with pytest.raises(actions.NotNow, match="no_call_due"):
        actions.note_call_back(case=case, text="再打", by=park.officer, now=MONDAY)
    actions.note_mended(case=case, text="重新划线", by=park.officer, now=at("2026-03-05"))
    assert park.fresh(case).next_due_on is None
    rate(case, 2, now=at("2026-03-06"))
    assert case.promises.filter(kind="mending").count() == 1  # one mending, not for ever
    with pytest.raises(actions.NotNow, match="already_rated"):
        rate(case, 5)
    assert [(r.round, r.score) for r in case.ratings.all()] == [(1, 1), (2, 2)]


def test_a_reopened_case_answered_anew_may_be_rated_anew(park: World) -> None:
    case = case_in(park, "answered")
    rate(case, 5, solved="no", now=at("2026-03-03"))
    actions.reopen_case(case=park.fresh(case), reason="没好", by_asker=True, by=None, now=at("2026-03-04"))
    with pytest.raises(actions.NotNow, match="not_answered"):
        rate(case, 5, now=at("2026-03-04"))
    actions.answer_case(case=park.fresh(case), text="好了", by=park.officer, now=at("2026-03-05"))
    rate(case, 4, now=at("2026-03-05", "11:00"))
    assert [(r.round, r.score) for r in case.ratings.all()] == [(1, 5), (2, 4)]


@pytest.mark.parametrize(("score", "solved"), [(0, "yes"), (6, "yes"), (5, "maybe")])
def test_what_is_no_rating_is_refused(park: World, score: int, solved: str) -> None:
    case = case_in(park, "answered")
    before = everything()
    with pytest.raises(actions.NotNow, match="bad_score"):
        rate(case, score, solved=solved)
    assert everything() == before


def test_the_asker_reopens_once_and_an_officer_again(park: World) -> None:
    case = case_in(park, "closed")
    actions.reopen_case(case=case, reason="没好", by_asker=True, by=None, now=MONDAY)
    actions.answer_case(case=case, text="好了", by=park.officer, now=MONDAY)
    with pytest.raises(actions.NotNow, match="reopened_once"):
        actions.reopen_case(case=case, reason="还没", by_asker=True, by=None, now=MONDAY)
    actions.reopen_case(case=case, reason="真没好", by_asker=False, by=park.officer, now=MONDAY)
    assert park.fresh(case).state == CaseState.REOPENED


def test_silence_of_five_working_days_closes_as_silence(park: World) -> None:
    case = case_in(park, "answered")  # Monday: Tuesday to Monday are the asker's five days
    assert actions.close_silent(now=at("2026-03-09", "23:59")) == 0
    assert actions.close_silent(now=at("2026-03-10", "00:10")) == 1
    assert park.fresh(case).state == CaseState.CLOSED
    assert case.timeline.order_by("at", "pk").last().code == "closed_silent"
    assert not case.ratings.exists()
    assert actions.close_silent(now=at("2026-03-10", "00:20")) == 0


def test_what_is_being_mended_is_not_closed_over_the_askers_head(park: World) -> None:
    case = case_in(park, "answered")
    rate(case, 1)
    assert actions.close_silent(now=at("2026-04-10")) == 0
    actions.note_mended(case=case, text="重新划线", by=park.officer, now=at("2026-04-10"))
    assert actions.close_silent(now=at("2026-04-13")) == 0
    assert actions.close_silent(now=at("2026-04-30")) == 1
    assert case.timeline.order_by("at", "pk").last().code == "closed"  # rated, so no silence
