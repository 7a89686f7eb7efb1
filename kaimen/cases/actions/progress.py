"""A first word before the answer: I have it, this is what happens next."""

from datetime import datetime

from django.db import transaction

from kaimen.cases import clocks, steps
from kaimen.cases.enums import OPEN_STATES, CaseState, PromiseKind
from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case
from kaimen.cases.permissions import check_can_handle
from kaimen.foundation.models import Person


@transaction.atomic
def tell_progress(*, case: Case, text: str, by: Person, now: datetime) -> None:
    """Tell the asker in words how things stand; that meets the promise of a first answer, not that of solving.

    A case only received is taken by it. NotNow("closed") when the case is no longer open.
    """
    check_can_handle(by, case)
    steps.needs_words(text)
    if case.state not in OPEN_STATES:
        raise NotNow("closed", state=str(case.state))
    first = {"first_answered_at": now} if case.first_answered_at is None else {}
    if case.state in {CaseState.RECEIVED, CaseState.REOPENED}:
        steps.move(case, "take", **first)
    elif not Case.objects.filter(pk=case.pk, state=case.state).update(state=case.state, **first):
        raise steps.moved(case)
    case.first_answered_at = case.first_answered_at or now
    clocks.meet(case, [PromiseKind.FIRST_ANSWER], now)
    clocks.refresh_next_due([case.pk], case)
    steps.write([case], "progress", by=by, now=now, text=text)
    steps.tell_asker(case, "progress")
