"""Paper letters go to the post in batches: one file to print in postal order, one of labels, one posting list."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from kaimen.foundation import audit
from kaimen.foundation.models import Person
from kaimen.letters import files
from kaimen.letters.enums import BatchState, LetterChannel, LetterState, MailingState
from kaimen.letters.errors import NotNow
from kaimen.letters.models import Batch, Letter, Mailing
from kaimen.letters.papers import Address
from kaimen.letters.printer import print_labels, print_together
from kaimen.letters.sheets import Writer
from kaimen.logic.posting import Pair, postal_key, without_postcode

from .moving import AT_ONCE


@transaction.atomic
def start_batch(*, mailing: Mailing, by: Person, now: datetime) -> Batch:
    """Put every paper letter that is made and in no batch into one, and have its files made.

    Pressed twice there is one: the running one is returned. NotNow("nothing_to_print").
    """
    from kaimen.letters.jobs import make_batch_of  # the job calls this module

    running = mailing.batches.filter(state=BatchState.MAKING).first()
    if running:
        return running
    number = (mailing.batches.aggregate(n=Max("number"))["n"] or 0) + 1
    try:
        with transaction.atomic():
            batch = Batch.objects.create(mailing=mailing, number=number)
    except IntegrityError:  # pressed twice at once
        return mailing.batches.get(number=number)
    free = mailing.letters.filter(channel=LetterChannel.PRINT, state=LetterState.MADE, batch=None)
    count = free.update(batch=batch)
    if not count:
        raise NotNow("nothing_to_print")
    Batch.objects.filter(pk=batch.pk).update(letters_count=count)
    Mailing.objects.filter(pk=mailing.pk).update(moved_at=now)
    batch.letters_count = count
    audit.record(verb="batch.start", subject=mailing, by=by, batch=number, letters=count)
    make_batch_of.enqueue(batch.pk)
    return batch


def make_batch(*, pk: int, now: datetime | None = None) -> bool:
    """Write the files of a batch; a second worker that does so at once changes nothing. True if this one did."""
    batch = (
        Batch.objects.select_related("mailing__organisation").filter(pk=pk, state=BatchState.MAKING).first()
    )
    if batch is None:
        return False
    writer = Writer(batch.mailing, now or timezone.now())
    order = _postal_order(batch)
    # set together, not glued together: the fonts are not in the file a thousand times; each letter bears the day it was made
    sheets = (writer.sheet(letter, on=letter.state_at) for letter in _read(batch, order))
    labels = (address_of(letter) for letter in _read(batch, order) if letter.address)
    printed = files.write_by(lambda file: print_together(batch.mailing.kind, sheets, file, duplex=True))
    labelled = files.write(print_labels(labels))
    with transaction.atomic():
        mine = Batch.objects.filter(pk=pk, state=BatchState.MAKING)
        done = mine.update(
            state=BatchState.SENT if batch.sent_at else BatchState.READY,
            print_file=printed,
            label_file=labelled,
            made_at=now or timezone.now(),
        )
    if not done:
        files.forget([printed, labelled])
    return bool(done)


@transaction.atomic
def print_again(*, batch: Batch, by: Person, now: datetime) -> None:
    """Have the files of a batch made anew after they were removed, with the letters that have not arrived yet.

    Pressed twice they are made once. NotNow: moved, printing (another batch of the mailing), nothing_to_print.
    """
    from kaimen.letters.jobs import make_batch_of  # the job calls this module

    if not _unarrived(batch).exists():
        raise NotNow("nothing_to_print")
    resting = Batch.objects.filter(pk=batch.pk, state__in=[BatchState.READY, BatchState.SENT], print_file="")
    try:
        with transaction.atomic():
            moved = resting.update(state=BatchState.MAKING)
    except IntegrityError as error:
        raise NotNow("printing") from error
    if not moved:
        raise NotNow("moved")
    Mailing.objects.filter(pk=batch.mailing_id).update(moved_at=now)
    audit.record(verb="batch.again", subject=batch.mailing, by=by, batch=batch.number)
    make_batch_of.enqueue(batch.pk)


def forget_printed(*, now: datetime) -> int:
    """Remove the files of batches that are older than the house keeps them, or whose mailing everybody has. How many.

    They hold the addresses of a whole batch in one place; the letters themselves stay, one file each.
    """
    old = Q(made_at__lt=now - timedelta(days=settings.KEEP_PRINTED_DAYS)) | Q(
        mailing__state=MailingState.DONE
    )
    resting = Batch.objects.filter(old).exclude(print_file="", label_file="").exclude(state=BatchState.MAKING)
    gone = 0
    for batch in resting.select_related("mailing").order_by("pk"):
        names = [batch.print_file, batch.label_file]
        with transaction.atomic():
            mine = Batch.objects.filter(pk=batch.pk, print_file=names[0], label_file=names[1])
            if mine.update(print_file="", label_file=""):
                audit.record(verb="batch.forget", subject=batch.mailing, by=None, batch=batch.number)
                gone += 1
        files.forget(names)  # rows first: a file that no row names is swept away in any case
    return gone


def in_postal_order(batch: Batch) -> Iterator[Letter]:
    """The letters of a batch that have not arrived yet, as they lie in its file."""
    return _read(batch, _postal_order(batch))


def _postal_order(batch: Batch) -> list[int]:
    keys = _unarrived(batch).values_list("postcode", "unit", "seq", "pk").iterator()
    return [pk for *_place, pk in sorted(keys, key=lambda one: postal_key(*one[:3]))]


def _unarrived(batch: Batch) -> QuerySet[Letter]:
    rows = batch.letters.filter(state__in=[LetterState.MADE, LetterState.SENT]).order_by()
    return rows.exclude(pdf="")  # whose data were erased


def _read(batch: Batch, order: Sequence[int]) -> Iterator[Letter]:
    """Some at a time: a batch may have as many letters as a mailing."""
    for at in range(0, len(order), AT_ONCE):
        found = batch.letters.in_bulk(order[at : at + AT_ONCE])
        for pk in order[at : at + AT_ONCE]:
            if pk in found:  # else it was mended in the meantime, and goes with the next batch
                found[pk].mailing = batch.mailing
                yield found[pk]


def address_of(letter: Letter) -> Address:
    return Address(
        name=letter.name,
        lines=tuple(
            part for part in (without_postcode(letter.address, letter.postcode), letter.unit) if part
        ),
        postcode=letter.postcode,
        number=letter.number,
        honorific="收",
    )


@transaction.atomic
def take_numbers(*, mailing: Mailing, pairs: Iterable[Pair], by: Person) -> tuple[int, list[str]]:
    """Write down which number the post gave which letter: how many, and the numbers that fit no letter here.

    A letter's number may be corrected; one that another letter bears already is refused.
    """
    wanted = {pair.letter.seq: pair.posting for pair in pairs if pair.letter.mailing == mailing.pk}
    strangers = [pair.letter.code for pair in pairs if pair.letter.mailing != mailing.pk]
    taken = set(
        Letter.objects.filter(posting_number__in=list(wanted.values()))
        .exclude(mailing=mailing, seq__in=list(wanted))
        .values_list("posting_number", flat=True)
    )
    numbers = list(wanted.values())
    letters = list(mailing.letters.filter(seq__in=list(wanted)))
    found = {letter.seq for letter in letters}
    good = []
    for letter in letters:
        number = wanted[letter.seq]
        if number in taken or numbers.count(number) > 1:
            strangers.append(number)
            continue
        letter.posting_number = number
        good.append(letter)
    # two letters may swap their numbers: each must be free before it is given
    Letter.objects.filter(pk__in=[one.pk for one in good]).update(posting_number="")
    Letter.objects.bulk_update(good, ["posting_number"], AT_ONCE)
    strangers += [f"{mailing.pk}-{seq:04d}" for seq in wanted if seq not in found]
    if good:
        audit.record(verb="mailing.numbers", subject=mailing, by=by, letters=len(good))
    return len(good), strangers


def number_columns(letters: Iterable[Letter]) -> Iterator[list[str]]:
    """Rows of the posting list."""
    for one in letters:
        yield [one.number, one.postcode, one.address, one.unit, one.name, one.posting_number]
