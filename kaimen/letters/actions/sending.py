"""Letters leave the house: electronic ones by a job, paper by hand; what was refused for now is tried again."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from kaimen.foundation.models import Person
from kaimen.letters.channels import Post, Refused
from kaimen.letters.enums import ELECTRONIC, RANKS, LetterChannel, LetterState, MailingState
from kaimen.letters.errors import NotNow
from kaimen.letters.models import Letter, Mailing

from .making import SLICE, claim
from .moving import move_all, move_mailing, settle

ATTEMPTS = 6
FREE: dict[str, Any] = {"claimed_by": "", "claimed_at": None}
PATIENCE = timedelta(minutes=2)  # doubled with every attempt: 2, 4, 8, 16, 32 minutes


@transaction.atomic
def send_letters(*, mailing: Mailing, by: Person, now: datetime) -> bool:
    """Begin to send: electronic letters go out by a job, paper waits for its batch. Pressed twice it begins once."""
    from kaimen.letters.jobs import send_slice_of  # the job calls this module

    if not move_mailing(mailing=mailing, verb="send", now=now, by=by):
        if mailing.state in (MailingState.DRAFT, MailingState.CHECKED, MailingState.MAKING):
            raise NotNow("not_made")
        return False
    send_slice_of.enqueue(mailing.pk)
    settle(mailing_id=mailing.pk, now=now)
    return True


def send_slice(*, pk: int, seconds: float = SLICE, now: datetime | None = None) -> bool:
    """Send what is due for about `seconds`; True when more is due now. Any number of workers may do so at once.

    A letter is claimed before anything leaves. A worker killed between sending and writing it down leaves a claim
    that ends after making.LEASE: then it is sent again, as a second copy is kinder than silence. A mail keeps its Message-ID.
    """
    mailing = Mailing.objects.select_related("organisation").filter(pk=pk, state=MailingState.SENDING).first()
    if mailing is None:
        return False
    until = time.monotonic() + seconds
    with translation.override("zh-hans"), Post(mailing) as post:
        while time.monotonic() < until:
            at = now or timezone.now()
            mine = claim(mailing, LetterState.MADE, at, sorted(ELECTRONIC))
            if not mine:
                return False
            if not Mailing.objects.filter(pk=pk, state=MailingState.SENDING).update(moved_at=at):
                _give_back(mine)
                return False
            _send_some(post, mine, at)
    return True


def _send_some(post: Post, letters: Sequence[Letter], now: datetime) -> None:
    """Each is sent and written down before the next: at most one is doubtful when the worker is killed."""
    for letter in letters:
        letter.mailing = post.mailing
        if not _still_mine(letter, now):  # a slow server: the claim ran out and another worker has it
            continue
        try:
            if letter.channel == LetterChannel.APP:
                with transaction.atomic():  # the notice and the letter's state are one
                    _sent(letter, post.send(letter), now)
            else:
                _sent(letter, post.send(letter), now)
        except Refused as refused:
            _refused(letter, refused, now)


def _still_mine(letter: Letter, now: datetime) -> bool:
    mine = Letter.objects.filter(pk=letter.pk, claimed_by=letter.claimed_by, state=LetterState.MADE)
    return bool(mine.update(claimed_at=max(now, timezone.now())))


def _sent(letter: Letter, code: str, now: datetime) -> None:
    mine = {"claimed_by": letter.claimed_by}
    if (
        not move_all(letters=[letter], verb="send", now=now, code=code, only=mine, reason="", **FREE)
        and code == "notice"
    ):
        raise Refused("taken_over", bounce=False)  # another worker has it: its notice is enough


def _refused(letter: Letter, refused: Refused, now: datetime) -> None:
    mine = {"claimed_by": letter.claimed_by}
    if refused.bounce or letter.attempts + 1 >= ATTEMPTS:
        code = refused.code
        move_all(letters=[letter], verb="bounce", now=now, code=code, reason=code, only=mine, **FREE)
        return
    Letter.objects.filter(pk=letter.pk, state=LetterState.MADE, **mine).update(
        attempts=F("attempts") + 1,
        reason=refused.code,
        not_before=now + PATIENCE * 2**letter.attempts,
        **FREE,
    )


def _give_back(letters: Sequence[Letter]) -> None:
    for letter in letters:
        Letter.objects.filter(pk=letter.pk, claimed_by=letter.claimed_by).update(**FREE)


def waiting_now(mailing: Mailing, now: datetime) -> bool:
    """Is anything due that nobody is at?"""
    ready = Letter.objects.filter(Q(not_before=None) | Q(not_before__lte=now), mailing=mailing)
    return ready.filter(rank=RANKS[LetterState.MADE], channel__in=list(ELECTRONIC)).exists()
