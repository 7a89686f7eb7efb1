"""A form read by runs of escapes holds what Django would have read."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import BadRequest, TooManyFieldsSent
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from hypothesis import example, given
from hypothesis import strategies as st

from kaimen.foundation.form_bodies import FORM, FormRequest, fields

PIECES = st.sampled_from(
    [b"&", b"=", b"+", b"%", b"%%", b"%e5", b"%81%9C", b"%zz", b"%4", b"%00", b"a", b"\xe5", b";"]
)


@given(st.lists(PIECES | st.binary(max_size=4), max_size=30).map(b"".join))
@example(b"%%41&a&=&&a=b=c&%E5%81%9C+=%e5%81")
@example("停=车".encode())
def test_any_body_reads_as_with_django(body: bytes) -> None:
    ours, django = fields(body), QueryDict(body, encoding="utf-8")
    assert ours == django
    assert list(ours.lists()) == list(django.lists())


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=20)), max_size=12))
def test_what_a_browser_sends_arrives(sent: list[tuple[str, str]]) -> None:
    sent = [
        (name.encode("utf-8", "replace").decode(), value.encode("utf-8", "replace").decode())
        for name, value in sent
    ]
    got = fields(urlencode(sent).encode())
    assert sorted((name, value) for name, values in got.lists() for value in values) == sorted(sent)


def test_a_form_once_read_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        fields(b"a=1")["a"] = "2"


def test_too_many_fields_are_refused(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    assert len(fields(b"a&b&c")) == 3
    with pytest.raises(TooManyFieldsSent):
        fields(b"a&b&c&d")


def seen(kind: type[WSGIRequest], method: str, media: str, first: Callable[[WSGIRequest], object]) -> object:
    body = "停=车".encode()
    request = kind(
        {
            "REQUEST_METHOD": method,
            "CONTENT_TYPE": media,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
    )
    first(request)
    try:
        return dict(request.POST.lists()), dict(request.FILES.lists())
    except BadRequest as refused:
        return str(refused)


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    "media", [FORM, f"{FORM}; charset=UTF-8", f"{FORM}; charset=gbk", "application/json"]
)
@pytest.mark.parametrize(
    "first",
    [lambda request: None, lambda request: request.read(), lambda request: request.body],
    ids=["whole", "read", "kept"],
)
def test_what_is_no_such_form_is_djangos(
    method: str, media: str, first: Callable[[WSGIRequest], object]
) -> None:
    assert seen(FormRequest, method, media, first) == seen(WSGIRequest, method, media, first)
