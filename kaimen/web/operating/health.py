"""Is this house ready to take needs and to keep its promises? The answer is a list of codes, never a value.

docs/deploy.md says what to do for each code.
"""

import shutil
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from kaimen.foundation.jobs import HEARTBEAT
from kaimen.foundation.models import AuditEntry, JobRun
from kaimen.foundation.sealing import SETTLE
from kaimen.foundation.workcalendar import calendar

WORKER_SILENT = timedelta(minutes=5)  # a worker beats every minute, unless it is busy with slow mail servers
DISK_FREE = 500 * 2**20  # six photos of 20 MB for each of some people at once, and the log of the database
NEXT_YEAR_FROM = (12, 15)  # from here on promises reach into a year whose holidays must be known


def not_ready(now: datetime, leave_out: frozenset[str] = frozenset()) -> list[str]:
    """Codes of what is wrong; an empty list means ready. `leave_out` names checks: database, worker …

    A balancer leaves out `worker` and `calendar`: a house whose worker is late still takes what people say.
    """
    found: list[str] = []
    for name, check in CHECKS.items():
        if name in leave_out or ("database_away" in found and name in OF_THE_DATABASE):
            continue
        try:
            code = check(now)
        except DatabaseError:
            code = "database_away"
        if code and code not in found:
            found.append(code)
    return found


def _database(now: datetime) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_is_in_recovery()")
            return "database_read_only" if cursor.fetchone()[0] else ""
        cursor.execute("SELECT 1")
    return ""


def _migrations(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    return "" if _newest() <= applied else "migrations_missing"


@lru_cache(maxsize=1)
def _newest() -> frozenset[tuple[str, str]]:
    """The last migration of every room, as this process has them on its disk."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _worker(now: datetime) -> str:
    last = JobRun.objects.filter(name=HEARTBEAT).values_list("last_started_at", flat=True).first()
    if last is None:
        return "worker_missing"
    return "worker_late" if now - last > WORKER_SILENT else ""


def _disk(now: datetime) -> str:
    return "disk_full" if shutil.disk_usage(settings.ENV.var).free < DISK_FREE else ""


def _clock(now: datetime) -> str:
    """Sealing bears clocks that are SETTLE apart; a clock that went back would date needs before they were said."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            if abs(float(cursor.fetchone()[0]) - time.time()) > SETTLE.total_seconds():
                return "clock_differs"
    newest = AuditEntry.objects.order_by("-pk").values_list("at", flat=True).first()
    return "clock_behind" if newest and newest - now > SETTLE else ""


def _calendar(now: datetime) -> str:
    today = timezone.localdate(now)
    known = calendar().announced
    if today.year not in known:
        return "calendar_missing"
    late = (today.month, today.day) >= NEXT_YEAR_FROM
    return "calendar_next_missing" if late and today.year + 1 not in known else ""


CHECKS: dict[str, Callable[[datetime], str]] = {
    "database": _database,
    "migrations": _migrations,
    "worker": _worker,
    "disk": _disk,
    "clock": _clock,
    "calendar": _calendar,
}
OF_THE_DATABASE = {"migrations", "worker", "clock"}
