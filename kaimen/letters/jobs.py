"""Making, sending and printing in the background; read by the job worker at start."""

from datetime import datetime, timedelta

from django.db import transaction
from django_tasks import task

from kaimen.foundation.jobs import timetable
from kaimen.letters import files
from kaimen.letters.actions.dropping import drop_slice
from kaimen.letters.actions.making import make_slice
from kaimen.letters.actions.posting import post_slice
from kaimen.letters.actions.printing import forget_printed, make_batch
from kaimen.letters.actions.reading import read_list
from kaimen.letters.actions.sending import send_slice, waiting_now
from kaimen.letters.enums import BatchState, LetterState, MailingState
from kaimen.letters.models import Batch, Letter, Mailing

QUIET = timedelta(minutes=4)  # without a step: its worker is gone (making.LEASE is over)
LOOSE = timedelta(days=1)


@task()
def read_list_of(mailing_id: int) -> None:
    """One slice of reading a long list and looking through it; the next is a job of its own."""
    if read_list(pk=mailing_id):
        with transaction.atomic():
            read_list_of.enqueue(mailing_id)


@task()
def drop_slice_of(mailing_id: int) -> None:
    """One slice of removing a dropped list, as above."""
    if drop_slice(pk=mailing_id):
        with transaction.atomic():
            drop_slice_of.enqueue(mailing_id)


@task()
def make_slice_of(mailing_id: int) -> None:
    """One slice of making; the next is a job of its own, so that others get their turn."""
    more = make_slice(pk=mailing_id)
    sends = Mailing.objects.filter(pk=mailing_id, state=MailingState.SENDING).exists()
    with transaction.atomic():
        if more:
            make_slice_of.enqueue(mailing_id)
        elif sends:  # letters made again after their address was mended
            send_slice_of.enqueue(mailing_id)


@task()
def send_slice_of(mailing_id: int) -> None:
    """One slice of sending, as above."""
    if send_slice(pk=mailing_id):
        with transaction.atomic():
            send_slice_of.enqueue(mailing_id)


@task()
def make_batch_of(batch_id: int) -> None:
    """The files to print of one batch."""
    make_batch(pk=batch_id)


@task()
def post_slice_of(batch_id: int) -> None:
    """One slice of writing down that a batch was posted, as above."""
    if post_slice(pk=batch_id):
        with transaction.atomic():
            post_slice_of.enqueue(batch_id)


@timetable(every=timedelta(minutes=2))
def mind_mailings(now: datetime) -> None:
    """Whatever stands still goes on: a worker that was killed, a letter that was asked to wait, a batch half made."""
    for mailing in Mailing.objects.filter(state=MailingState.READING, moved_at__lt=now - QUIET):
        read_list_of.enqueue(mailing.pk)
    for mailing in Mailing.objects.filter(state=MailingState.DROPPED, moved_at__lt=now - QUIET):
        drop_slice_of.enqueue(mailing.pk)
    for mailing in Mailing.objects.filter(state=MailingState.MAKING, moved_at__lt=now - QUIET):
        make_slice_of.enqueue(mailing.pk)
    for mailing in Mailing.objects.filter(state=MailingState.SENDING):
        if mailing.letters.filter(state=LetterState.WAITING, state_at__lt=now - QUIET).exists():
            make_slice_of.enqueue(mailing.pk)
        if waiting_now(mailing, now):
            send_slice_of.enqueue(mailing.pk)
    still = Batch.objects.filter(mailing__moved_at__lt=now - QUIET)
    for batch in still.filter(state=BatchState.MAKING):
        make_batch_of.enqueue(batch.pk)
    for batch in still.filter(state=BatchState.POSTING, sent_at__lt=now - QUIET):
        post_slice_of.enqueue(batch.pk)


@timetable(every=timedelta(hours=24))
def forget_printed_batches(now: datetime) -> None:
    """Files to print with the addresses of a whole batch: after their days, or when everybody has theirs."""
    forget_printed(now=now)


@timetable(every=timedelta(hours=6))
def forget_loose_letters(now: datetime) -> None:
    """Files that no letter and no batch points to: a worker was killed between writing and moving."""
    known = set(Letter.objects.exclude(pdf="").values_list("pdf", flat=True).iterator())
    for names in Batch.objects.values_list("print_file", "label_file"):
        known |= set(names)
    before = (now - LOOSE).timestamp()
    root = files.folder()
    for path in root.glob("*/*"):
        if path.stat().st_mtime < before and str(path.relative_to(root)) not in known:
            path.unlink(missing_ok=True)
