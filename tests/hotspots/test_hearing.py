"""New cases join an issue or start one; at night all are looked at together; nobody's words are touched."""

from datetime import timedelta

import pytest

from kaimen.cases.models import Case, CaseGroup
from kaimen.hotspots import actions
from kaimen.hotspots.jobs import gather_at_night, hear_new_cases
from kaimen.hotspots.models import Ear, HotIssue, IssueMembership
from tests.cast import at
from tests.hotspots.cast import LIGHTS, MONDAY, OTHERS, PARKING, World, heard

NOW = MONDAY + timedelta(hours=3)


def groups_of(cases: list[Case]) -> list[set[int]]:
    """The cases' numbers in `cases`, issue by issue, the largest first."""
    found: dict[int, set[int]] = {}
    placed = dict(IssueMembership.objects.values_list("case_id", "issue_id"))
    for n, case in enumerate(cases):
        found.setdefault(placed[case.pk], set()).add(n)
    return sorted(found.values(), key=lambda group: (-len(group), min(group)))


def issue_of(case: Case) -> HotIssue:
    return HotIssue.objects.get(memberships__case=case)


def test_first_sweep_gathers_then_cases_join_as_they_come(park: World) -> None:
    cases = heard(park, [*PARKING[:4], *LIGHTS, *OTHERS], service=None)
    actions.hear_new(NOW)
    assert groups_of(cases)[:2] == [{0, 1, 2, 3}, {4, 5, 6, 7}]
    issue = issue_of(cases[0])
    assert (issue.messages, issue.people) == (4, 4)
    later = heard(park, PARKING[4:], service=None)
    assert actions.hear_new(NOW) == 2
    issue.refresh_from_db()
    assert issue.messages == 6
    why = IssueMembership.objects.get(case=later[0])
    assert "东门" in "".join(why.words)
    assert actions.hear_new(NOW) == 0


def test_what_nobody_said_before_starts_an_issue_that_the_next_one_joins(park: World) -> None:
    heard(park, [*PARKING, *LIGHTS, *OTHERS], service=None)
    actions.hear_new(NOW)
    first, second = heard(park, ["健身房的跑步机坏了三台没人修", "健身房跑步机又坏了，没人修"], service=None)
    assert actions.hear_new(NOW) == 2
    assert issue_of(first) == issue_of(second)
    assert issue_of(first).messages == 2 and issue_of(first).title


def test_one_that_was_committed_late_is_heard_too(park: World) -> None:
    """Its key was given before others that were heard already."""
    cases = heard(park, [*PARKING, *LIGHTS, *OTHERS], service=None)
    actions.hear_new(NOW)
    late = cases[2]
    issue = issue_of(late)
    IssueMembership.objects.filter(case=late).delete()
    assert Ear.objects.get().heard_until > late.pk
    assert actions.hear_new(NOW) == 1
    assert issue_of(late) == issue


def test_one_loud_voice_is_one_and_those_whom_nobody_knows_count_by_their_root(park: World) -> None:
    def said(times: int, **by: object) -> list[Case]:
        return [park.case(words=PARKING[0], service=None, **by) for _ in range(times)]

    loud = said(6, asker_phone="13800000777")
    others = said(5, asker=park.worker, asker_phone="") + said(3, asker_phone="")
    heard(park, [*LIGHTS, *OTHERS], service=None)
    actions.hear_new(NOW)
    issue = issue_of(loud[0])
    assert {issue_of(case).pk for case in [*loud, *others]} == {issue.pk}
    assert (issue.messages, issue.people) == (14, 1 + 1 + 2), "not 1 + 3, as if they had no account"
    assert {code: counted for code, counted, _points in issue.parts}["people"] == 4


def test_a_title_leads_to_nobody(park: World) -> None:
    case = park.case(words="浙B·12345 的车占着东门消防通道", service=None)
    heard(park, [*LIGHTS, *OTHERS], service=None)
    actions.hear_new(NOW)
    title = issue_of(case).title
    assert "消防通道" in title and "12345" not in title


def test_me_too_is_support(park: World) -> None:
    cases = heard(park, [*PARKING, *LIGHTS, *OTHERS], service=None)
    group = CaseGroup.objects.create(community=park.community, title="停车")
    Case.objects.filter(pk__in=[case.pk for case in cases[:4]]).update(group=group)
    actions.hear_new(NOW)
    issue = issue_of(cases[0])
    assert issue.support == 3, "one said it, three said: me too"
    assert {code: points for code, _counted, points in issue.parts}["support"] == 14


def test_an_issue_keeps_its_number_for_weeks_while_more_and_more_say_so(park: World) -> None:
    cases = heard(park, [*[PARKING[0]] * 6, *LIGHTS, *OTHERS], service=None)
    actions.hear_new(NOW)
    parking, lights = issue_of(cases[0]).pk, issue_of(cases[6]).pk
    for week in range(1, 31):
        then = NOW + timedelta(weeks=week)
        more = heard(park, [PARKING[0]], now=then, service=None)
        if week % 2:
            actions.hear_new(then)
        actions.gather_issues(community=park.community, now=then)
        assert issue_of(more[0]).pk == parking, week
    issue = HotIssue.objects.get(pk=parking)
    assert issue.messages == 36, "also those from more than half a year ago"
    assert {issue_of(case).pk for case in cases[6:10]} == {lights}
    assert IssueMembership.objects.count() == Case.objects.count(), "everybody's words are in one issue"


def test_what_is_left_empty_leads_on_to_where_its_members_went(park: World) -> None:
    cases = heard(park, [*PARKING, *LIGHTS, *OTHERS], service=None)
    actions.hear_new(NOW)
    issue = issue_of(cases[0])
    stray = HotIssue.objects.create(community=park.community, title="重复的", messages=1)
    IssueMembership.objects.filter(case=cases[5]).update(issue=stray)
    actions.gather_issues(community=park.community, now=NOW)
    stray.refresh_from_db()
    assert (stray.merged_into, stray.messages) == (issue, 0)


@pytest.mark.parametrize(
    ("moment", "hours_ago", "gathers"),
    [
        (at("2026-03-05", "02:30"), 23, True),
        (at("2026-03-05", "02:30"), 2, False),  # this night already
        (at("2026-03-05", "14:00"), 23, False),  # not by day
        (at("2026-03-05", "14:00"), 40, True),  # but the machine was off at night
    ],
)
def test_all_is_looked_at_together_once_a_night(
    park: World, moment: object, hours_ago: int, gathers: bool
) -> None:
    heard(park, OTHERS, service=None)
    hear_new_cases(NOW)
    before = moment - timedelta(hours=hours_ago)  # type: ignore[operator]
    Ear.objects.update(gathered_at=before)
    gather_at_night(moment)  # type: ignore[arg-type]
    assert Ear.objects.get().gathered_at == (moment if gathers else before)


def test_of_who_stays_unknown_nothing_is_told_but_that_they_spoke(park: World) -> None:
    unknown = {"place_text": "东区 9 栋 301 室我家楼下", "enterprise": park.firm, "confidential": True}
    secret = [
        park.case(words="金鼎保安有限公司的人占着车位", asker_phone=f"1380000077{n}", service=None, **unknown)
        for n in range(3)
    ]
    shown = heard(park, PARKING, service=None, place_text="东门外，找我13800000778")
    heard(park, [*LIGHTS, *OTHERS], service=None)
    actions.hear_new(NOW)
    issue = issue_of(shown[0])
    for case in secret:
        actions.move_case(case=case, to=issue, by=park.officer, now=NOW)
    actions.gather_issues(community=park.community, now=NOW)
    issue.refresh_from_db()
    assert (issue.messages, issue.people) == (9, 9)
    told = f"{issue.title}{issue.places}{issue.enterprises}{issue.named_firms}"
    assert "金鼎" not in told and "我家楼下" not in told and "模具厂" not in told
    assert "东门外" in told and "13800000778" not in told
