"""Whose turn it is to write on SQLite: the processes of one machine queue at a file, and the next is woken at once.

SQLite itself makes who finds the database locked look again after 1, 2, 5 … 100 ms: with two processes that write all
the time the cores idle meanwhile, and one of them may be passed over for half a second. Taking a turn is a courtesy:
who writes without one waits for SQLite's lock as before, and where the system has no such locks nothing changes.
"""

import contextlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

try:
    import fcntl
except ImportError:  # Windows: SQLite's own waiting must do
    fcntl = None  # type: ignore[assignment]  # checked below


@contextlib.contextmanager
def my_turn() -> Iterator[None]:
    """Wait for the turn of this process. One thread of a process at a time: they share the turn.

    The system gives it back when a process ends, however it ends.
    """
    ours: Any = connections[DEFAULT_DB_ALIAS]  # itself: through the proxy every look costs
    handle = _file(os.getpid(), str(ours.settings_dict["NAME"])) if ours.vendor == "sqlite" else -1
    if handle < 0:
        yield
        return
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)


@cache  # open for the life of the process; a child of fork opens its own, or both would hold the same turn
def _file(_process: int, database: str) -> int:
    if fcntl is None or "memory" in database or not database:
        return -1
    return os.open(f"{Path(database)}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
