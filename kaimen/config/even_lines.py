"""Lines fall evenly on the server processes.

Who connects is taken by the process that looks first, and keeps that line for hundreds of requests: a browser its own,
a proxy a few for everybody. So one process may have six lines and its neighbour two, for as long as they are kept. A
process that has clearly more in hand than another asks one line after the other to come anew, which costs that one a
moment; the one with time to spare is then the first to look.
"""

import mmap
import os
import struct
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from kaimen.config import cores

WINDOW = 0.1  # seconds; at most one line is asked to come anew in each
MORE = 2  # in hand at once: one more or less comes and goes by itself
FRESH = 1.0  # seconds after which a process that tells nothing has nothing in hand
SLOT = struct.Struct("dd")  # when it was told, how many
CORES = 1024

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


class Board:
    """How many requests each process had in hand at once when it last looked, by its core. Memory shared through a
    file: who reads while another writes sees the one or the other, and neither waits.
    """

    def __init__(self, path: Path) -> None:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(handle, CORES * SLOT.size)
            self._memory = mmap.mmap(handle, CORES * SLOT.size)
        finally:
            os.close(handle)

    def tell(self, core: int, many: int) -> None:
        SLOT.pack_into(self._memory, core * SLOT.size, time.monotonic(), many)

    def least(self, of: Iterable[int]) -> float:
        """The fewest that one of these has; who has told nothing lately, or before this machine was started, has none."""
        now = time.monotonic()
        told = (SLOT.unpack_from(self._memory, core * SLOT.size) for core in of)
        return min((many if 0 <= now - at < FRESH else 0.0 for at, many in told), default=0.0)


class EvenLines:
    """A WSGI application in front of another one. It sets the header `Connection`, which WSGI leaves to servers: ours
    gives it on and closes that line once the answer is out. HTTP/2 knows no such header; there nothing is done."""

    def __init__(self, application: Application, board: Board) -> None:
        self._application, self._board = application, board
        self._guard = threading.Lock()
        self._in_hand = self._most = 0
        self._looked = time.monotonic()

    def __call__(self, environ: Environ, start: Any) -> Iterable[bytes]:
        def start_here(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if self._too_many() and environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
                headers = [*headers, ("Connection", "close")]
            return start(status, headers, *error)

        with self._guard:
            self._in_hand += 1
            self._most = max(self._most, self._in_hand)
        try:
            return self._application(environ, start_here)
        finally:
            with self._guard:
                self._in_hand -= 1

    def _too_many(self) -> bool:
        """Once a window, true when another process has clearly less in hand."""
        now = time.monotonic()
        kept = cores.kept
        with self._guard:
            if kept is None or now - self._looked < WINDOW:
                return False
            most, self._most, self._looked = self._most, self._in_hand, now
        self._board.tell(kept.core, most)
        return most - self._board.least(kept.others) >= MORE
