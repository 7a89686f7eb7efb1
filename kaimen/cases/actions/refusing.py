"""A fair no: clause and reason, a second person signs, the asker may appeal once to the level above."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from kaimen.cases import clocks, steps
from kaimen.cases.actions.handling import again
from kaimen.cases.enums import CASE_TRANSITIONS, CaseState, Decision, PromiseKind, Reader
from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case, Refusal
from kaimen.cases.permissions import (
    can_decide_appeal,
    can_sign,
    can_supervise,
    check_can_handle,
    check_speaks_for_asker,
)
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Person
from kaimen.foundation.permissions import holders
from kaimen.foundation.workcalendar import calendar
from kaimen.logic.deadlines import workdays_between

from . import leftovers


@transaction.atomic
def propose_refusal(
    *, case: Case, clause: str, reason: str, other_way: str = "", by: Person, now: datetime
) -> Refusal:
    """Say that this cannot be done, by which clause and why. Nothing reaches the asker before a second signature.

    NotNow: "no_words" without clause and reason, "refusal_pending" when one waits already.
    """
    check_can_handle(by, case)
    steps.needs_words(clause)
    steps.needs_words(reason)
    if case.state not in CASE_TRANSITIONS["decline"][0]:
        raise NotNow("not_from_here", verb="decline", state=str(case.state))
    if not Case.objects.filter(pk=case.pk, state=case.state).update(state=case.state):
        raise steps.moved(case)
    try:
        with transaction.atomic():
            refusal = Refusal.objects.create(
                case=case, clause=clause, reason=reason, other_way=other_way, proposed_by=by, proposed_at=now
            )
    except IntegrityError as error:
        raise NotNow("refusal_pending") from error
    params = {"clause": clause, "by": by.name}
    steps.write([case], "refusal_proposed", by=by, now=now, params=params, text=reason, reader=Reader.STAFF)
    signer = holders(RoleKind.SUPERVISOR, case.community).exclude(person=by).first()
    steps.tell_staff(signer.person if signer else None, "refusal_to_sign", case, by=by.name)
    return refusal


@transaction.atomic
def sign_refusal(*, refusal: Refusal, agree: bool, note: str = "", by: Person, now: datetime) -> None:
    """A supervisor who did not propose it signs: declined, and the asker hears why and how to appeal; or sends it back.

    NotNow: "another_person" signs what they proposed, "refusal_decided" when it is no longer pending.
    """
    case = refusal.case
    if by.pk == refusal.proposed_by_id:
        raise NotNow("another_person")
    if not can_sign(by, refusal):
        raise PermissionDenied
    decision = Decision.AGREED if agree else Decision.REFUSED
    _decide(refusal, decision=decision, signed_by=by, signed_at=now, signer_note=note)
    if not agree:
        params = {"clause": refusal.clause}
        steps.write([case], "refusal_unsigned", by=by, now=now, params=params, text=note, reader=Reader.STAFF)
        steps.tell_staff(refusal.proposed_by, "refusal_unsigned", case, by=by.name)
        return
    first = {} if case.first_answered_at else {"first_answered_at": now}
    steps.move(case, "decline", **first)
    clocks.meet(case, [PromiseKind.FIRST_ANSWER], now)
    clocks.end(case, [PromiseKind.SOLVED], now)
    clocks.resume(case, timezone.localdate(now))
    if note:
        steps.write([case], "note", by=by, now=now, text=note, reader=Reader.STAFF)
    params = {"signed_by": by.name}
    steps.write([case], "refusal_signed", by=by, now=now, params=params, reader=Reader.STAFF)
    told = {"clause": refusal.clause, "other_way": refusal.other_way, "appeal_days": clocks.APPEAL_DAYS}
    steps.write([case], "declined", by=refusal.proposed_by, now=now, params=told, text=refusal.reason)
    steps.tell_asker(case, "declined", clause=refusal.clause, appeal_days=clocks.APPEAL_DAYS)
    steps.tell_owner(case, "refusal_signed", by, by=by.name)
    leftovers.remind(case, None)  # also an owner who may sign: there was no form to stop them in


@transaction.atomic
def appeal(*, refusal: Refusal, text: str, by: Person | None, now: datetime) -> None:
    """The asker does not accept the no: once, within 15 working days of the signature; the level above decides.

    NotNow: "nothing_to_appeal", "appealed_once", "too_late_to_appeal".
    """
    case = refusal.case
    check_speaks_for_asker(by, case)
    steps.needs_words(text)
    declined = case.state in (CaseState.DECLINED, CaseState.CLOSED)
    if refusal.decision != Decision.AGREED or refusal.signed_at is None or not declined:
        raise NotNow("nothing_to_appeal")
    signed, today = timezone.localdate(refusal.signed_at), timezone.localdate(now)
    if workdays_between(signed, today, calendar()) > clocks.APPEAL_DAYS:
        raise NotNow("too_late_to_appeal", days=clocks.APPEAL_DAYS)
    waiting = Refusal.objects.filter(pk=refusal.pk, appealed_at=None)
    if not waiting.update(appealed_at=now, appeal_text=text):
        raise NotNow("appealed_once")
    refusal.appealed_at, refusal.appeal_text = now, text
    steps.write([case], "appealed", by=by, now=now, text=text)
    roles = holders(RoleKind.SUPERVISOR, case.community.parent or case.community)
    role = roles.exclude(person__in=[refusal.proposed_by_id, refusal.signed_by_id]).first()
    steps.tell_staff(role.person if role else None, "appeal_to_decide", case)
    steps.tell_owner(case, "appealed", by)


@transaction.atomic
def decide_appeal(*, refusal: Refusal, uphold: bool, note: str, by: Person, now: datetime) -> None:
    """A supervisor above, who neither proposed nor signed, decides: upheld reopens the case with new promises.

    NotNow: "another_person", "no_appeal" when none waits.
    """
    case = refusal.case
    steps.needs_words(note)
    if by.pk in (refusal.proposed_by_id, refusal.signed_by_id) and can_supervise(by, case.community):
        raise NotNow("another_person")
    if not can_decide_appeal(by, refusal):
        raise PermissionDenied
    waiting = Refusal.objects.filter(pk=refusal.pk, appeal_decided_at=None).exclude(appealed_at=None)
    fields = {"appeal_upheld": uphold, "appeal_decided_by": by, "appeal_decided_at": now, "appeal_note": note}
    if not waiting.update(**fields):
        raise NotNow("no_appeal")
    for name, value in fields.items():
        setattr(refusal, name, value)
    if uphold:
        again(case, {"answered_at": None, "closed_at": None}, now)
    code = "appeal_upheld" if uphold else "appeal_rejected"
    steps.write([case], code, by=by, now=now, text=note)
    steps.tell_asker(case, code)
    steps.tell_owner(case, code, by)


def _decide(refusal: Refusal, **fields: object) -> None:
    if not Refusal.objects.filter(pk=refusal.pk, decision=Decision.PENDING).update(**fields):
        raise NotNow("refusal_decided")
    for name, value in fields.items():
        setattr(refusal, name, value)
