"""Once a night everything is looked at together: what grew apart is split, what turned out to be one is joined."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from kaimen.cases.models import Case
from kaimen.foundation.models import Organisation
from kaimen.hotspots.models import Ear, HotIssue, IssueMembership
from kaimen.hotspots.reading import said_in
from kaimen.hotspots.telling import tell
from kaimen.logic.hotspots.alike import Profile
from kaimen.logic.hotspots.finding import Heap, in_fixed_order
from kaimen.logic.hotspots.gathering import KnownSides, gather
from kaimen.logic.hotspots.issues import marks_of, profile_of
from kaimen.logic.hotspots.keeping import keep_ids
from kaimen.logic.hotspots.packing import packed
from kaimen.logic.hotspots.streaming import words_of
from kaimen.logic.hotspots.terms import Vectors

WINDOW = timedelta(days=180)
MOST = 20_000  # of a community's cases, the newest


@transaction.atomic
def gather_issues(*, community: Organisation, now: datetime) -> int:
    """Group the cases of the last half year anew; returns how many there were.

    Issues keep their ids (logic.hotspots.keeping). A locked issue keeps all its members; a case that an officer put
    somewhere stays there. Issues left empty point to the one that took most of their members.
    """
    ear, _created = Ear.objects.get_or_create(community=community)
    recent = Case.objects.filter(community=community, received_at__gte=now - WINDOW)
    newest = list(recent.order_by("-received_at", "-pk").values_list("pk", flat=True)[:MOST])
    heap = Heap()
    heap.take(
        in_fixed_order([said.message for said in said_in(Case.objects.filter(pk__in=newest).order_by("pk"))])
    )
    if not heap.messages:
        return 0
    vectors = heap.vectors()
    rows = {int(message.id): row for row, message in enumerate(heap.messages)}
    before = {
        rows[member.case_id]: member
        for member in IssueMembership.objects.filter(case__in=newest).select_related("issue")
    }
    was = {row: member.issue_id for row, member in before.items()}
    held = {
        row: member.issue_id
        for row, member in before.items()
        if member.placed_by_id or member.issue.locked_at
    }
    groups = gather(vectors, heap.weights, together=_together(held), apart=held, meetings=heap.meetings())
    ids = keep_ids(groups, was, held)
    issues = _write(community, heap, vectors, groups, ids, before, now)
    _leave_empty(was, issues, groups)
    tell({issue.pk: issue for issue in issues}.values(), now, rename=True)
    Ear.objects.filter(pk=ear.pk).update(
        gathered_at=now, weights=packed(heap.weights), heard_until=max(ear.heard_until, *newest)
    )
    return len(heap.messages)


def _together(held: dict[int, int]) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for row, issue in sorted(held.items()):
        found.setdefault(issue, []).append(row)
    return list(found.values())


def _write(
    community: Organisation,
    heap: Heap,
    vectors: Vectors,
    groups: Sequence[Sequence[int]],
    ids: Sequence[int | None],
    before: dict[int, IssueMembership],
    now: datetime,
) -> list[HotIssue]:
    """The issue of each group, with its marks; memberships where they changed."""
    sides = KnownSides(heap.weights)
    old = HotIssue.objects.in_bulk([pk for pk in ids if pk])
    new = iter(
        HotIssue.objects.bulk_create(HotIssue(community=community, created_at=now) for pk in ids if not pk)
    )
    issues, fresh, changed = [], [], []
    for rows, pk in zip(groups, ids, strict=True):
        issue = old[pk] if pk else next(new)
        profile = profile_of(vectors, rows, sides)
        issue.marks = [[gram, round(weight, 4)] for gram, weight in marks_of(profile)]
        issue.merged_into = None
        issues.append(issue)
        for row in rows:
            member = before.get(row)
            if member is None:
                fresh.append(_member(heap, row, issue, profile, len(rows), now))
            elif member.issue_id != issue.pk:
                why = _member(heap, row, issue, profile, len(rows), now)
                member.issue, member.words, member.likeness, member.joined_at = (
                    issue,
                    why.words,
                    why.likeness,
                    now,
                )
                changed.append(member)
    IssueMembership.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    IssueMembership.objects.bulk_update(changed, ["issue", "words", "likeness", "joined_at"], batch_size=500)
    HotIssue.objects.bulk_update(issues, ["marks", "merged_into"], batch_size=200)
    return issues


def _member(
    heap: Heap, row: int, issue: HotIssue, profile: Profile, members: int, now: datetime
) -> IssueMembership:
    message = heap.messages[row]
    shared = frozenset(term for term, _weight in marks_of(profile, 40)) if members > 1 else frozenset()
    words = words_of(message, shared) if shared else ()
    return IssueMembership(case_id=int(message.id), issue=issue, words=list(words), joined_at=now)


def _leave_empty(was: dict[int, int], issues: Sequence[HotIssue], groups: Sequence[Sequence[int]]) -> None:
    """Issues that lost their last member lead on to where most of them went."""
    now_in = {row: issue.pk for issue, rows in zip(issues, groups, strict=True) for row in rows}
    went: dict[int, Counter[int]] = {}
    for row, pk in was.items():
        went.setdefault(pk, Counter())[now_in[row]] += 1
    emptied = HotIssue.objects.filter(pk__in=set(went) - {issue.pk for issue in issues}, memberships=None)
    for pk in list(emptied.values_list("pk", flat=True)):
        heir = min(went[pk], key=lambda key: (-went[pk][key], key))
        HotIssue.objects.filter(pk=pk).update(merged_into=heir, messages=0, people=0, heat=0)
