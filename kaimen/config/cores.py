"""One core for each server process: its threads take the interpreter from each other hundreds of times a second, and
over two cores every time wakes the other one and moves what is being worked on from cache to cache.

docs/adr/0032 has what it gave: with eight visitors at once a sixth to a quarter more needs a second, and a
twentieth more since a thread that is woken does not push aside the one at work.
"""

import contextlib
import hashlib
import os
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

OVERLAP = 60.0  # seconds that one process may outlive the start of the next
LOOK = 0.2

_held: list[socket.socket] = []  # open for the life of the process


@dataclass(frozen=True)
class Kept:
    """The core of this process, and those of the house's other server processes."""

    core: int
    others: frozenset[int]


kept: Kept | None = None  # until a core was taken, and where none is


def usable() -> int:
    """The cores that this process may use: fewer than the machine has where it was confined to some."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_to_one(house: Path, env: "Mapping[str, str]" = os.environ) -> int | None:
    """Put this process, with the threads it has and will have, on a core that no other server process of `house` has.

    Only where there is one process for each core, as is usual outside the demo: fewer are better shared out by the
    system. Gives the core's number, None where nothing was changed or all cores are still taken: then it follows as
    soon as one is left, if that is within a minute. The core is free again when the process ends, however it ends.
    """
    cores = usable()
    usual = 1 if env.get("KAIMEN_DEMO") == "1" else cores
    wanted = env.get("KAIMEN_WORKERS") or str(usual)
    if not hasattr(os, "sched_setaffinity") or cores == 1 or wanted != str(cores):
        return None
    core = _take(house)
    if core is None:  # at a reload the process before may still be answering its last requests
        threading.Thread(target=_take_later, args=(house,), daemon=True).start()
    return core


def _take(house: Path) -> int | None:
    global kept
    everywhere = os.sched_getaffinity(0)
    core = next((core for core in sorted(everywhere) if _claimed(house, core)), None)
    if core is not None:
        kept = Kept(core, frozenset(everywhere - {core}))
        for thread in Path("/proc/self/task").iterdir():
            with contextlib.suppress(OSError):  # it has just ended, or the system forbids it
                os.sched_setaffinity(int(thread.name), {core})
                # Whoever is woken waits until the one at work has to wait, instead of taking the core in its place: that
                # one may hold the database, and has let go of the interpreter for a few microseconds only.
                os.sched_setscheduler(int(thread.name), os.SCHED_BATCH, os.sched_param(0))
    return core


def _take_later(house: Path) -> None:
    for _ in range(round(OVERLAP / LOOK)):
        time.sleep(LOOK)
        if _take(house) is not None:
            return


def _claimed(house: Path, core: int) -> bool:
    """A name that only one process of this machine can have, without a file that could be left behind."""
    name = hashlib.sha256(str(house.resolve()).encode()).hexdigest()[:24]
    held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        held.bind(f"\0kaimen-{name}-core-{core}")
    except OSError:
        held.close()
        return False
    _held.append(held)
    return True
