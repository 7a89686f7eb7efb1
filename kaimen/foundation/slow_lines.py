"""Forms that trickle in may not take every thread of a server process.

The server hands a request to a thread as soon as its head is there, and has no limit for how long the rest takes. So
as many slow lines as there are threads would stop everything, the pages of all others and the answer to "are you well"
as well. Here bodies on their way in share all threads but some; whoever finds no place for a moment is asked to come
again. What has arrived whole holds none: answering may take as long as it takes.
"""

import io
import threading
from collections.abc import Callable, Iterable
from typing import Any

from kaimen.foundation.whole_bodies import WholeBody

KEPT = 2  # threads for those who only read: a page, /healthz
SMALL = (
    64 * 1024
)  # a form without files comes with its head: it is taken in at once, and its place is free at once
MOMENT = 0.5  # seconds
BUSY = (
    "这会儿送来的东西太多，还没收下。请退回去，过几秒再送一次。\n"
    "Very much is being sent right now, and this was not taken. Please go back and send it again in a few seconds.\n"
).encode()

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


class SlowLines:
    """A WSGI application in front of another one, in a server process with so many `threads`.

    Stands behind whole_bodies: only a body that declares its length is ever read.
    """

    def __init__(self, application: Application, threads: int) -> None:
        self._application = application
        self._places = threading.Semaphore(max(1, threads - KEPT))

    def __call__(self, environ: Environ, start: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"]
        if not isinstance(body, WholeBody):
            return self._application(environ, start)
        if not self._places.acquire(timeout=MOMENT):
            heads = [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "5")]
            start("503 Service Unavailable", heads)
            return [BUSY]
        held = environ["wsgi.input"] = _Held(body, self._places.release)
        try:
            if body.left <= SMALL:
                held.take_in()
            return self._application(environ, start)
        finally:
            held.let_go()


class _Held:
    """A body that gives its place back when all of it is there, when its line broke, or when nobody wants the rest."""

    def __init__(self, body: WholeBody, release: Callable[[], None]) -> None:
        self._body, self._release = body, release
        self._holds = True

    def take_in(self) -> None:
        """Read all of it now; what goes wrong is told to whoever reads it then."""
        body, length = self._body, self._body.left
        try:
            self._body = WholeBody(io.BytesIO(body.read()), length)
        except OSError:
            self._body = WholeBody(io.BytesIO(), length)  # ends early, and says so
        self.let_go()

    def read(self, size: int = -1) -> bytes:
        return self._some(self._body.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._some(self._body.readline, size)

    def _some(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            part = read(size)
        except OSError:
            self.let_go()
            raise
        if self._body.left <= 0:
            self.let_go()
        return part

    def let_go(self) -> None:
        if self._holds:
            self._holds = False
            self._release()
