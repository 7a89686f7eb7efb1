"""The kept counts against a month counted by hand."""

from datetime import date, timedelta

from kaimen.cases import actions, figures
from kaimen.cases.models import MonthlyFigures
from tests.cases.cast import World, at
from tests.web.march import NOW, answer, play

MARCH = date(2026, 3, 1)


def counts(park: World, domain: str = "commute") -> dict[str, object]:
    row = MonthlyFigures.objects.get(community=park.community, month=MARCH, domain_key=domain)
    return {key: value for key, value in row.counts.items() if key != "seen"}


def test_a_month_counted_by_hand(march: World) -> None:
    assert counts(march) == {
        "received": 9,
        "first_on_time": 6,
        "first_late": 1,
        "late_days": 3,
        "first_overdue": 1,
        "first_not_due": 1,
        "open": 2,
        "answered": 2,  # rated 1, and the silent one
        "closed": 4,  # whoever is content closes
        "declined": 1,
        "solved_yes": 3,
        "solved_partly": 1,
        "solved_no": 1,
        "level_1": 1,
        "level_3": 1,
        "level_4": 1,
        "level_5": 2,
        "silent": 1,
        "first_days": {"1": 6, "5": 1},
        "solve_days": {"1": 5, "5": 1},
        "hands_minutes": {"30": 5, "1440": 1, "10080": 1},
        "clauses": {"《办法》第七条": 1},
    }


def test_counting_twice_changes_nothing(march: World) -> None:
    before = counts(march)
    figures.recompute(march.community, MARCH, NOW)
    assert counts(march) == before
    assert MonthlyFigures.objects.count() == 3


def test_where_a_case_stands_adds_up(march: World) -> None:
    for row in MonthlyFigures.objects.all():
        stands = sum(row.counts.get(key, 0) for key in ("open", "answered", "closed", "declined"))
        assert stands == row.counts["received"]


def test_the_last_rating_counts_and_says_so(park: World) -> None:
    case = park.case()
    answer(park, case, "2026-03-03")
    actions.rate_case(case=case, score=1, solved="no", by=None, now=at("2026-03-04"))
    actions.note_mended(case=case, text="补了灯", by=park.officer, now=at("2026-03-05"))
    actions.rate_case(case=park.fresh(case), score=4, solved="yes", by=None, now=at("2026-03-06"))
    figures.recompute(park.community, MARCH, NOW)
    kept = counts(park)
    assert (kept.get("level_1"), kept["level_4"], kept["solved_yes"], kept["rerated"]) == (None, 1, 1, 1)


def test_a_case_taken_up_again_is_open_and_counted_as_reopened(park: World) -> None:
    case = park.case()
    answer(park, case, "2026-03-03")
    actions.reopen_case(case=case, reason="还是没有", by_asker=True, by=None, now=at("2026-03-04"))
    figures.recompute(park.community, MARCH, NOW)
    assert (counts(park)["open"], counts(park)["reopened"], counts(park)["first_on_time"]) == (1, 1, 1)


def test_the_job_counts_only_months_that_moved(park: World) -> None:
    last = play(park)
    old = park.case(now=at("2025-11-03"))
    answer(park, old, "2025-11-04")
    figures.recompute_all(park.community, NOW)
    moved = figures.refresh(NOW + timedelta(hours=1), look_back=0)
    assert moved == [(park.community, MARCH)]  # one promise may yet run out

    answer(park, last, "2026-03-20")
    figures.refresh(NOW + timedelta(hours=2), look_back=0)
    assert "first_not_due" not in counts(park)
    assert counts(park)["first_on_time"] == 7
    assert figures.refresh(NOW + timedelta(hours=3), look_back=0) == []


def test_time_alone_makes_an_answer_overdue(march: World) -> None:
    figures.refresh(at("2026-03-24", "00:30"))
    assert (counts(march)["first_overdue"], counts(march).get("first_not_due")) == (2, None)


def test_months_are_those_of_the_park_not_of_greenwich(park: World) -> None:
    park.case(now=at("2026-04-01", "00:10"))  # still March in Greenwich
    assert figures.recompute_all(park.community, NOW) == [date(2026, 4, 1)]
