"""A form whose sender's line broke half way is no form.

When a client goes away the server hands out what had arrived, and then the end, as if that were all. Django reads both
as a whole form: half a sentence would become a need, half a document its attachment, and the same form sent again in
full would then be "the same once more". So a body that ends before its declared length raises, as WSGI servers do that
notice it themselves; Django takes that as UnreadablePostError.
"""

from collections.abc import Callable, Iterable
from typing import Any


class LineBroken(OSError):
    """The sender went away before all of the body had arrived."""


class WholeBody:
    """wsgi.input that does not end early."""

    def __init__(self, stream: Any, length: int) -> None:
        self.stream = stream
        self.left = length

    def read(self, size: int = -1) -> bytes:
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        parts: list[bytes] = []
        while wanted:
            part = self.stream.read(wanted)
            if not part:
                raise LineBroken
            parts.append(part)
            wanted -= len(part)
            self.left -= len(part)
        return b"".join(parts)

    def readline(self, size: int = -1) -> bytes:
        line: bytes = self.stream.readline(size)
        self.left -= len(line)
        if not line and self.left > 0:
            raise LineBroken
        return line


def whole_bodies(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application, with bodies that are whole or raise."""

    def with_whole_body(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = str(environ.get("CONTENT_LENGTH") or "")
        if length.isdecimal() and length != "0":
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
        return application(environ, start_response)

    return with_whole_body
