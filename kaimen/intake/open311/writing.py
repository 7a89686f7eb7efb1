"""The same rows as JSON or XML, and errors in the shape of the standard."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpResponse

TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
# what XML 1.0 cannot hold at all, not even escaped
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# how the standard names the elements of a list
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}


class Refused(Exception):
    """An error of the standard: an HTTP code and a sentence for who reads it; or several, each with its own."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.errors = [(code, description)]

    @classmethod
    def for_all(cls, refusals: "Sequence[Refused]") -> "Refused":
        """All of them in one answer, in this order; its own code is 400 unless they agree on another."""
        codes = {refused.code for refused in refusals}
        together = cls(codes.pop() if len(codes) == 1 else 400, "")
        together.errors = [error for refused in refusals for error in refused.errors]
        return together


def listed(kind: str, root: str, rows: Sequence[Mapping[str, Any]], status: int = 200) -> HttpResponse:
    """A list under the element `root`; in JSON it is the array alone."""
    return _answer(kind, root, list(rows), status)


def single(kind: str, root: str, row: Mapping[str, Any]) -> HttpResponse:
    """One thing that is no list (a definition, the discovery)."""
    return _answer(kind, root, dict(row), 200)


def refusal(kind: str, refused: Refused) -> HttpResponse:
    rows = [{"code": code, "description": description} for code, description in refused.errors]
    return _answer(kind, "errors", rows, refused.code)


def _answer(kind: str, root: str, content: Any, status: int) -> HttpResponse:
    body = _xml(root, content) if kind == "xml" else json.dumps(content, ensure_ascii=False).encode()
    response = HttpResponse(body, status=status, content_type=TYPES[kind])
    response["Access-Control-Allow-Origin"] = "*"  # answers do not depend on cookies
    response["X-Robots-Tag"] = "noindex"
    return response


def _xml(root: str, content: Any) -> bytes:
    return f"<?xml version='1.0' encoding='utf-8'?>\n{_element(root, content)}".encode()


def _element(name: str, content: Any) -> str:
    """Written as text: a tree of objects first took as long again for a thousand requests. Names are our own."""
    if content is None:
        return f"<{name} />"
    if isinstance(content, Mapping):
        inner = "".join([_element(key, value) for key, value in content.items()])
    elif isinstance(content, (list, tuple)):
        inner = "".join([_element(ITEMS[name], value) for value in content])
    elif isinstance(content, bool):
        inner = "true" if content else "false"
    else:
        inner = escape(_NOT_XML.sub("", str(content)))
    return f"<{name}>{inner}</{name}>"
