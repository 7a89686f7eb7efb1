"""A draft is taken back with its list, a long one by a job."""

import time
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kaimen.foundation import tables
from kaimen.foundation.models import Person
from kaimen.letters.enums import MailingState
from kaimen.letters.errors import NotNow
from kaimen.letters.models import Letter, Mailing

from .moving import move_mailing

AT_ONCE = 1000  # letters in one transaction
LARGE = 2000  # letters; removing more would hold the page for a second (docs/measurements.md)
SLICE = 10.0  # seconds of one job


@transaction.atomic
def drop_mailing(*, mailing: Mailing, by: Person, now: datetime) -> None:
    """Take back a draft with its list, also while it is read; one that was begun stays. NotNow("moved").

    From now on nobody sees it and no link of its samples opens; more than LARGE letters are removed by a job.
    """
    from kaimen.letters.jobs import drop_slice_of  # the job calls this module

    if not move_mailing(mailing=mailing, verb="drop", now=now, by=by):
        raise NotNow("moved")
    forget_table(mailing)
    if mailing.letters.order_by().values("pk")[LARGE : LARGE + 1]:
        drop_slice_of.enqueue(mailing.pk)
    else:
        mailing.delete()


def drop_slice(*, pk: int, seconds: float = SLICE, now: datetime | None = None) -> bool:
    """Remove letters of a dropped mailing for about `seconds`, and at the end the mailing; True when some are left."""
    dropped = Mailing.objects.filter(pk=pk, state=MailingState.DROPPED)
    until = time.monotonic() + seconds
    while some := list(
        Letter.objects.filter(mailing__in=dropped).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    ):
        with transaction.atomic():
            dropped.update(moved_at=now or timezone.now())  # a second worker waits here instead of crosswise
            Letter.objects.filter(pk__in=some).delete()
        if time.monotonic() >= until:
            return True
    with transaction.atomic():
        dropped.delete()
    return False


def forget_table(mailing: Mailing) -> None:
    try:
        tables.kept(mailing.handle).unlink(missing_ok=True)
    except tables.NotATable:
        return  # none, or gone already
