"""Jobs: django-tasks in the same database, plus the three things it leaves out: retry, a reaper, a timetable.

Every job must bear being run twice: a killed worker's job runs again. What it does outside the database (a mail, a
text message) is guarded by a row that is claimed first.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.db.models import Q
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult, get_date_max

from kaimen.foundation import files, sealing, sign_in_codes, tables
from kaimen.foundation.models import JobRun

log = logging.getLogger(__name__)

HEARTBEAT = f"{__name__}.beat"
ATTEMPTS = 5
LEASE = timedelta(minutes=10)  # a job that runs longer is taken to have lost its worker
PATIENCE = timedelta(minutes=5)  # until a timed job that failed is tried again
FIRST_WAIT = 10  # seconds until a failed job is tried again, four times as long after each further attempt
ASTRAY = timedelta(minutes=10)  # a moment so far ahead was written under a wrong clock
AT_ONCE = 50  # jobs done before the timetable is looked at again
TURN = 20.0  # seconds after which it is looked at too: a list of 100,000 is read by one job after the other


@dataclass(frozen=True)
class Timed:
    name: str
    every: timedelta
    run: Callable[[datetime], object]


TIMETABLE: dict[str, Timed] = {}


def timetable(*, every: timedelta) -> Callable[[Callable[[datetime], object]], Callable[[datetime], object]]:
    """Have `function(now)` run by some worker once in every `every`; the rooms' jobs.py files are read at start."""

    def register(function: Callable[[datetime], object]) -> Callable[[datetime], object]:
        name = f"{function.__module__}.{function.__name__}"
        TIMETABLE[name] = Timed(name=name, every=every, run=function)
        return function

    return register


def run_due(now: datetime) -> list[str]:
    """Run what the timetable says is due; the row's conditional update lets exactly one worker start each."""
    ran = []
    for timed in TIMETABLE.values():
        JobRun.objects.get_or_create(name=timed.name, defaults={"next_due_at": now})
        # further off than one turn: the machine's clock was ahead when this was written, and has been put right
        due = Q(next_due_at__lte=now) | Q(next_due_at__gt=now + timed.every + ASTRAY)
        mine = JobRun.objects.filter(due, name=timed.name)
        if mine.update(last_started_at=now, next_due_at=now + timed.every):
            ran.append(timed.name)
            try:
                timed.run(now)
            except Exception:  # one job's fault must not stop the others, nor wait a day for its next turn
                log.exception("timed job %s failed", timed.name)
                soon = now + min(timed.every, PATIENCE)
                JobRun.objects.filter(name=timed.name, last_started_at=now).update(next_due_at=soon)
    return ran


def reap(now: datetime) -> int:
    """Give back jobs whose worker is gone: running longer than LEASE. Returns how many.

    One that has had its attempts is given up: it may be what kills the workers.
    """
    over = Q(started_at__lt=now - LEASE) | Q(started_at__gt=now + ASTRAY)
    lost = DBTaskResult.objects.filter(over, status=TaskResultStatus.RUNNING)
    longest = timedelta(seconds=FIRST_WAIT * 4 ** (ATTEMPTS - 1))
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, run_after__gt=now + longest + ASTRAY)
    waiting.filter(run_after__lt=get_date_max()).update(run_after=now)  # the end of time means "at once"
    back = 0
    for result in lost:
        mine = lost.filter(pk=result.pk, started_at=result.started_at)
        if len(result.worker_ids) < ATTEMPTS:
            back += mine.update(status=TaskResultStatus.READY, run_after=now)
        elif mine.update(status=TaskResultStatus.FAILED, finished_at=now):
            log.error("job %s %s lost %s workers and is given up", result.task_path, result.pk, ATTEMPTS)
    return back


def retry(result: DBTaskResult, now: datetime) -> bool:
    """Put a failed job back with growing patience (10 s, 40 s, 160 s …); False once it has had its attempts."""
    attempts = len(result.worker_ids)
    if attempts >= ATTEMPTS:
        log.error("job %s %s gave up after %s attempts", result.task_path, result.pk, attempts)
        return False
    wait = timedelta(seconds=FIRST_WAIT * 4 ** (attempts - 1))
    back = DBTaskResult.objects.filter(pk=result.pk, status=TaskResultStatus.FAILED)
    return bool(back.update(status=TaskResultStatus.READY, run_after=now + wait, finished_at=None))


class PatientWorker(Worker):
    """The library's worker, draining what is ready, with our timetable and reaper between two drains."""

    def __init__(self, *, interval: float, worker_id: str) -> None:
        super().__init__(
            queue_names=["*"],
            interval=interval,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
            excluded_queue_names=[],
        )
        self.turn_until = float("inf")

    def run_task(self, db_task_result: DBTaskResult) -> None:
        super().run_task(db_task_result)
        db_task_result.refresh_from_db(fields=["status", "worker_ids"])
        if db_task_result.status == TaskResultStatus.FAILED:
            retry(db_task_result, timezone.now())
        if time.monotonic() >= self.turn_until:
            self.max_tasks = 0  # done before is more than that: the turn ends with this job

    def run_forever(self) -> None:
        """Until asked to stop. A database that is away is waited for: a failover takes seconds, a restart loses jobs."""
        while self.running:
            try:
                idle = self._turn()
            except (OperationalError, InterfaceError):
                log.warning("the database is away; trying again", exc_info=True)
                connections.close_all()
                idle = True
            if self.running and idle:
                time.sleep(self.interval)

    def _turn(self) -> bool:
        """Look at the timetable, then do some of what is ready; True if nothing is left to do."""
        close_old_connections()
        now = timezone.now()
        reap(now)
        run_due(now)
        self.max_tasks = self._run_tasks + AT_ONCE  # a full queue must not starve the timetable
        self.turn_until = time.monotonic() + TURN
        self.run()
        return self._run_tasks < self.max_tasks


@timetable(every=timedelta(minutes=1))
def beat(now: datetime) -> None:
    """The sign of life of the workers: that it was started is all that /readyz wants to know."""


@timetable(every=timedelta(minutes=5))
def seal_audit(now: datetime) -> None:
    """Bind what was written since into the audit's chain."""
    while sealing.seal(now):
        pass


@timetable(every=timedelta(hours=1))
def forget_old_tables(now: datetime) -> None:
    """Tables kept between a dry run and the real one hold personal data: a day is enough."""
    tables.forget_old()


@timetable(every=timedelta(hours=6))
def forget_old_codes(now: datetime) -> None:
    """Sign-in codes of yesterday count for no limit any more."""
    sign_in_codes.forget_old_codes(now)


@timetable(every=timedelta(hours=6))
def forget_loose_files(now: datetime) -> None:
    """Uploads whose form was never finished: nobody can open them any more, so nobody needs them."""
    files.forget_loose(now - timedelta(days=1))
