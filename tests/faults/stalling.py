"""A table at which whoever writes to it gets stuck: so a process can be killed in the middle of one transaction, and not
at whatever it happens to be doing."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.db import connection

FOR_EVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
STILL = 20  # looks in a row that found the database held: no transaction of ours takes that long


def another_connection() -> Any:
    """As another process has it, outside Django."""
    if connection.vendor == "sqlite":
        return sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=0)
    import psycopg

    known = {"host", "port", "user", "dbname", "password"}
    return psycopg.connect(**{k: v for k, v in connection.get_connection_params().items() if k in known})


@contextmanager
def stalled(table: str) -> Iterator[Callable[[], bool]]:
    """Reading `table` goes on, inserting gets stuck. Gives a question: is somebody stuck there?

    Whoever is, has to be killed before the end.
    """
    with closing(another_connection()) as other:
        if connection.vendor == "sqlite":
            other.execute(f"CREATE TRIGGER stall BEFORE INSERT ON {table} BEGIN {FOR_EVER}; END")
            try:
                yield lambda: all(_held(other) for _ in range(STILL))
            finally:
                other.execute("PRAGMA busy_timeout=20000")
                other.execute("DROP TRIGGER stall")
        else:
            other.execute(f"LOCK TABLE {table} IN SHARE MODE")
            yield somebody_waits
    if connection.vendor == "postgresql":
        _wait_until_alone()  # the killed one's transaction ends when the database notices


def _held(other: sqlite3.Connection) -> bool:
    time.sleep(0.02)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    other.execute("ROLLBACK")
    return False


def somebody_waits() -> bool:
    return bool(_asked("SELECT count(*) FROM pg_locks WHERE NOT granted"))


def _wait_until_alone() -> None:
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()"
    end = time.monotonic() + 20
    while _asked(others):
        assert time.monotonic() < end, "a transaction of somebody killed goes on"
        time.sleep(0.02)


def _asked(question: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])
