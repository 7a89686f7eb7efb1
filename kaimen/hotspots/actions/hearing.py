"""New cases join an issue or start one, soon after they came in and never in the door's way."""

from datetime import datetime, timedelta

from django.db import transaction

from kaimen.cases.models import Case
from kaimen.foundation.models import Organisation
from kaimen.hotspots.actions.gathering import gather_issues
from kaimen.hotspots.models import Ear, HotIssue, IssueMembership
from kaimen.hotspots.reading import Said, said_in
from kaimen.hotspots.telling import tell
from kaimen.logic.hotspots.alike import Profile
from kaimen.logic.hotspots.issues import marks_of
from kaimen.logic.hotspots.packing import unpacked
from kaimen.logic.hotspots.streaming import Heard, Stream

AT_ONCE = 400  # cases heard in one transaction; the next turn takes the rest
KNOWN = 3000  # issues a new case is compared with, the latest spoken of
SPOKEN_OF = timedelta(days=180)
LATE_COMMITS = 500  # a key can be given before another and committed after it: look back so far


def hear_new(now: datetime) -> int:
    """Let every community's new cases be heard; returns how many. Bears being run twice and by two at once."""
    return sum(
        _hear(community, now) for community in Organisation.objects.filter(cases__isnull=False).distinct()
    )


def _hear(community: Organisation, now: datetime) -> int:
    ear, _created = Ear.objects.get_or_create(community=community)
    if ear.gathered_at is None and gather_issues(community=community, now=now):
        return 0
    return hear_cases(community=community, now=now)


@transaction.atomic
def hear_cases(*, community: Organisation, now: datetime) -> int:
    """Place cases that have no issue yet, the oldest first, at most AT_ONCE; returns how many."""
    ear = Ear.objects.get(community=community)
    unheard = Case.objects.filter(
        community=community, pk__gt=ear.heard_until - LATE_COMMITS, issue_membership=None
    )
    coming = said_in(unheard.order_by("pk")[:AT_ONCE])
    if not coming:
        return 0
    last = max(ear.heard_until, *(int(said.message.id) for said in coming))
    if not Ear.objects.filter(pk=ear.pk, heard_until=ear.heard_until).update(heard_until=last):
        return 0  # somebody else is at it
    stream = Stream(weights=unpacked(bytes(ear.weights)))
    known = _known(community, stream, now)
    placed = [_place(said, stream, known, community, now) for said in coming]
    IssueMembership.objects.bulk_create(placed, ignore_conflicts=True)
    touched = {member.issue_id: member.issue for member in placed}
    renamed = [issue for issue in touched.values() if _at_a_doubling(issue, placed)]
    tell([issue for issue in touched.values() if issue not in renamed], now)
    tell(renamed, now, rename=True)
    return len(placed)


def _known(community: Organisation, stream: Stream, now: datetime) -> dict[int, HotIssue]:
    issues = HotIssue.objects.filter(community=community, merged_into=None, last_at__gte=now - SPOKEN_OF)
    latest = list(issues.order_by("-last_at", "-pk")[:KNOWN])
    for issue in reversed(latest):
        stream.know(issue.pk, {int(gram): float(weight) for gram, weight in issue.marks}, issue.messages)
    return {issue.pk: issue for issue in latest}


def _place(
    said: Said, stream: Stream, known: dict[int, HotIssue], community: Organisation, now: datetime
) -> IssueMembership:
    heard: Heard = stream.hear(said.message)
    issue = known.get(heard.issue)
    if issue is None:
        issue = known[heard.issue] = HotIssue.objects.create(community=community, created_at=now)
    profile: Profile = stream.profiles[heard.issue]
    issue.marks = [[gram, round(weight, 4)] for gram, weight in marks_of(profile)]
    return IssueMembership(
        case_id=int(said.message.id),
        issue=issue,
        words=list(heard.words),
        likeness=round(heard.likeness, 3),
        joined_at=now,
    )


def _at_a_doubling(issue: HotIssue, placed: list[IssueMembership]) -> bool:
    """Has the issue reached 2, 4, 8 … members with these? Then its title is looked at again."""
    new = sum(member.issue_id == issue.pk for member in placed)
    return (issue.messages + new).bit_length() > issue.messages.bit_length()
