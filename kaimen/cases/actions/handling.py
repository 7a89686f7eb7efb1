"""From in hand to closed: the verbs of the owner, and what the asker adds."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from kaimen.cases import clocks, search, steps
from kaimen.cases.enums import OPEN_STATES, CaseState, Decision, PromiseKind, Reader
from kaimen.cases.errors import NotNow
from kaimen.cases.models import Answer, Case, CaseAttachment, Task
from kaimen.cases.permissions import (
    WORKERS,
    can_handle,
    can_speak_for_asker,
    check_can_handle,
    check_speaks_for_asker,
)
from kaimen.catalogue.models import Service
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Attachment, Organisation, Person
from kaimen.foundation.permissions import has_role
from kaimen.foundation.secret_links import new_salt, token_digest, token_for

from . import leftovers


@transaction.atomic
def take_case(*, case: Case, by: Person, now: datetime) -> None:
    """Start on a case. Tells the asker nothing new, so it meets no promise."""
    check_can_handle(by, case)
    steps.move(case, "take")
    steps.write([case], "taken", by=by, now=now, params={"by": by.name})


@transaction.atomic
def hand_over(*, case: Case, to: Person, reason: str, by: Person, now: datetime) -> None:
    """Give the case to another owner, in any state; the asker is told who it is now.

    NotNow("no_officer") when `to` is no officer or supervisor here, NotNow("owner_already") when nothing changes.
    """
    check_can_handle(by, case)
    before = case.owner
    if to.pk == before.pk:
        raise NotNow("owner_already", name=to.name)
    if not has_role(to, WORKERS, case.community):
        raise NotNow("no_officer", name=to.name)
    if not Case.objects.filter(pk=case.pk, state=case.state, owner=before).update(owner=to):
        raise steps.moved(case)
    case.owner = to
    params = {"from": before.name, "to": to.name}
    ids = {"from": before.pk, "to": to.pk}
    steps.write([case], "handed_over", by=by, now=now, params=params, ids=ids)
    if reason:
        steps.write([case], "note", by=by, now=now, text=reason, reader=Reader.STAFF)
    steps.tell_owner(case, "case_handed_over", by, **{"from": before.name})
    steps.tell_asker(case, "handed_over", owner=to.name)


@transaction.atomic
def ask_for_more(*, case: Case, question: str, by: Person, now: datetime) -> None:
    """Ask the asker something; it counts as a first answer, and from tomorrow the clocks stand still."""
    check_can_handle(by, case)
    steps.needs_words(question)
    steps.move(case, "ask_for_more", **_first_answer(case, now))
    clocks.meet(case, [PromiseKind.FIRST_ANSWER], now)
    clocks.pause(case, timezone.localdate(now))
    steps.write([case], "asked_more", by=by, now=now, text=question)
    steps.tell_asker(case, "asked_more")


@transaction.atomic
def supply_more(
    *, case: Case, text: str, attachments: Sequence[Attachment] = (), by: Person | None, now: datetime
) -> None:
    """The asker adds something (or an officer writes it down); if we were waiting for it, the clocks run again.

    NotNow("closed") when the case is no longer open: then it is to be reopened.
    """
    if not can_speak_for_asker(by, case) and not can_handle(by, case):
        raise PermissionDenied
    if not attachments:
        steps.needs_words(text)
    if case.state not in OPEN_STATES:
        raise NotNow("closed", state=str(case.state))
    if case.state == CaseState.WAITING:
        steps.move(case, "resume")
        clocks.resume(case, timezone.localdate(now))
    elif not Case.objects.filter(pk=case.pk, state=case.state).update(state=case.state):
        raise steps.moved(case)  # the same row is written, so that two at once stand in line
    CaseAttachment.objects.bulk_create(
        CaseAttachment(case=case, attachment=attachment, added_at=now) for attachment in attachments
    )
    steps.write([case], "more_given", by=by, now=now, params={"files": len(attachments)}, text=text)
    steps.tell_owner(case, "more_given", by)


@transaction.atomic
def answer_case(
    *,
    case: Case,
    text: str,
    also_group: bool = False,
    stop: Iterable[Task] = (),
    by: Person,
    now: datetime,
) -> list[Answer]:
    """Answer; the first answer and the solution are given. With `also_group` every open case of the group gets its
    own answer, step and notice (one that moved on meanwhile keeps what it has). Returns the answers written.
    `stop`: tasks no longer needed, cancelled with it (see leftovers.stop for what forbids that).
    """
    check_can_handle(by, case)
    steps.needs_words(text)
    answers = [_answer(case, text, by, now)]
    if also_group and case.group_id:
        others = Case.objects.open().filter(group=case.group_id).exclude(pk=case.pk)
        for other in others.select_related("owner", "community", "asker", "place", "enterprise"):
            if can_handle(by, other):
                answers.append(_answer(other, text, by, now))
    leftovers.stop(case, stop, by=by, now=now)
    return answers


def _answer(case: Case, text: str, by: Person, now: datetime) -> Answer:
    steps.move(case, "answer", answered_at=now, **_first_answer(case, now))
    clocks.meet(case, [PromiseKind.FIRST_ANSWER, PromiseKind.SOLVED], now)
    clocks.resume(case, timezone.localdate(now))
    case.refusals.filter(decision=Decision.PENDING).update(
        decision=Decision.REFUSED
    )  # an answer takes it back
    answer = Answer.objects.create(case=case, text=text, by=by, at=now)
    steps.write([case], "answered", by=by, now=now, text=text, ids={"answer": answer.pk})
    search.write_text(case)
    steps.tell_asker(case, "answered")
    steps.tell_owner(case, "case_answered", by, by=by.name)
    return answer


@transaction.atomic
def close_case(*, case: Case, stop: Iterable[Task] = (), by: Person | None, now: datetime) -> None:
    """Close an answered or declined case: the officer, or the asker who is content without rating.

    `stop`: tasks no longer needed, cancelled with it. What goes on running the owner hears, unless it was they.
    """
    if by is not None and not can_speak_for_asker(by, case):
        check_can_handle(by, case)
    steps.move(case, "close", closed_at=now)
    steps.write([case], "closed", by=by, now=now)
    steps.tell_asker(case, "closed")
    if by is not None:
        leftovers.stop(case, stop, by=by, now=now)
    leftovers.remind(case, by)


@transaction.atomic
def reopen_case(*, case: Case, reason: str, by_asker: bool, by: Person | None, now: datetime) -> None:
    """Once by the asker, again by an officer. New promises, in a new round.

    NotNow("reopened_once") for the asker's second time, NotNow("appeal_instead") where the case was declined.
    """
    steps.needs_words(reason)
    fields: dict[str, object] = {"answered_at": None, "closed_at": None}
    if by_asker:
        check_speaks_for_asker(by, case)
        if case.reopened_by_asker:
            raise NotNow("reopened_once")
        if case.state == CaseState.DECLINED or (case.state == CaseState.CLOSED and case.answered_at is None):
            raise NotNow("appeal_instead")
        fields["reopened_by_asker"] = 1
    else:
        check_can_handle(by, case)
    again(case, fields, now)
    steps.write([case], "reopened", by=by, now=now, params={"by_asker": by_asker}, text=reason)
    steps.tell_owner(case, "case_reopened", by)
    if not by_asker:
        steps.tell_asker(case, "reopened")


def again(case: Case, fields: dict[str, object], now: datetime) -> None:
    """The case is open once more and promises anew (also after an appeal that was upheld)."""
    steps.move(case, "reopen", **fields)
    clocks.start_round(case, timezone.localdate(now))


@transaction.atomic
def add_note(*, case: Case, text: str, by: Person, now: datetime) -> None:
    """A line that only staff read."""
    check_can_handle(by, case)
    steps.needs_words(text)
    steps.write([case], "note", by=by, now=now, text=text, reader=Reader.STAFF)


@transaction.atomic
def change_service(*, case: Case, service: Service, by: Person, now: datetime) -> None:
    """Put the case under another item of the list. A promise already given stays as it was given."""
    check_can_handle(by, case)
    if case.state not in OPEN_STATES:
        raise NotNow("closed", state=str(case.state))
    before = case.service
    if not Case.objects.filter(pk=case.pk, state=case.state).update(service=service, domain=service.domain):
        raise steps.moved(case)
    case.service, case.domain = service, service.domain
    params = {"from": before.name if before else "", "to": service.name}
    steps.write([case], "service_changed", by=by, now=now, params=params, ids={"service": service.pk})


@transaction.atomic
def set_enterprise(*, case: Case, enterprise: Organisation | None, by: Person, now: datetime) -> None:
    """Say which enterprise the case is about; None takes it back. The asker's words stay.

    Moved when somebody else has said it meanwhile. NotNow("no_enterprise") for what is none of this community.
    """
    check_can_handle(by, case)
    if enterprise and (enterprise.kind, enterprise.community_id) != (
        OrganisationKind.ENTERPRISE,
        case.community_id,
    ):
        raise NotNow("no_enterprise")
    if not Case.objects.filter(pk=case.pk, enterprise=case.enterprise_id).update(enterprise=enterprise):
        raise steps.moved(case)
    case.enterprise = enterprise
    code = "enterprise_set" if enterprise else "enterprise_cleared"
    params = {"to": enterprise.name} if enterprise else {}
    ids = {"enterprise": enterprise.pk} if enterprise else {}
    steps.write([case], code, by=by, now=now, params=params, ids=ids, reader=Reader.STAFF)


@transaction.atomic
def retitle_case(*, case: Case, title: str, by: Person, now: datetime) -> None:
    """Another handle for lists; the asker's words stay."""
    check_can_handle(by, case)
    steps.needs_words(title)
    before, case.title = case.title, title[:60]
    Case.objects.filter(pk=case.pk).update(title=case.title)
    params = {"from": before, "to": case.title}
    steps.write([case], "retitled", by=by, now=now, params=params, reader=Reader.STAFF)
    search.write_text(case)


@transaction.atomic
def revoke_link(*, case: Case, by: Person | None, now: datetime) -> None:
    """The old tracking link opens nothing any more; links.track_url(case) prints the new one."""
    if not can_speak_for_asker(by, case):
        check_can_handle(by, case)
    salt = new_salt()
    case.track_salt, case.track_digest = salt, token_digest(token_for(salt, "track"))
    Case.objects.filter(pk=case.pk).update(track_salt=salt, track_digest=case.track_digest)
    steps.write([case], "link_changed", by=by, now=now)
    steps.tell_asker(case, "link_changed")


def _first_answer(case: Case, now: datetime) -> dict[str, datetime]:
    return {} if case.first_answered_at else {"first_answered_at": now}
