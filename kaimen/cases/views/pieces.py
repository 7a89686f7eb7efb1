"""Parts that several pages show: promises with their working, photos, files of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from kaimen.cases.clocks import explain_promise
from kaimen.cases.models import Case, Promise
from kaimen.foundation.workcalendar import calendar, today
from kaimen.logic.deadlines import Deadline, overdue_by


@dataclass(frozen=True)
class Day:
    """One day of the working of a promise."""

    on: date
    counted: int  # its place in the count, 0 = not counted
    said: str
    makeup: bool = False


@dataclass(frozen=True)
class PromiseShown:
    promise: Promise
    days: list[Day]
    late_by: int
    provisional: bool
    waiting: bool

    @property
    def label(self) -> str:
        return self.promise.get_kind_display()

    @property
    def kept(self) -> bool:
        """Met on its day or before."""
        met, due = self.promise.met_at, self.promise.due_on
        return met is not None and (due is None or met_date(self.promise) <= due)


def met_date(promise: Promise) -> date:
    """The local day on which a met promise was met."""
    return timezone.localdate(promise.met_at)


def shown(promises: Sequence[Promise]) -> list[PromiseShown]:
    """Each promise of the latest round with the days it counted."""
    last = max((promise.round for promise in promises), default=1)
    return [_shown(promise) for promise in promises if promise.round == last and promise.ended_at is None]


def _shown(promise: Promise) -> PromiseShown:
    deadline = explain_promise(promise, today=today())
    until = met_date(promise) if promise.met_at else today()
    late_by = overdue_by(promise.due_on, until, calendar()) if promise.due_on else 0
    return PromiseShown(promise, _days(deadline), late_by, deadline.provisional, deadline.open_pause)


def _days(deadline: Deadline) -> list[Day]:
    counted = [
        Day(day.date, day.ordinal, _("调休上班"), makeup=day.code == "makeup") for day in deadline.counted
    ]
    skipped = {"weekend": _("周末"), "paused": _("等您补充，不算")}
    rest = [Day(day.date, 0, skipped.get(day.code) or _("%s放假") % day.name) for day in deadline.skipped]
    return sorted(counted + rest, key=lambda day: day.on)


def files_of(case: Case, *, for_asker: bool) -> list[dict[str, object]]:
    """Photos and documents of a case with their address."""
    rows = case.attachments.all()
    kept = [row.attachment for row in rows if row.shown_to_asker or not for_asker]
    return [{"name": one.name, "url": one.url, "is_photo": one.is_photo} for one in kept]
