"""New cases join an issue or start one; at night all are looked at together; nobody's words are touched."""

from datetime import timedelta

from kaimen.cases.models import Case
from kaimen.hotspots import actions
from kaimen.hotspots.models import HotIssue, IssueMembership
from tests.hotspots.cast import LIGHTS, MONDAY, OTHERS, PARKING, World, heard

NOW = MONDAY + timedelta(hours=3)


def groups_of(cases: list[Case]) -> list[set[int]]:
    """The cases' numbers in `cases`, issue by issue, the largest first."""
    found: dict[int, set[int]] = {}
    placed = dict(IssueMembership.objects.values_list("case_id", "issue_id"))
    for n, case in enumerate(cases):
        found.setdefault(placed[case.pk], set()).add(n)
    return sorted(found.values(), key=lambda group: (-len(group), min(group)))


def test_first_sweep_gathers_then_cases_join_as_they_come(park: World) -> None:
    cases = heard(park, [*PARKING[:4], *LIGHTS, *OTHERS], service=None)
    actions.hear_new(NOW)
    assert groups_of(cases)[:2] == [{0, 1, 2, 3}, {4, 5, 6, 7}]
    issue = HotIssue.objects.get(memberships__case=cases[0])
    assert (issue.messages, issue.people) == (4, 4)
    later = heard(park, PARKING[4:], service=None)
    assert actions.hear_new(NOW) == 2
    issue.refresh_from_db()
    assert issue.messages == 6
    why = IssueMembership.objects.get(case=later[0])
    assert "东门" in "".join(why.words)
    assert actions.hear_new(NOW) == 0
