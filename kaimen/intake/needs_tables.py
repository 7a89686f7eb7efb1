"""A table of existing needs from upload to the last case: every step bears being pressed twice or cut off."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from kaimen.foundation import audit, tables
from kaimen.foundation.models import Organisation, Person
from kaimen.intake.bringing import bring_needs_in, forget_file, reads_of
from kaimen.intake.enums import TableState
from kaimen.intake.importing import BadRow, Need, check_columns
from kaimen.intake.models import NeedsTable, Submission
from kaimen.intake.suggest import obvious_service
from kaimen.logic.headings import guess_columns

MOST_ROWS = 50_000
BAD_KEPT = 5000  # further ones are counted; nobody mends five thousand rows by hand
UNITS_KEPT = 50
SAMPLES = 5
QUIET = timedelta(minutes=2)  # without a step: the worker is gone or busy, and staff may ask for another
KEYS_AT_ONCE = 500


class NotBrought(Exception):
    """The table cannot go on. `code`: same (this very file is in already: `table`), moved (no draft any more)."""

    def __init__(self, code: str, table: NeedsTable | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.table = table


@dataclass
class Look:
    """What bringing a table in would do; the fields are those of NeedsTable."""

    total: int = 0
    good: int = 0
    known: int = 0
    cut: int = 0
    bad_count: int = 0
    bad: list[list[Any]] | None = None
    unknown_units: list[str] | None = None


@dataclass(frozen=True)
class Sample:
    need: Need
    service: Any


def start_table(*, upload: UploadedFile, community: Organisation, by: Person, now: datetime) -> NeedsTable:
    """Keep an uploaded table for a day and look through it with guessed columns.

    Raises foundation.tables.NotATable (also `no_rows`, `too_many_rows`); NotBrought("same") when this very file is in.
    """
    handle = tables.keep(upload)
    path = tables.kept(handle)
    try:
        digest = _digest(path)
        known = _brought(community, digest)
        if known:
            raise NotBrought("same", known)
        table = NeedsTable(
            community=community,
            filename=Path(upload.name or "").name[:120],
            handle=handle,
            digest=digest,
            columns=guess_columns(headings_of(path)),
            created_by=by,
            created_at=now,
            moved_at=now,
        )
        look = look_through(table)
    except (tables.NotATable, NotBrought):
        path.unlink(missing_ok=True)  # nobody comes back for it, and it may hold personal data
        raise
    for name, value in asdict(look).items():
        setattr(table, name, value)
    with transaction.atomic():
        table.save()
        audit.record(verb="needs_table.start", subject=table, by=by, rows=table.total)
    return table


@transaction.atomic
def choose_columns(
    *, table: NeedsTable, columns: dict[str, str], keep_times: bool, by: Person, now: datetime
) -> None:
    """Set what each column is and look through the file again.

    Raises WrongTable, NotATable("gone"), NotBrought("moved") when it is no draft any more.
    """
    check_columns(columns, headings_of(tables.kept(table.handle)))
    table.columns, table.keep_times = columns, keep_times
    values = asdict(look_through(table)) | {"columns": columns, "keep_times": keep_times, "moved_at": now}
    if not NeedsTable.objects.filter(pk=table.pk, state=TableState.DRAFT).update(**values):
        raise NotBrought("moved")
    audit.record(verb="needs_table.columns", subject=table, by=by, fields=sorted(columns))


def bring_table(*, table: NeedsTable, by: Person, now: datetime) -> None:
    """Begin to bring the rows in; pressed twice it begins once. A table that has stood still goes on.

    Raises NotBrought("same") when the same file is being brought in or is in already; WrongTable; NotATable("gone").
    """
    check_columns(table.columns, headings_of(tables.kept(table.handle)))
    drafts = NeedsTable.objects.filter(pk=table.pk, state__in=[TableState.DRAFT, TableState.FAILED])
    still = NeedsTable.objects.filter(pk=table.pk, state=TableState.RUNNING, moved_at__lt=now - QUIET)
    try:
        with transaction.atomic():
            if drafts.update(state=TableState.RUNNING, problem="", moved_at=now):
                audit.record(verb="needs_table.bring", subject=table, by=by, rows=table.total)
            elif not still.update(moved_at=now):
                return
            bring_needs_in.enqueue(table.pk)
    except IntegrityError:
        raise NotBrought("same", _brought(table.community, table.digest)) from None


@transaction.atomic
def drop_table(*, table: NeedsTable, by: Person) -> None:
    """Take back a draft: its file goes at once. One that was begun stays."""
    if NeedsTable.objects.filter(pk=table.pk, state__in=[TableState.DRAFT, TableState.FAILED]).exists():
        audit.record(verb="needs_table.drop", subject=table, by=by)
        forget_file(table)
        table.delete()


def look_through(table: NeedsTable) -> Look:
    """Read every row as bringing it in would, writing nothing. Raises NotATable (also no_rows, too_many_rows)."""
    look, units, keys = Look(bad=[], unknown_units=[]), dict[str, None](), list[str]()
    if not {"subject", "detail"} & set(table.columns):
        look.total = _count(table)
        return look
    for read in reads_of(table):
        look.total += 1
        if look.total > MOST_ROWS:
            raise tables.NotATable("too_many_rows")
        if isinstance(read, BadRow):
            look.bad_count += 1
            if look.bad is not None and len(look.bad) < BAD_KEPT:
                look.bad.append([read.row, read.column, read.code])
            continue
        look.good += 1
        look.cut += read.cut
        keys.append(read.key)
        if read.unknown_unit and len(units) < UNITS_KEPT:
            units[read.unknown_unit] = None
    if not look.total:
        raise tables.NotATable("no_rows")
    look.known = sum(
        Submission.objects.filter(key__in=keys[at : at + KEYS_AT_ONCE]).count()
        for at in range(0, len(keys), KEYS_AT_ONCE)
    )
    look.unknown_units = list(units)
    return look


def samples(table: NeedsTable) -> list[Sample]:
    """The first good rows as they would become cases. Raises NotATable, WrongTable."""
    if not {"subject", "detail"} & set(table.columns):
        return []
    good = islice((read for read in reads_of(table) if isinstance(read, Need)), SAMPLES)
    return [Sample(need, obvious_service(table.community, need.words)) for need in good]


def headings_of(path: Path) -> list[str]:
    """The table's headings. Raises NotATable("no_rows") when there is nothing below them."""
    first = next(tables.read_table(path), None)
    if first is None:
        raise tables.NotATable("no_rows")
    return [heading for heading in first if heading]


def _count(table: NeedsTable) -> int:
    total = sum(1 for _row in islice(tables.read_table(tables.kept(table.handle)), MOST_ROWS + 1))
    if total > MOST_ROWS:
        raise tables.NotATable("too_many_rows")
    return total


def _brought(community: Organisation, digest: str) -> NeedsTable | None:
    brought = [TableState.RUNNING, TableState.DONE]
    return NeedsTable.objects.filter(community=community, digest=digest, state__in=brought).first()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
