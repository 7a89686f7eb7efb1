"""A mailing takes shape: its words, its recipients, the look through before anything is made."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from kaimen.foundation import audit, tables
from kaimen.foundation.models import Organisation, Person
from kaimen.letters.enums import OPEN_TO_CHANGE, LetterState, ReadingStep
from kaimen.letters.errors import NotNow
from kaimen.letters.looking import look_through
from kaimen.letters.models import Letter, LetterTemplate, Mailing
from kaimen.letters.permissions import check_can_send
from kaimen.letters.recipients import EVERYBODY, MOST, Recipient, Ways, by_roles, by_rows, count_roles
from kaimen.logic.posting import recipient_columns

from .moving import add_counts, move_mailing, not_while_read
from .reading import read_later
from .rows import letter_row

AT_ONCE = 1000
LARGE = 2000  # recipients; reading and looking through more would hold the page for a second (docs/measurements.md)
LARGE_FILE = 200_000  # bytes; of an Excel file that is about 4,000 rows, of CSV 2,000
TEXT = ("title", "greeting", "body", "sender", "number", "signed")


def text_of(template: LetterTemplate) -> dict[str, str]:
    return {name: getattr(template, name) for name in TEXT}


@transaction.atomic
def start_mailing(
    *,
    organisation: Organisation,
    community: Organisation,
    name: str,
    template: LetterTemplate,
    channels: Sequence[str],
    official: bool,
    by: Person,
    now: datetime,
) -> Mailing:
    """A draft with the words of `template` as they read now. PermissionDenied unless `by` may send for `organisation`."""
    check_can_send(by, organisation)
    mailing = Mailing.objects.create(
        organisation=organisation,
        community=community,
        name=name,
        kind=template.kind,
        template=template,
        text=text_of(template),
        channels=list(channels),
        official=official,
        created_by=by,
        created_at=now,
        moved_at=now,
    )
    audit.record(verb="mailing.start", subject=mailing, by=by, template=template.pk, version=template.version)
    return mailing


@transaction.atomic
def change_text(*, mailing: Mailing, text: dict[str, str], by: Person, now: datetime) -> None:
    """Other words for this mailing alone. NotNow("moved") once it is being made."""
    _change(mailing, by, now, text={name: text.get(name, "") for name in TEXT}, report={})


@transaction.atomic
def take_roles(
    *, mailing: Mailing, top: Organisation, role: str, kinds: Sequence[str], by: Person, now: datetime
) -> bool:
    """Recipients from the directory, instead of those of before; more than LARGE are read by a job: False.

    NotNow: moved, reading, nobody, too_many.
    """
    check_can_send(by, top)
    role = role or EVERYBODY
    given: dict[str, Any] = {
        "source": {"kind": "roles", "top": top.pk, "role": role, "kinds": list(kinds)},
        "handle": "",
        "filename": "",
        "headings": [],
        "columns": {},
    }
    if count_roles(top=top, role=role, kinds=kinds) > LARGE:
        read_later(mailing=mailing, step=ReadingStep.COUNT, by=by, now=now, **given)
        return False
    _put(mailing, by_roles(top=top, role=role, kinds=kinds), by, now, **given)
    return True


def take_table(*, mailing: Mailing, upload: UploadedFile, by: Person, now: datetime) -> bool:
    """Recipients from an Excel or CSV file, columns guessed; a file above LARGE_FILE is read by a job: False.

    Raises NotATable; NotNow also: no_name_column.
    """
    not_while_read(mailing)  # pressed twice: the second file is not even kept
    handle = tables.keep(upload)
    given: dict[str, Any] = {"handle": handle, "filename": (upload.name or "")[-120:]}
    if _is_large(handle):
        with transaction.atomic():
            given |= {"source": {"kind": "table"}, "headings": [], "columns": {}}
            read_later(mailing=mailing, step=ReadingStep.COUNT, by=by, now=now, **given)
        return False
    first = next(tables.read_table(tables.kept(handle)), None)
    if first is None:
        raise NotNow("nobody")
    headings = [heading for heading in first if heading]
    given |= {"headings": headings, "columns": recipient_columns(headings)}
    Mailing.objects.filter(pk=mailing.pk, state__in=OPEN_TO_CHANGE).update(**given)
    for name, value in given.items():
        setattr(mailing, name, value)
    return choose_columns(mailing=mailing, columns=mailing.columns, by=by, now=now)


@transaction.atomic
def choose_columns(*, mailing: Mailing, columns: dict[str, str], by: Person, now: datetime) -> bool:
    """Read the kept table again with these columns. NotATable("gone") after a day; otherwise as `take_table`."""
    if not columns.get("name"):
        raise NotNow("no_name_column")
    given = {"source": {"kind": "table"}, "columns": columns}
    if _is_large(mailing.handle):
        read_later(mailing=mailing, step=ReadingStep.COUNT, by=by, now=now, **given)
        return False
    rows = tables.read_table(tables.kept(mailing.handle))
    _put(mailing, by_rows(rows=rows, columns=columns, top=mailing.organisation), by, now, **given)
    return True


def _is_large(handle: str) -> bool:
    return tables.kept(handle).stat().st_size > LARGE_FILE


@transaction.atomic
def mail_to(
    *,
    organisation: Organisation,
    community: Organisation,
    name: str,
    text: dict[str, str],
    kind: str,
    recipients: Iterable[Recipient],
    channels: Sequence[str],
    by: Person | None,
    now: datetime,
    key: str | None = None,
    about: str = "",
    official: bool = True,
    template: LetterTemplate | None = None,
) -> Mailing:
    """A room above hands over a list: a draft with its recipients, to be looked through as any other.

    `key` makes it once only: the same key again returns the same mailing. `about` names the matter (a case number):
    such a mailing is shown by the room that wrote it, not among the others. NotNow: nobody, too_many.
    """
    known = Mailing.objects.filter(key=key).first() if key else None
    if known:
        return known
    mailing = Mailing(
        organisation=organisation,
        community=community,
        name=name[:80],
        kind=kind,
        template=template,
        text={field: text.get(field, "") for field in TEXT},
        channels=list(channels),
        official=official,
        about=about,
        key=key,
        created_by=by,
        created_at=now,
        moved_at=now,
    )
    try:
        with transaction.atomic():
            mailing.save()
    except IntegrityError:  # asked for at the same moment, and the other one was first
        return Mailing.objects.get(key=key)
    audit.record(verb="mailing.start", subject=mailing, by=by)
    _put(mailing, recipients, by, now, source={"kind": "list"})
    return mailing


@transaction.atomic
def look_again(*, mailing: Mailing, by: Person, now: datetime) -> bool:
    """Look through it at once; more than LARGE letters are looked through by a job: False. NotNow: moved, reading."""
    if mailing.total > LARGE:
        read_later(mailing=mailing, step=ReadingStep.LOOK, by=by, now=now, read_of=mailing.total)
        return False
    check_mailing(mailing=mailing, by=by, now=now)
    return True


@transaction.atomic
def check_mailing(*, mailing: Mailing, by: Person | None, now: datetime) -> dict[str, Any]:
    """Look through it as making would, making nothing; it is `checked` when nothing stands against it. The report."""
    report = look_through(mailing, now)
    if report["blocks"]:
        _change(mailing, by, now, report=report)
    elif not move_mailing(mailing=mailing, verb="check", now=now, by=by, report=report):
        raise NotNow("moved")
    mailing.report = report
    return report


def _change(mailing: Mailing, by: Person | None, now: datetime, **changes: Any) -> None:
    if not move_mailing(mailing=mailing, verb="change", now=now, by=by, **changes):
        raise NotNow("moved")
    for name, value in changes.items():
        setattr(mailing, name, value)


def _put(
    mailing: Mailing, recipients: Iterable[Recipient], by: Person | None, now: datetime, **changes: Any
) -> int:
    """The list as rows, in the caller's transaction: the same person or row twice is one letter."""
    _change(mailing, by, now, report={}, problem="", **changes)
    ways, letters, seen = Ways(mailing), list[Letter](), set[str]()
    for one in islice(recipients, MOST + 1):
        if one.key in seen:
            continue
        seen.add(one.key)
        letters.append(letter_row(mailing, len(letters) + 1, one, ways.channel_for(one), now))
    if len(letters) > MOST:
        raise NotNow("too_many", most=MOST)
    if not letters:
        raise NotNow("nobody")
    mailing.letters.all().delete()
    mailing.counts.all().delete()
    Letter.objects.bulk_create(letters, batch_size=AT_ONCE)
    counted: dict[tuple[str, str], int] = {}
    for letter in letters:
        counted[letter.channel, LetterState.WAITING] = (
            counted.get((letter.channel, LetterState.WAITING), 0) + 1
        )
    add_counts(mailing.pk, counted)
    Mailing.objects.filter(pk=mailing.pk).update(total=len(letters), last_seq=len(letters))
    mailing.total = len(letters)
    return len(letters)
