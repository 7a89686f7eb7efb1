"""What a need used is free again once it is answered: what waits for Python's collector is paid for by those who follow."""

import gc
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.forms import BaseForm, BoundField, Field
from django.test import RequestFactory

from kaimen.cases.models import Case
from kaimen.foundation.models import Place
from tests.cast import World

TOKEN = "c" * 32


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The test's own transaction goes on after the request, as with Django's client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def uncollected() -> Iterator[list[object]]:
    """Fills with all that only the collector could free."""
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.disable()
    try:
        yield gc.garbage
    finally:
        gc.enable()
        gc.set_debug(0)
        gc.garbage.clear()


def send(handler: WSGIHandler, fields: dict[str, str]) -> int:
    form = urlencode({"csrfmiddlewaretoken": TOKEN, **fields})
    request = RequestFactory().post(
        "/say/confirm",
        form,
        content_type="application/x-www-form-urlencoded",
        headers={"Cookie": f"csrftoken={TOKEN}"},
    )
    told: list[str] = []
    answer = handler(dict(request.environ), lambda status, _heads, *_error: told.append(status))
    b"".join(answer)
    answer.close()
    return int(told[0][:3])


@pytest.mark.parametrize("more", [{}, {"name": "示例周", "phone": "13800000001", "consent": "on"}])
@pytest.mark.parametrize("changed", [False, True])
def test_a_need_that_was_answered_holds_nothing(
    park: World, uncollected: list[object], more: dict[str, str], changed: bool
) -> None:
    handler = WSGIHandler()
    send(handler, {"key": "a" * 24, "words": "东门早上没地方停车"})  # what is loaded once stays
    gc.collect()
    uncollected.clear()
    if changed:  # then the need is understood twice
        Place.objects.create(community=park.community, key="gate", name="示例东门")
        gc.collect()
        uncollected.clear()
    assert send(handler, {"key": "b" * 24, "words": "宿舍热水总是不够", **more}) == 302
    gc.collect()
    held = [one for one in uncollected if isinstance(one, WSGIRequest | BaseForm | BoundField | Field)]
    assert held == []
    assert Case.objects.count() == 2
