"""好差评: five levels; a bad one is called back within 1 working day and mended within 15, then rated once more.

《国务院办公厅关于建立政务服务“好差评”制度提高政务服务水平的意见》（国办发〔2019〕51号）: every bad rating is
followed up and mended, and silence is not satisfaction.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from kaimen.cases import clocks, steps
from kaimen.cases.enums import CaseState, PromiseKind, Score, Solved
from kaimen.cases.errors import Moved, NotNow
from kaimen.cases.models import Case, Promise, Rating
from kaimen.cases.permissions import check_can_handle, check_speaks_for_asker
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Person
from kaimen.foundation.permissions import holders
from kaimen.foundation.workcalendar import calendar
from kaimen.logic.deadlines import ONE_DAY, add_workdays

from . import leftovers

RATABLE = frozenset({CaseState.ANSWERED, CaseState.CLOSED})
BAD = frozenset({Score.VERY_BAD, Score.BAD})


@transaction.atomic
def rate_case(
    *, case: Case, score: int, solved: str, comment: str = "", by: Person | None, now: datetime
) -> Rating:
    """Rate an answer. A good rating of something solved closes the case; a bad one starts the call and the mending.

    NotNow: "not_answered" without an answer, "already_rated", "not_mended" before a re-rating is due,
    "bad_score". A second rating counts after mending, or after a reopened case was answered anew.
    """
    check_speaks_for_asker(by, case)
    score, solved = _checked(score, solved)
    if case.state not in RATABLE or case.answered_at is None:
        raise NotNow("not_answered", state=str(case.state))
    round = _round(case)
    if not Case.objects.filter(pk=case.pk, state=case.state).update(state=case.state):
        raise steps.moved(case)
    try:
        with transaction.atomic():
            rating = Rating.objects.create(
                case=case, round=round, score=score, solved=solved, comment=comment, at=now
            )
    except IntegrityError as error:
        raise NotNow("already_rated") from error
    params = {"score": int(score), "solved": str(solved), "round": round}
    steps.write([case], "rated", by=by, now=now, params=params, text=comment, ids=params)
    _follow(case, rating, by, now)
    return rating


def _checked(score: int, solved: str) -> tuple[Score, Solved]:
    try:
        return Score(int(score)), Solved(solved)
    except ValueError as error:
        raise NotNow("bad_score") from error


def _round(case: Case) -> int:
    """1, or 2 where a second rating is due."""
    ratings = {rating.round: rating for rating in case.ratings.all()}
    if not ratings:
        return 1
    if 2 in ratings:
        raise NotNow("already_rated")
    first = ratings[1]
    if case.answered_at and case.answered_at > first.at:
        return 2
    if first.score not in BAD:
        raise NotNow("already_rated")
    if not case.promises.filter(kind=PromiseKind.MENDING).exclude(met_at=None).exists():
        raise NotNow("not_mended")
    return 2


def _follow(case: Case, rating: Rating, by: Person | None, now: datetime) -> None:
    if rating.score in BAD:
        steps.tell_owner(case, "rated_bad", by, score=rating.score, round=rating.round)
        for role in holders(RoleKind.SUPERVISOR, case.community)[:1]:
            steps.tell_staff(role.person, "rated_bad", case, score=rating.score, round=rating.round)
        if rating.round == 1:
            _start_mending(case, now)
        return
    steps.tell_owner(case, "rated", by, score=rating.score, round=rating.round)
    if case.state == CaseState.ANSWERED and rating.solved != Solved.NO:
        steps.move(case, "close", closed_at=now)
        steps.write([case], "closed", by=by, now=now)
        leftovers.remind(case, by)


def _start_mending(case: Case, now: datetime) -> None:
    on, round = timezone.localdate(now), clocks.current_round(case)
    Promise.objects.bulk_create(
        [
            clocks.new_promise(PromiseKind.CALL_BACK, clocks.CALL_BACK_DAYS, on, case=case, round=round),
            clocks.new_promise(PromiseKind.MENDING, clocks.MENDING_DAYS, on, case=case, round=round),
        ]
    )
    clocks.refresh_next_due([case.pk], case)


@transaction.atomic
def note_call_back(*, case: Case, text: str, by: Person, now: datetime) -> None:
    """The asker was called about the bad rating. NotNow("no_call_due") when none is open."""
    _keep(case, PromiseKind.CALL_BACK, "call_back_done", "no_call_due", text, by, now)


@transaction.atomic
def note_mended(*, case: Case, text: str, by: Person, now: datetime) -> None:
    """What was put right; the asker may rate once more. NotNow("no_mending_due") when none is open."""
    _keep(case, PromiseKind.MENDING, "mended", "no_mending_due", text, by, now)
    steps.tell_asker(case, "mended")


def _keep(
    case: Case, kind: PromiseKind, code: str, otherwise: str, text: str, by: Person, now: datetime
) -> None:
    check_can_handle(by, case)
    steps.needs_words(text)
    if not clocks.meet(case, [kind], now):
        raise NotNow(otherwise)
    clocks.refresh_next_due([case.pk], case)
    steps.write([case], code, by=by, now=now, text=text)


def close_silent(*, now: datetime, batch: int = 200) -> int:
    """Close what was answered 5 working days ago and is not being mended; how many.

    Without a rating it is recorded as silence (`closed_silent`), never as satisfaction.
    """
    before = _silent_before(now)
    mending = Promise.objects.filter(case=OuterRef("pk"), kind=PromiseKind.MENDING, ended_at=None)
    mending = mending.filter(Q(met_at=None) | Q(met_at__gte=before))
    found = Case.objects.filter(state=CaseState.ANSWERED, answered_at__lt=before)
    found = found.filter(~Exists(mending)).select_related("asker", "community").order_by("pk")
    closed, last = 0, 0
    while cases := list(found.filter(pk__gt=last)[:batch]):
        last = cases[-1].pk
        for case in cases:
            closed += _close_silent(case, now)
    return closed


@transaction.atomic
def _close_silent(case: Case, now: datetime) -> bool:
    rated = case.ratings.filter(at__gte=case.answered_at).exists()
    try:
        steps.move(case, "close", closed_at=now)
    except Moved:
        return False  # the asker rated or reopened it this very moment
    steps.write([case], "closed" if rated else "closed_silent", by=None, now=now)
    steps.tell_asker(case, "closed" if rated else "closed_silent")
    leftovers.remind(case, None)
    return True


def _silent_before(now: datetime) -> datetime:
    """Midnight such that what was answered before it has had all its working days."""
    today = timezone.localdate(now)
    day = today - ONE_DAY
    while add_workdays(day, clocks.SILENT_DAYS, calendar()) >= today:
        day -= ONE_DAY
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time())
    return timezone.make_aware(midnight)
