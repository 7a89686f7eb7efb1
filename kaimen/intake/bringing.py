"""A confirmed table of needs goes in, slice by slice, each row once however often its worker is killed."""

import time
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone
from django_tasks import task

from kaimen.foundation import audit, tables
from kaimen.foundation.models import Person
from kaimen.intake.enums import TableState
from kaimen.intake.importing import BadRow, Need, WrongTable, bring_in, read_needs, tell_owners
from kaimen.intake.models import NeedsTable, Submission
from kaimen.logic.routing import NoOwner

SLICE = 30.0  # seconds of one job: far below a job's lease, and the others get their turn


@task()
def bring_needs_in(table_id: int) -> None:
    """One slice of a table of needs; the next slice is a job of its own, so that others get their turn."""
    if bring_slice(pk=table_id):
        with transaction.atomic():
            bring_needs_in.enqueue(table_id)


def bring_slice(*, pk: int, seconds: float = SLICE) -> bool:
    """Bring in rows for about `seconds`; True when there are more. Called again it goes on where it stood.

    Each row is one transaction: its case, the table's `row` and count. A second worker at the same table moves no
    row and leaves; one that was killed leaves a row whole or not at all.
    """
    table = NeedsTable.objects.select_related("community", "created_by").filter(pk=pk).first()
    if table is None or table.state != TableState.RUNNING:
        return False
    until = time.monotonic() + seconds
    try:
        for read in reads_of(table):
            if isinstance(read, BadRow) or read.row <= table.row:
                continue
            if not _bring_row(table, read):
                return False
            if time.monotonic() >= until:
                return True
    except (tables.NotATable, WrongTable, NoOwner) as error:
        _end(table, TableState.FAILED, problem=getattr(error, "code", "no_owner"))
        return False
    _end(table, TableState.DONE)
    return False


def _bring_row(table: NeedsTable, need: Need) -> bool:
    now = timezone.now()
    mine = NeedsTable.objects.filter(pk=table.pk, state=TableState.RUNNING, row=table.row)
    with transaction.atomic():
        here = Submission.objects.filter(key=need.key).exists()
        count = {"already": F("already") + 1} if here else {"made": F("made") + 1}
        if not mine.update(row=need.row, moved_at=now, **count):
            return False
        if not here:
            case = bring_in(
                need=need, community=table.community, by=table.created_by, keep_times=table.keep_times
            )
            Submission.objects.filter(case=case).update(table=table)
    table.row = need.row
    return True


@transaction.atomic
def _end(table: NeedsTable, state: TableState, problem: str = "") -> None:
    now = timezone.now()
    running = NeedsTable.objects.filter(pk=table.pk, state=TableState.RUNNING)
    if running.update(state=state, problem=problem, moved_at=now, finished_at=now):
        table.refresh_from_db()
        audit.record(
            verb=f"needs_table.{state}", subject=table, by=None, made=table.made, already=table.already
        )
        if state == TableState.DONE:
            tell_owners(_owners(table))
            transaction.on_commit(lambda: forget_file(table))


def _owners(table: NeedsTable) -> dict[Person, int]:
    counted = table.submissions.order_by().values("case__owner").annotate(n=Count("pk"))
    count = dict(counted.values_list("case__owner", "n"))
    people = Person.objects.in_bulk(list(count))
    return {people[pk]: n for pk, n in sorted(count.items())}


def reads_of(table: NeedsTable) -> Iterator[Need | BadRow]:
    return read_needs(
        rows=tables.read_table(tables.kept(table.handle)),
        columns=table.columns,
        community=table.community,
        source=table.filename,
        keep_times=table.keep_times,
    )


def forget_file(table: NeedsTable) -> None:
    try:
        tables.kept(table.handle).unlink(missing_ok=True)
    except tables.NotATable:
        return  # gone already
