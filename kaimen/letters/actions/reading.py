"""A long list is read by jobs of some seconds, in steps that are each kept: count, clear what was there, fill, look.

Whichever worker began last holds the mark; one that was thought dead and wakes up changes nothing any more.
"""

import secrets
import time
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
from kaimen.letters.looking import Look
from kaimen.letters.models import Letter, Mailing
from kaimen.letters.recipients import AT_ONCE as TAKEN_AT_ONCE
from kaimen.letters.recipients import MOST, Recipient, Ways, by_roles, by_rows, count_roles
from kaimen.logic.posting import recipient_columns

from .moving import add_counts, move_mailing
from .rows import letter_row

AT_ONCE = 1000  # letters in one transaction: what a killed worker has read in vain, at most
SLICE = 10.0  # seconds of one job
NONE_READ: dict[str, Any] = {"read_mark": "", "read_done": 0, "read_of": 0, "read_rows": 0, "read_look": {}}


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


def read_list(*, pk: int, seconds: float = SLICE, now: datetime | None = None) -> bool:
    """Read and look through a list for about `seconds`; True when some is left. Each recipient is there once.

    It goes on where the slice before it ended, or where a killed worker stopped. A file that cannot be read leaves the list as it was before, and the reason as a code in `problem`.
    """
    here = Mailing.objects.filter(pk=pk, state=MailingState.READING)
    mark = secrets.token_urlsafe(15)
    if not here.update(read_mark=mark, moved_at=now or timezone.now()):
        return False
    reading = _Reading(here.select_related("organisation", "community").get(), mark, now, seconds)
    try:
        return reading.run()
    except (tables.NotATable, NotNow) as no:
        reading.give_up(no.code)
    except Overtaken:
        pass
    return False


class _Reading:
    def __init__(self, mailing: Mailing, mark: str, now: datetime | None, seconds: float = SLICE) -> None:
        self.mailing, self.mark, self._now = mailing, mark, now
        self._until = time.monotonic() + seconds
        self._taken = 0  # rows of the table

    @property
    def now(self) -> datetime:
        return self._now or timezone.now()

    @property
    def over(self) -> bool:
        """Time for the next slice. Each step does something first, so that the shortest slice moves on too."""
        return time.monotonic() >= self._until

    def run(self) -> bool:
        if self.mailing.read_step == ReadingStep.COUNT:
            self.count()
        if self.mailing.read_step == ReadingStep.CLEAR and not self.clear(ReadingStep.FILL):
            return True
        if self.mailing.read_step == ReadingStep.FILL and not self.fill():
            return True
        return not self.look()

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

    def clear(self, then: ReadingStep) -> bool:
        """True when nothing is left of the list of before."""
        while some := list(self.mailing.letters.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
            with transaction.atomic():
                self.keep()
                Letter.objects.filter(pk__in=some).delete()
            if self.over:
                return False
        with transaction.atomic():
            self.keep(read_step=then, total=0, last_seq=0)
            self.mailing.counts.all().delete()
        return True

    def fill(self) -> bool:
        """Add who is not there yet; True when all are. A slice, or a worker that was killed, has left whole chunks."""
        seen = set(self.mailing.letters.values_list("recipient", flat=True))
        ways = Ways(self.mailing)
        new = (one for one in self._recipients(seen) if one.key not in seen)
        while chunk := list({one.key: one for one in islice(new, AT_ONCE)}.values()):
            seen |= {one.key for one in chunk}
            first = self.mailing.last_seq + 1
            letters = [
                letter_row(self.mailing, first + n, one, ways.channel_for(one), self.now)
                for n, one in enumerate(chunk)
            ]
            last = self.mailing.last_seq + len(letters)
            with transaction.atomic():
                self.keep(total=last, last_seq=last, read_done=len(seen), read_rows=self._behind())
                Letter.objects.bulk_create(letters, batch_size=AT_ONCE)
                add_counts(
                    self.mailing.pk,
                    Counter((letter.channel, LetterState.WAITING.value) for letter in letters),
                )
            if self.over:
                return False
        self.keep(read_step=ReadingStep.LOOK, read_of=self.mailing.total, read_done=0, read_look={})
        return True

    def _recipients(self, seen: set[str]) -> Iterator[Recipient]:
        source = self.mailing.source
        if source["kind"] == "roles":
            top = Organisation.objects.get(pk=source["top"])
            return by_roles(top=top, role=source["role"], kinds=source["kinds"], besides=seen)
        return by_rows(rows=self._rows(), columns=self.mailing.columns, top=self.mailing.organisation)

    def _rows(self) -> Iterator[dict[str, str]]:
        """Rows of the table that the slices before this one have not done with."""
        self._taken = self.mailing.read_rows
        for row in islice(tables.read_table(tables.kept(self.mailing.handle)), self._taken, None):
            self._taken += 1
            yield row

    def _behind(self) -> int:
        """`by_rows` takes some rows at a time: of the last of them some may still be to come."""
        return max(self.mailing.read_rows, self._taken - TAKEN_AT_ONCE)

    def look(self) -> bool:
        """True when all were looked at, and the list is a draft again."""
        look = Look(self.mailing, self.now, self.mailing.read_look)
        while look.some():
            self.keep(read_done=look.done, read_look=look.so_far)
            if self.over:
                return False
        report = look.report()
        with transaction.atomic():
            self.keep(report=report, read_mark="", read_look={})
            move_mailing(mailing=self.mailing, verb="finish_reading", now=self.now, by=None)
            if not report["blocks"]:
                move_mailing(mailing=self.mailing, verb="check", now=self.now, by=None)
        return True

    def give_up(self, code: str) -> None:
        """Back to the draft. Half a list is not left behind: it would look like a whole one."""
        try:
            while self.mailing.read_step in (ReadingStep.CLEAR, ReadingStep.FILL):
                if self.clear(ReadingStep.CLEAR):
                    break
            with transaction.atomic():
                self.keep(problem=code, read_mark="")
                move_mailing(mailing=self.mailing, verb="finish_reading", now=self.now, by=None)
        except Overtaken:
            return
