"""A batch was taken to the post: its letters are sent, a long one by a job, each once."""

import time
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kaimen.foundation import audit
from kaimen.foundation.models import Person
from kaimen.letters.enums import RANKS, BatchState, LetterChannel, LetterState
from kaimen.letters.models import Batch, Letter

from .moving import AT_ONCE, move_all

LARGE = 1000  # letters; writing down more would hold the page for a second (docs/measurements.md)
SLICE = 10.0  # seconds of one job


@transaction.atomic
def post_batch(*, batch: Batch, by: Person, now: datetime) -> int | None:
    """The batch was taken to the post: its letters are sent, those that have moved on since excepted. How many.

    None when there are more than LARGE: a job writes them down. Pressed twice it happens once, and the second is told 0.
    """
    from kaimen.letters.jobs import post_slice_of  # the job calls this module

    ready = Batch.objects.filter(pk=batch.pk, state=BatchState.READY)
    if not ready.update(state=BatchState.POSTING, sent_at=now, posted_by=by):
        return 0
    audit.record(verb="batch.post", subject=batch.mailing, by=by, batch=batch.number)
    if batch.letters_count > LARGE:
        post_slice_of.enqueue(batch.pk)
        return None
    batch.posted_by, batch.sent_at = by, now
    moved = 0
    while some := _some(batch):
        moved += len(_post(batch, some))
    _finish(batch)
    return moved


def post_slice(*, pk: int, seconds: float = SLICE, now: datetime | None = None) -> bool:
    """Write down for about `seconds` that letters were posted; True when some are left. Any number of workers may."""
    rows = Batch.objects.select_related("mailing", "posted_by")
    batch = rows.filter(pk=pk, state=BatchState.POSTING).first()
    if batch is None:
        return False
    until = time.monotonic() + seconds
    while some := _some(batch):
        with transaction.atomic():
            _post(batch, some)
            type(batch.mailing).objects.filter(pk=batch.mailing_id).update(moved_at=now or timezone.now())
        if time.monotonic() >= until:
            return True
    with transaction.atomic():
        _finish(batch)
    return False


def _some(batch: Batch) -> list[Letter]:
    """The next that are still to be written down, by the index `letters_to_print`: the last cost what the first do."""
    here = Letter.objects.filter(
        mailing=batch.mailing_id,
        channel=LetterChannel.PRINT,
        rank=RANKS[LetterState.MADE],
        batch=batch,
        state=LetterState.MADE,
    )
    return list(here.only("pk", "mailing", "channel", "state", "round")[:AT_ONCE])


def _post(batch: Batch, letters: list[Letter]) -> list[Letter]:
    at = batch.sent_at or timezone.now()
    return move_all(letters=letters, verb="send", now=at, by=batch.posted_by, code="posted")


def _finish(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk, state=BatchState.POSTING).update(state=BatchState.SENT)
