"""How often one address may ask for what costs much and writes nothing.

Counted in the memory of each server process: to write down every question would cost more than most answers. The limits
are wide, because a whole factory may share one address; what is refused must be something that people can do without.
"""

import threading
import time
from collections.abc import Callable

REMEMBERED = 10_000  # addresses; then all are forgotten, which is kinder than to refuse


class Pace:
    """At most `most` times in `seconds` for each address and process; counted from its first question on."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._asked: dict[str, tuple[float, int]] = {}
        self._guard = threading.Lock()

    def too_fast(self, address: str) -> bool:
        """Count one more question of this address, and say whether it was one too many."""
        now = self._clock()
        with self._guard:
            since, times = self._asked.get(address, (now, 0))
            if now - since >= self._seconds:
                since, times = now, 0
            if len(self._asked) >= REMEMBERED and address not in self._asked:
                self._asked.clear()
            self._asked[address] = since, times + 1
        return times >= self._most
