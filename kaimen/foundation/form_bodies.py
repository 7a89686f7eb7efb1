"""A form's body is read by runs of escapes, not byte by byte: what people say here is Chinese, and each of its characters
comes as nine. What comes out is what Django reads; a test compares the two on whatever a body may hold.
"""

import re
from binascii import unhexlify
from typing import cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

FORM = "application/x-www-form-urlencoded"
ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")


class FormRequest(WSGIRequest):
    """A request whose form is read by `fields`."""

    _read_started: bool  # Django's, which its types do not name
    _encoding: str | None
    _files: MultiValueDict[str, UploadedFile]

    def _load_post_and_files(self) -> None:
        whole = hasattr(self, "_body") or not self._read_started
        utf8 = self._encoding is None or self._encoding.lower() == "utf-8"
        if self.method == "POST" and self.content_type == FORM and whole and utf8:
            self._post, self._files = fields(self.body), MultiValueDict()
        else:
            super()._load_post_and_files()


def reading_forms(application: WSGIHandler) -> WSGIHandler:
    """Django's application, with forms read like this."""
    application.request_class = FormRequest
    return application


def fields(body: bytes) -> QueryDict:
    """What `QueryDict(body)` is for the body of a form in UTF-8. TooManyFieldsSent as there."""
    most = cast(int | None, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
    if not body.isascii() or (most is not None and body.count(b"&") >= most):
        return QueryDict(body, encoding="utf-8")  # such as no browser sends
    found: dict[str, list[str]] = {}
    for part in body.replace(b"+", b" ").split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            found.setdefault(_text(name), []).append(_text(value))
    read = QueryDict(mutable=True, encoding="utf-8")
    dict.update(read, found)
    read._mutable = False
    return read


def _text(raw: bytes) -> str:
    if b"%" in raw:
        raw = ESCAPES.sub(_bytes, raw)
    return raw.decode("utf-8", "replace")


def _bytes(escapes: re.Match[bytes]) -> bytes:
    return unhexlify(escapes[0].replace(b"%", b""))
