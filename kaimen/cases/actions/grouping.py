"""Cases about the same thing, handled together. A voice never moves: number, words, answer and rating stay its own."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kaimen.cases import steps
from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case, CaseGroup
from kaimen.cases.permissions import can_speak_for_asker, check_can_handle
from kaimen.foundation.models import Person


@transaction.atomic
def merge_cases(*, cases: Sequence[Case], title: str, by: Person, now: datetime) -> CaseGroup:
    """Put at least two cases of one community into a new group. NotNow: "no_cases", "two_communities"."""
    if len({case.pk for case in cases}) < 2:
        raise NotNow("no_cases")
    if len({case.community_id for case in cases}) > 1:
        raise NotNow("two_communities")
    for case in cases:
        check_can_handle(by, case)
    steps.needs_words(title)
    group = CaseGroup.objects.create(
        community=cases[0].community, title=title[:120], created_at=now, created_by=by
    )
    for case in cases:
        _put(case, group, by, now)
    return group


@transaction.atomic
def join_group(*, case: Case, with_case: Case, by: Person | None, now: datetime) -> CaseGroup:
    """Let `case` be handled together with `with_case` (我也是). The asker may do it for their own case.

    NotNow: "same_case", "two_communities", "joined_already".
    """
    if not can_speak_for_asker(by, case):
        check_can_handle(by, case)
    if case.pk == with_case.pk:
        raise NotNow("same_case")
    if case.community_id != with_case.community_id:
        raise NotNow("two_communities")
    group = with_case.group
    if group is None:
        group = CaseGroup.objects.create(
            community=with_case.community, title=with_case.title, created_at=now, created_by=by
        )
        _put(with_case, group, by, now)
    elif case.group_id == group.pk:
        raise NotNow("joined_already")
    _put(case, group, by, now)
    return group


@transaction.atomic
def leave_group(*, case: Case, by: Person | None, now: datetime) -> None:
    """Undo it: everything the case has of its own goes with it. NotNow("no_group")."""
    if not can_speak_for_asker(by, case):
        check_can_handle(by, case)
    group = case.group
    if group is None:
        raise NotNow("no_group")
    if not Case.objects.filter(pk=case.pk, group=group).update(group=None):
        raise steps.moved(case)
    case.group = None
    steps.write([case], "ungrouped", by=by, now=now, params={"title": group.title}, ids={"group": group.pk})


def _put(case: Case, group: CaseGroup, by: Person | None, now: datetime) -> None:
    if not Case.objects.filter(pk=case.pk, group=case.group_id).update(group=group):
        raise steps.moved(case)
    if case.group is not None:
        params = {"title": case.group.title}
        steps.write([case], "ungrouped", by=by, now=now, params=params, ids={"group": case.group_id})
    case.group = group
    steps.write([case], "grouped", by=by, now=now, params={"title": group.title}, ids={"group": group.pk})
