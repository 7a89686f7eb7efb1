"""A long list is read by a job, in steps that are each kept: count, clear what was there, fill, look through.

Whichever worker began last holds the mark; one that was thought dead and wakes up changes nothing any more.
"""

import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from kaimen.foundation import tables
from kaimen.foundation.models import Organisation, Person
from kaimen.letters.enums import LetterState, MailingState, ReadingStep
from kaimen.letters.errors import NotNow
from kaimen.letters.looking import look_through
from kaimen.letters.models import Letter, Mailing
from kaimen.letters.recipients import MOST, Recipient, Ways, by_roles, by_rows, count_roles
from kaimen.logic.posting import recipient_columns

from .moving import add_counts, move_mailing
from .rows import letter_row

AT_ONCE = 1000  # letters in one transaction: what a killed worker has read in vain, at most
NONE_READ: dict[str, Any] = {"read_mark": "", "read_done": 0, "read_of": 0}


class Overtaken(Exception):
    """Another worker reads this list now, or it was dropped."""


def read_later(
    *, mailing: Mailing, step: ReadingStep, by: Person | None, now: datetime, **changes: Any
) -> None:
    """Have a job do it from `step` on; in the caller's transaction. Pressed twice it is read once. NotNow: reading, moved."""
    from kaimen.letters.jobs import read_list_of  # the job calls this module

    begun = NONE_READ | changes | {"read_step": step, "report": {}, "problem": ""}
    if not move_mailing(mailing=mailing, verb="read", now=now, by=by, **begun):
        raise NotNow(
            "reading"
            if Mailing.objects.filter(pk=mailing.pk, state=MailingState.READING).exists()
            else "moved"
        )
    read_list_of.enqueue(mailing.pk)


def read_list(*, pk: int, now: datetime | None = None) -> None:
    """Read and look through a list to its end, going on where a killed worker stopped: each recipient is there once.

    A file that cannot be read leaves the list as it was before, and the reason as a code in `problem`.
    """
    here = Mailing.objects.filter(pk=pk, state=MailingState.READING)
    mark = secrets.token_urlsafe(15)
    if not here.update(read_mark=mark, moved_at=now or timezone.now()):
        return
    reading = _Reading(here.select_related("organisation", "community").get(), mark, now)
    try:
        reading.run()
    except (tables.NotATable, NotNow) as no:
        reading.give_up(no.code)
    except Overtaken:
        return


class _Reading:
    def __init__(self, mailing: Mailing, mark: str, now: datetime | None) -> None:
        self.mailing, self.mark, self._now = mailing, mark, now

    @property
    def now(self) -> datetime:
        return self._now or timezone.now()

    def run(self) -> None:
        if self.mailing.read_step == ReadingStep.COUNT:
            self.count()
        if self.mailing.read_step == ReadingStep.CLEAR:
            self.clear(ReadingStep.FILL)
        if self.mailing.read_step == ReadingStep.FILL:
            self.fill()
        self.look()

    def keep(self, **changes: Any) -> None:
        """Write down how far it is, if this worker still is the one."""
        mine = Mailing.objects.filter(pk=self.mailing.pk, state=MailingState.READING, read_mark=self.mark)
        if not mine.update(moved_at=self.now, **changes):
            raise Overtaken
        for name, value in changes.items():
            setattr(self.mailing, name, value)

    def count(self) -> None:
        """Read it all once and keep nothing: what is wrong is said before the list of before is given up."""
        if self.mailing.source["kind"] == "table" and not self.mailing.columns:
            first = next(tables.read_table(tables.kept(self.mailing.handle)), {})
            headings = [heading for heading in first if heading]
            self.keep(headings=headings, columns=recipient_columns(headings))
        if self.mailing.source["kind"] == "table" and not self.mailing.columns.get("name"):
            raise NotNow("no_name_column" if self.mailing.headings else "nobody")
        wanted = self._how_many()
        if not wanted:
            raise NotNow("nobody")
        if wanted > MOST:
            raise NotNow("too_many")
        self.keep(read_step=ReadingStep.CLEAR, read_of=wanted, read_done=0)

    def _how_many(self) -> int:
        source, columns = self.mailing.source, self.mailing.columns
        if source["kind"] == "roles":
            top = Organisation.objects.get(pk=source["top"])
            return count_roles(top=top, role=source["role"], kinds=source["kinds"])
        rows = tables.read_table(tables.kept(self.mailing.handle))
        named = (1 for row in rows if row.get(columns["name"], "").strip())
        return sum(islice(named, MOST + 1))

    def clear(self, then: ReadingStep) -> None:
        while some := list(self.mailing.letters.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
            with transaction.atomic():
                self.keep()
                Letter.objects.filter(pk__in=some).delete()
        with transaction.atomic():
            self.keep(read_step=then, total=0, last_seq=0)
            self.mailing.counts.all().delete()

    def fill(self) -> None:
        """Add who is not there yet. A worker that was killed has left whole chunks."""
        seen = set(self.mailing.letters.values_list("recipient", flat=True))
        ways = Ways(self.mailing)
        new = (one for one in self._recipients() if one.key not in seen)
        while chunk := list({one.key: one for one in islice(new, AT_ONCE)}.values()):
            seen |= {one.key for one in chunk}
            first = self.mailing.last_seq + 1
            letters = [
                letter_row(self.mailing, first + n, one, ways.channel_for(one), self.now)
                for n, one in enumerate(chunk)
            ]
            last = self.mailing.last_seq + len(letters)
            with transaction.atomic():
                self.keep(total=last, last_seq=last, read_done=len(seen))
                Letter.objects.bulk_create(letters, batch_size=AT_ONCE)
                add_counts(
                    self.mailing.pk,
                    Counter((letter.channel, LetterState.WAITING.value) for letter in letters),
                )
        self.keep(read_step=ReadingStep.LOOK, read_of=self.mailing.total, read_done=0)

    def _recipients(self) -> Iterator[Recipient]:
        source = self.mailing.source
        if source["kind"] == "roles":
            top = Organisation.objects.get(pk=source["top"])
            return by_roles(top=top, role=source["role"], kinds=source["kinds"])
        rows = tables.read_table(tables.kept(self.mailing.handle))
        return by_rows(rows=rows, columns=self.mailing.columns, top=self.mailing.organisation)

    def look(self) -> None:
        report = look_through(self.mailing, self.now, lambda done: self.keep(read_done=done))
        with transaction.atomic():
            self.keep(report=report, read_mark="")
            move_mailing(mailing=self.mailing, verb="finish_reading", now=self.now, by=None)
            if not report["blocks"]:
                move_mailing(mailing=self.mailing, verb="check", now=self.now, by=None)

    def give_up(self, code: str) -> None:
        """Back to the draft. Half a list is not left behind: it would look like a whole one."""
        try:
            if self.mailing.read_step in (ReadingStep.CLEAR, ReadingStep.FILL):
                self.clear(ReadingStep.CLEAR)
            with transaction.atomic():
                self.keep(problem=code, read_mark="")
                move_mailing(mailing=self.mailing, verb="finish_reading", now=self.now, by=None)
        except Overtaken:
            return
