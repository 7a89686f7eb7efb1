"""Letters become paper: slice by slice, each once, however often a worker is killed or a button pressed."""

import secrets
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kaimen.foundation import audit
from kaimen.foundation.models import Person
from kaimen.letters import files
from kaimen.letters.enums import RANKS, LetterState, MailingState
from kaimen.letters.errors import NotNow
from kaimen.letters.looking import unsubscribed_digests, wants_none
from kaimen.letters.models import Letter, Mailing
from kaimen.letters.printer import print_one
from kaimen.letters.sheets import Writer
from kaimen.logic.letters import CannotFill

from .moving import move_all, move_mailing, settle
from .numbering import give_number

CHUNK = 40  # letters claimed and written together: what a killed worker has done in vain, at most
LEASE = timedelta(minutes=3)  # after which a claim counts as its worker's death; below a job's lease
SLICE = 20.0  # seconds of one job


@transaction.atomic
def make_letters(*, mailing: Mailing, by: Person | None, now: datetime) -> bool:
    """Begin to make a mailing that was looked through, or go on with a stopped one. Pressed twice it begins once.

    An official paper gets its 发文字号 here. Returns whether this press began it. NotNow("not_checked") when something
    still stands against it; as `give_number`.
    """
    from kaimen.letters.jobs import make_slice_of  # the job calls this module

    verb = "go_on" if mailing.state == MailingState.STOPPED else "make"
    if not move_mailing(mailing=mailing, verb=verb, now=now, by=by, problem=""):
        if Mailing.objects.filter(pk=mailing.pk, state__in=[MailingState.DRAFT]).exists():
            raise NotNow("not_checked")
        return False
    give_number(mailing=mailing, by=by, now=now)
    make_slice_of.enqueue(mailing.pk)
    return True


@transaction.atomic
def stop_mailing(*, mailing: Mailing, by: Person, now: datetime) -> None:
    """Nothing more is made or sent; what left has left. NotNow("moved") when there is nothing to stop."""
    if not move_mailing(mailing=mailing, verb="stop", now=now, by=by):
        raise NotNow("moved")


def make_slice(*, pk: int, seconds: float = SLICE, now: datetime | None = None) -> bool:
    """Make letters for about `seconds`; True when some are left. Any number of workers may do so at once.

    A letter is claimed by a conditional update, its file written, and then moved only while the claim still holds:
    so one letter is made once, and a file that nobody points to is swept away later.
    """
    mailing = Mailing.objects.select_related("organisation").filter(pk=pk).first()
    if mailing is None or mailing.state not in (
        MailingState.MAKING,
        MailingState.READY,
        MailingState.SENDING,
    ):
        return False
    until = time.monotonic() + seconds
    writer = Writer(mailing, now or timezone.now())
    digests = unsubscribed_digests(mailing)
    while True:
        at = now or timezone.now()
        mine = claim(mailing, LetterState.WAITING, at)
        if not mine:
            break
        if some := _without_those_who_want_none(mine, digests, at):
            _write(mailing, writer, some, at)
        if not Mailing.objects.filter(pk=pk).exclude(state=MailingState.STOPPED).update(moved_at=at):
            return False
        if time.monotonic() >= until:
            return True
    return _finish(mailing, now or timezone.now())


def claim(mailing: Mailing, state: str, now: datetime, channels: Sequence[str] = ()) -> list[Letter]:
    """Take some letters in `state` for this worker: of these channels, and not asked to wait.

    Those of a worker that has been silent for LEASE are free again.
    """
    free = (Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)) & (
        Q(not_before=None) | Q(not_before__lte=now)
    )
    wanted = Letter.objects.filter(free, mailing=mailing, state=state, rank=RANKS[state]).order_by("seq")
    if channels:
        wanted = wanted.filter(channel__in=channels)
    keys = list(wanted.values_list("pk", flat=True)[:CHUNK])
    mark = secrets.token_urlsafe(15)
    Letter.objects.filter(free, pk__in=keys, state=state).update(claimed_by=mark, claimed_at=now)
    mine = Letter.objects.filter(pk__in=keys, claimed_by=mark)
    return list(mine.select_related("person", "organisation").order_by("seq"))


def _write(mailing: Mailing, writer: Writer, mine: Sequence[Letter], now: datetime) -> None:
    names = dict(zip((one.pk for one in mine), _files(mailing, writer, mine), strict=True))
    for one in mine:
        one.mailing = mailing
    good = [one for one in mine if names[one.pk]]
    moved = move_all(
        letters=good,
        verb="make",
        now=now,
        also=lambda one: {"pdf": names[one.pk]},
        only={"claimed_by": mine[0].claimed_by},
        claimed_by="",
        claimed_at=None,
        attempts=0,
        not_before=None,
        reason="",
    )
    done = {one.pk for one in moved}
    files.forget(name for pk, name in names.items() if pk not in done)
    spoilt = [one for one in mine if not names[one.pk]]
    if spoilt:  # changed since it was looked through: the sender sees it among what is missing
        move_all(
            letters=spoilt,
            verb="leave_out",
            now=now,
            code="cannot_make",
            reason="cannot_make",
            claimed_by="",
            claimed_at=None,
        )


def _files(mailing: Mailing, writer: Writer, letters: Sequence[Letter]) -> list[str]:
    """A file for each letter, "" for one that cannot be made; one bad letter does not spoil the others."""
    sheets, whole = [], []
    for letter in letters:
        try:
            sheets.append(writer.sheet(letter))
            whole.append(True)
        except CannotFill:
            whole.append(False)
    pdfs = (print_one(mailing.kind, sheet) for sheet in sheets)
    return [files.write(next(pdfs)) if good else "" for good in whole]


def _without_those_who_want_none(mine: Sequence[Letter], digests: set[str], now: datetime) -> list[Letter]:
    """Leave out who wants no such letters; one whose address the sender mended is made, as they asked for it."""
    out = [one for one in mine if one.round == 1 and wants_none(one, digests)]
    move_all(
        letters=out,
        verb="leave_out",
        now=now,
        code="unsubscribed",
        reason="unsubscribed",
        only={"claimed_by": mine[0].claimed_by},
        claimed_by="",
        claimed_at=None,
    )
    gone = {one.pk for one in out}
    return [one for one in mine if one.pk not in gone]


@transaction.atomic
def _finish(mailing: Mailing, now: datetime) -> bool:
    """All made: ready, unless another worker is still at its last ones."""
    if mailing.letters.filter(state=LetterState.WAITING).exists():
        return False  # claimed by somebody else; if that one is dead, the timetable comes back to it
    if move_mailing(mailing=mailing, verb="finish_making", now=now, by=None):
        audit.record(verb="mailing.made", subject=mailing, by=None)
    settle(mailing_id=mailing.pk, now=now)
    return False
