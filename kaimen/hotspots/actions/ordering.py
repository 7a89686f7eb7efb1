"""What officers do to issues. No case is changed: its words, number, answer and rating stay where they are."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case
from kaimen.foundation import audit
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Person
from kaimen.foundation.notices import notify
from kaimen.foundation.permissions import holders
from kaimen.hotspots.enums import PLACING, UNDOABLE, Deed
from kaimen.hotspots.models import HotIssue, IssueDeed, IssueMembership
from kaimen.hotspots.permissions import check_can_order_issues
from kaimen.hotspots.telling import tell


@transaction.atomic
def merge_issues(*, into: HotIssue, other: HotIssue, by: Person, now: datetime) -> None:
    """Let the members of `other` belong to `into`; the address of `other` leads there. Undoable.

    NotNow: "same_issue", "two_communities", "issue_gone", "issue_locked" (unlock `other` first).
    """
    check_can_order_issues(by, into.community)
    check_can_order_issues(by, other.community)
    if into.pk == other.pk:
        raise NotNow("same_issue")
    if into.community_id != other.community_id:
        raise NotNow("two_communities")
    if other.locked_at:
        raise NotNow("issue_locked")
    if not HotIssue.objects.filter(pk=into.pk, merged_into=None).exists():
        raise NotNow("issue_gone")
    if not HotIssue.objects.filter(pk=other.pk, merged_into=None).update(merged_into=into):
        raise NotNow("issue_gone")
    other.merged_into = into
    placed = _placed([into, other])
    before = {"from": other.pk, "placed": placed}
    members = [case for case, issue, _by in placed if issue == other.pk]
    _pin(IssueMembership.objects.filter(issue__in=[into, other]), into, by)
    _write(into, Deed.MERGED, by, now, before, title=other.title, cases=len(members), other=other.pk)
    tell([into, other], now)


@transaction.atomic
def split_issue(*, issue: HotIssue, cases: Sequence[Case], title: str, by: Person, now: datetime) -> HotIssue:
    """Let some members be an issue of their own; the machine will not join the two again. Undoable.

    NotNow: "no_cases" (none of them is a member), "all_cases" (nothing would stay), "issue_gone".
    """
    check_can_order_issues(by, issue.community)
    _still_there(issue)
    members = IssueMembership.objects.filter(issue=issue)
    taken = members.filter(case__in=[case.pk for case in cases])
    count = taken.count()
    if not count:
        raise NotNow("no_cases")
    if count == members.count():
        raise NotNow("all_cases")
    before: dict[str, Any] = {"placed": _placed([issue])}
    new = HotIssue.objects.create(
        community=issue.community,
        title=title.strip()[:120],
        named_by=by if title.strip() else None,
        marks=issue.marks,
        created_at=now,
    )
    before["to"] = new.pk
    keys = list(taken.values_list("pk", flat=True))
    _pin(members.exclude(pk__in=keys), issue, by)
    _pin(IssueMembership.objects.filter(pk__in=keys), new, by)
    tell([issue, new], now, rename=not title.strip())
    _write(issue, Deed.SPLIT, by, now, before, title=new.title, cases=count, other=new.pk)
    return new


@transaction.atomic
def move_case(*, case: Case, to: HotIssue, by: Person, now: datetime) -> None:
    """Put one case where it belongs; it stays there. Undoable. NotNow: "same_issue", "two_communities", "issue_gone".

    The present members of both issues are held where they are: else the night would let those it came from follow it, as
    they say the same, or leave it alone with the issue's number, as those it came to say something else.
    """
    check_can_order_issues(by, to.community)
    _still_there(to)
    if case.community_id != to.community_id:
        raise NotNow("two_communities")
    member = IssueMembership.objects.select_related("issue").filter(case=case).first()
    if member is not None and member.issue_id == to.pk:
        raise NotNow("same_issue")
    if member is None:
        member = IssueMembership(case=case, issue=to, joined_at=now)
    was = member.issue
    before = {"placed": [[case.pk, was.pk, member.placed_by_id]]}
    IssueMembership.objects.filter(issue__in=[was, to], placed_by=None).update(placed_by=by)
    member.issue, member.placed_by, member.words = to, by, []
    member.save()
    _write(
        to,
        Deed.MOVED,
        by,
        now,
        before,
        title=was.title if was != to else "",
        number=case.number,
        other=was.pk,
    )
    tell({was.pk: was, to.pk: to}.values(), now)


@transaction.atomic
def rename_issue(*, issue: HotIssue, title: str, by: Person, now: datetime) -> None:
    """Give it a title that the machine leaves alone. Undoable. NotNow: "no_text", "issue_gone"."""
    check_can_order_issues(by, issue.community)
    _still_there(issue)
    title = " ".join(title.split())[:120]
    if not title:
        raise NotNow("no_text")
    before = {"title": issue.title, "named_by": issue.named_by_id}
    HotIssue.objects.filter(pk=issue.pk).update(title=title, named_by=by)
    _write(issue, Deed.RENAMED, by, now, before, title=title, old=issue.title)
    issue.title, issue.named_by = title, by


@transaction.atomic
def lock_issue(*, issue: HotIssue, by: Person, now: datetime) -> None:
    """From now on the machine takes no member out of it, joins it to no other and leaves its title. NotNow("locked_already")."""
    check_can_order_issues(by, issue.community)
    if not HotIssue.objects.filter(pk=issue.pk, locked_at=None, merged_into=None).update(
        locked_at=now, locked_by=by
    ):
        raise NotNow("locked_already")
    issue.locked_at, issue.locked_by = now, by
    _write(issue, Deed.LOCKED, by, now)


@transaction.atomic
def unlock_issue(*, issue: HotIssue, by: Person, now: datetime) -> None:
    """Leave it to the machine again. NotNow("not_locked")."""
    check_can_order_issues(by, issue.community)
    open_again = HotIssue.objects.filter(pk=issue.pk, locked_at__isnull=False)
    if not open_again.update(locked_at=None, locked_by=None):
        raise NotNow("not_locked")
    issue.locked_at = issue.locked_by = None
    _write(issue, Deed.UNLOCKED, by, now)


@transaction.atomic
def show_issue(*, issue: HotIssue, shown: bool, by: Person, now: datetime) -> None:
    """Take it off the public page, or let it be there again."""
    check_can_order_issues(by, issue.community)
    changed = HotIssue.objects.filter(pk=issue.pk, hidden_at__isnull=not shown)
    if changed.update(hidden_at=None if shown else now):
        issue.hidden_at = None if shown else now
        _write(issue, Deed.SHOWN if shown else Deed.HIDDEN, by, now)


@transaction.atomic
def mark_issue(*, issue: HotIssue, note: str, by: Person, now: datetime) -> None:
    """Propose it for being taken up in common: the supervisors are told, with the note. NotNow: "marked_already"."""
    check_can_order_issues(by, issue.community)
    note = note.strip()[:500]
    free = HotIssue.objects.filter(pk=issue.pk, marked_at=None, merged_into=None)
    if not free.update(marked_at=now, marked_by=by, mark_note=note):
        raise NotNow("marked_already")
    issue.marked_at, issue.marked_by, issue.mark_note = now, by, note
    _write(issue, Deed.MARKED, by, now, note=note)
    shown = {"title": issue.title, "people": issue.people, "by": by.name}
    for role in holders(RoleKind.SUPERVISOR, issue.community):
        if role.person_id != by.pk:
            notify(person=role.person, code="issue_marked", link=f"/hot/{issue.pk}", params=shown)


@transaction.atomic
def unmark_issue(*, issue: HotIssue, by: Person, now: datetime) -> None:
    """Take the proposal back. NotNow("not_marked")."""
    check_can_order_issues(by, issue.community)
    if not HotIssue.objects.filter(pk=issue.pk, marked_at__isnull=False).update(
        marked_at=None, marked_by=None, mark_note=""
    ):
        raise NotNow("not_marked")
    issue.marked_at, issue.marked_by, issue.mark_note = None, None, ""
    _write(issue, Deed.UNMARKED, by, now)


@transaction.atomic
def undo(*, deed: IssueDeed, by: Person, now: datetime) -> None:
    """Take back a merge, a split, a move or a title, as far as its cases still are where it had put them.

    NotNow: "not_undoable", "undone_already".
    """
    check_can_order_issues(by, deed.issue.community)
    if deed.deed not in UNDOABLE:
        raise NotNow("not_undoable")
    if not IssueDeed.objects.filter(pk=deed.pk, undone_at=None).update(undone_at=now):
        raise NotNow("undone_already")
    before, issue = deed.before, deed.issue
    if deed.deed == Deed.RENAMED:
        HotIssue.objects.filter(pk=issue.pk).update(title=before["title"], named_by=before["named_by"])
        issue.refresh_from_db()
    else:
        if deed.deed == Deed.MERGED:
            HotIssue.objects.filter(pk=before["from"], merged_into=issue).update(merged_into=None)
        touched = _put_back(before["placed"], {issue.pk, before.get("to")})
        if deed.deed == Deed.SPLIT and not IssueMembership.objects.filter(issue=before["to"]).exists():
            HotIssue.objects.filter(pk=before["to"]).update(merged_into=issue)
            touched.add(before["to"])
        if deed.deed == Deed.MOVED:
            _let_go(touched)
        tell(HotIssue.objects.filter(pk__in=touched | {issue.pk}), now)
    _write(issue, Deed.UNDONE, by, now, taken_back=deed.deed)


def _put_back(placed: Iterable[tuple[int, int, int | None]], put_in: set[int | None]) -> set[int]:
    """Each case to the issue it was in, unless it has gone on since; returns the issues touched."""
    touched: set[int] = set()
    for case, issue, person in placed:
        here = IssueMembership.objects.filter(case=case, issue__in=[pk for pk in put_in if pk])
        if here.update(issue=issue, placed_by=person):
            touched.add(issue)
    return touched | {pk for pk in put_in if pk}


def _let_go(issues: set[int]) -> None:
    """Leave to the machine again those of these issues about which no deed stands that says where cases belong."""
    standing = IssueDeed.objects.filter(deed__in=PLACING, undone_at=None)
    for issue in issues:
        if not standing.filter(Q(issue=issue) | Q(params__other=issue)).exists():
            IssueMembership.objects.filter(issue=issue).update(placed_by=None)


def _placed(issues: Sequence[HotIssue]) -> list[tuple[int, int, int | None]]:
    members = IssueMembership.objects.filter(issue__in=issues).order_by("pk")
    return [
        (case, issue, person) for case, issue, person in members.values_list("case", "issue", "placed_by")
    ]


def _pin(members: Any, issue: HotIssue, by: Person) -> None:
    members.update(issue=issue, placed_by=by)


def _still_there(issue: HotIssue) -> None:
    if not HotIssue.objects.filter(pk=issue.pk, merged_into=None).exists():
        raise NotNow("issue_gone")


def _write(
    issue: HotIssue,
    deed: Deed,
    by: Person,
    now: datetime,
    before: dict[str, Any] | None = None,
    **params: Any,
) -> None:
    IssueDeed.objects.create(issue=issue, deed=deed, by=by, at=now, params=params, before=before or {})
    codes = {name: value for name, value in params.items() if isinstance(value, int) or name == "taken_back"}
    audit.record(verb=f"issue.{deed}", subject=issue, by=by, community_id=issue.community_id, **codes)
