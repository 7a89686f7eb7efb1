"""What officers do to issues: it holds against the machine, can be taken back, and touches no case."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case
from kaimen.foundation.models import AuditEntry, Notice
from kaimen.hotspots import actions
from kaimen.hotspots.models import HotIssue, IssueDeed, IssueMembership
from tests.hotspots.cast import LIGHTS, MONDAY, OTHERS, PARKING, World, heard

NOW = MONDAY + timedelta(hours=3)


class Scene:
    """Parking and lights, heard as two issues among others."""

    def __init__(self, park: World) -> None:
        self.park = park
        self.cases = heard(park, [*PARKING, *LIGHTS, *OTHERS], service=None)
        self.before = list(Case.objects.order_by("pk").values())
        actions.gather_issues(community=park.community, now=NOW)

    def issue(self, number: int) -> HotIssue:
        return HotIssue.objects.get(memberships__case=self.cases[number])

    def members(self, issue: HotIssue) -> set[int]:
        cases = list(IssueMembership.objects.filter(issue=issue.pk).values_list("case_id", flat=True))
        return {n for n, case in enumerate(self.cases) if case.pk in cases}

    def gather_again(self) -> None:
        actions.gather_issues(community=self.park.community, now=NOW + timedelta(days=1))

    @property
    def parking(self) -> HotIssue:
        return self.issue(0)

    @property
    def lights(self) -> HotIssue:
        return self.issue(6)


@pytest.fixture
def scene(park: World) -> Scene:
    made = Scene(park)
    assert made.members(made.parking) == set(range(6))
    assert made.members(made.lights) == {6, 7, 8, 9}
    return made


def test_merge_survives_the_night_and_can_be_taken_back(scene: Scene) -> None:
    into, other, officer = scene.parking, scene.lights, scene.park.officer
    actions.merge_issues(into=into, other=other, by=officer, now=NOW)
    scene.gather_again()
    assert scene.members(into) == set(range(10))
    other.refresh_from_db()
    assert other.merged_into == into
    deed = IssueDeed.objects.get(issue=into, deed="merged")
    actions.undo(deed=deed, by=officer, now=NOW)
    assert scene.members(into) == set(range(6))
    assert scene.members(other) == {6, 7, 8, 9}
    other.refresh_from_db()
    assert other.merged_into is None
    assert other.messages == 4
    with pytest.raises(NotNow, match="undone_already"):
        actions.undo(deed=deed, by=officer, now=NOW)


def test_split_survives_the_night_and_can_be_taken_back(scene: Scene) -> None:
    issue, officer = scene.parking, scene.park.officer
    new = actions.split_issue(issue=issue, cases=scene.cases[:2], title="东门早上", by=officer, now=NOW)
    scene.gather_again()
    assert scene.members(issue) == {2, 3, 4, 5}
    assert scene.members(new) == {0, 1}
    new.refresh_from_db()
    assert (new.title, new.messages) == ("东门早上", 2)
    actions.undo(deed=IssueDeed.objects.get(deed="split"), by=officer, now=NOW)
    assert scene.members(issue) == set(range(6))
    new.refresh_from_db()
    assert new.merged_into == issue


def test_split_needs_some_and_leaves_some(scene: Scene) -> None:
    issue, officer = scene.parking, scene.park.officer
    with pytest.raises(NotNow, match="no_cases"):
        actions.split_issue(issue=issue, cases=scene.cases[6:8], title="", by=officer, now=NOW)
    with pytest.raises(NotNow, match="all_cases"):
        actions.split_issue(issue=issue, cases=scene.cases[:6], title="", by=officer, now=NOW)


def test_one_case_is_moved_and_stays(scene: Scene) -> None:
    case, lights = scene.cases[10], scene.lights
    was = scene.issue(10)
    actions.move_case(case=case, to=lights, by=scene.park.officer, now=NOW)
    scene.gather_again()
    assert scene.issue(10) == lights
    actions.undo(deed=IssueDeed.objects.get(deed="moved"), by=scene.park.officer, now=NOW)
    assert scene.issue(10) == was


def test_one_case_that_is_moved_goes_to_the_others_and_takes_nobody_along(scene: Scene) -> None:
    """The night leaves it among those it was put to, and leaves those it was taken from where they were."""
    parking, lights, officer = scene.parking, scene.lights, scene.park.officer
    actions.move_case(case=scene.cases[11], to=lights, by=officer, now=NOW)
    actions.move_case(case=scene.cases[0], to=lights, by=officer, now=NOW)
    scene.gather_again()
    assert scene.members(lights) == {0, 6, 7, 8, 9, 11}
    assert scene.members(parking) == {1, 2, 3, 4, 5}
    first, second = IssueDeed.objects.filter(deed="moved").order_by("pk")
    actions.undo(deed=first, by=officer, now=NOW)
    scene.gather_again()
    assert scene.members(lights) == {0, 6, 7, 8, 9}, "the other one stays"
    assert scene.members(parking) == {1, 2, 3, 4, 5}
    actions.undo(deed=second, by=officer, now=NOW)
    assert not IssueMembership.objects.exclude(placed_by=None).exists(), "and the machine is free again"
    scene.gather_again()
    assert scene.members(parking) == set(range(6))
    assert scene.members(lights) == {6, 7, 8, 9}


def test_title_given_by_an_officer_stays(scene: Scene) -> None:
    issue, officer = scene.parking, scene.park.officer
    machine = issue.title
    actions.rename_issue(issue=issue, title="  东门 停车 ", by=officer, now=NOW)
    scene.gather_again()
    assert scene.parking.title == "东门 停车"
    actions.undo(deed=IssueDeed.objects.get(deed="renamed"), by=officer, now=NOW)
    assert scene.parking.title == machine
    with pytest.raises(NotNow, match="no_text"):
        actions.rename_issue(issue=issue, title="  ", by=officer, now=NOW)


def test_a_lock_holds_members_together_that_have_nothing_in_common(scene: Scene) -> None:
    issue, officer = scene.parking, scene.park.officer
    IssueMembership.objects.filter(case=scene.cases[11]).update(issue=issue)  # as if the machine had erred
    actions.lock_issue(issue=issue, by=officer, now=NOW)
    scene.gather_again()
    assert scene.members(scene.parking) == {0, 1, 2, 3, 4, 5, 11}
    with pytest.raises(NotNow, match="locked_already"):
        actions.lock_issue(issue=issue, by=officer, now=NOW)
    with pytest.raises(NotNow, match="issue_locked"):
        actions.merge_issues(into=scene.lights, other=issue, by=officer, now=NOW)
    actions.unlock_issue(issue=issue, by=officer, now=NOW)
    scene.gather_again()
    assert 11 not in scene.members(scene.parking)


def test_ids_stay_from_night_to_night(scene: Scene) -> None:
    before = {case.pk: scene.issue(n).pk for n, case in enumerate(scene.cases)}
    scene.gather_again()
    assert {case.pk: scene.issue(n).pk for n, case in enumerate(scene.cases)} == before


def test_a_mark_tells_the_supervisors_and_can_be_taken_back(scene: Scene) -> None:
    issue, park = scene.parking, scene.park
    actions.mark_issue(issue=issue, note="先看能不能错时", by=park.officer, now=NOW)
    told = Notice.objects.filter(code="issue_marked").values_list("person", flat=True)
    assert set(told) == {park.supervisor.pk, park.deputy_supervisor.pk, park.above.pk}
    with pytest.raises(NotNow, match="marked_already"):
        actions.mark_issue(issue=issue, note="", by=park.colleague, now=NOW)
    actions.unmark_issue(issue=issue, by=park.colleague, now=NOW)
    issue.refresh_from_db()
    assert (issue.marked_at, issue.mark_note) == (None, "")


def test_no_verb_touches_a_case_and_each_is_in_the_audit(scene: Scene) -> None:
    issue, officer = scene.parking, scene.park.officer
    actions.rename_issue(issue=issue, title="停车", by=officer, now=NOW)
    actions.show_issue(issue=issue, shown=False, by=officer, now=NOW)
    actions.split_issue(issue=issue, cases=scene.cases[:1], title="", by=officer, now=NOW)
    actions.merge_issues(into=issue, other=scene.lights, by=officer, now=NOW)
    actions.move_case(case=scene.cases[12], to=issue, by=officer, now=NOW)
    actions.lock_issue(issue=issue, by=officer, now=NOW)
    scene.gather_again()
    assert list(Case.objects.order_by("pk").values()) == scene.before
    verbs = AuditEntry.objects.filter(verb__startswith="issue.").values_list("verb", flat=True)
    wanted = ["hidden", "locked", "merged", "moved", "renamed", "split"]
    assert sorted(verbs) == [f"issue.{deed}" for deed in wanted]


@pytest.mark.parametrize("who", ["manager", "handler", "stranger"])
def test_who_only_reads_changes_nothing(scene: Scene, who: str) -> None:
    by, issue = getattr(scene.park, who), scene.parking
    for verb in (actions.lock_issue, actions.unlock_issue, actions.unmark_issue):
        with pytest.raises(PermissionDenied):
            verb(issue=issue, by=by, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.merge_issues(into=issue, other=scene.lights, by=by, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.move_case(case=scene.cases[12], to=issue, by=by, now=NOW)


def test_a_lock_holds_the_title_and_holds_two_apart_that_say_the_same(scene: Scene) -> None:
    issue, lights, officer = scene.parking, scene.lights, scene.park.officer
    IssueMembership.objects.filter(case=scene.cases[0]).update(issue=lights)  # as if the machine had erred
    HotIssue.objects.filter(pk=issue.pk).update(title="机器起的")
    for one in (issue, lights):
        actions.lock_issue(issue=one, by=officer, now=NOW)
    scene.gather_again()
    assert scene.members(issue) == {1, 2, 3, 4, 5}
    assert scene.members(lights) == {0, 6, 7, 8, 9}
    issue.refresh_from_db()
    assert issue.title == "机器起的"
    actions.unlock_issue(issue=issue, by=officer, now=NOW)
    scene.gather_again()
    issue.refresh_from_db()
    assert issue.title != "机器起的"


def test_new_words_join_what_an_officer_locked_named_or_merged(scene: Scene) -> None:
    issue, officer = scene.parking, scene.park.officer
    actions.rename_issue(issue=issue, title="东门停车难", by=officer, now=NOW)
    actions.merge_issues(into=issue, other=scene.issue(11), by=officer, now=NOW)
    actions.lock_issue(issue=issue, by=officer, now=NOW)
    said = heard(scene.park, [PARKING[3], PARKING[1]], now=NOW, service=None)
    actions.hear_new(NOW)
    for _night in range(2):
        assert {HotIssue.objects.get(memberships__case=case).pk for case in said} == {issue.pk}
        scene.gather_again()
    issue.refresh_from_db()
    assert (issue.title, issue.messages, issue.named_by) == ("东门停车难", 9, officer)


def test_an_issue_that_is_gone_is_not_put_in_order(scene: Scene) -> None:
    gone, officer = scene.lights, scene.park.officer
    actions.merge_issues(into=scene.parking, other=gone, by=officer, now=NOW)
    with pytest.raises(NotNow, match="issue_gone"):
        actions.rename_issue(issue=gone, title="路灯", by=officer, now=NOW)
    with pytest.raises(NotNow, match="issue_gone"):
        actions.move_case(case=scene.cases[11], to=gone, by=officer, now=NOW)
    with pytest.raises(NotNow, match="issue_gone"):
        actions.merge_issues(into=gone, other=scene.issue(11), by=officer, now=NOW)
