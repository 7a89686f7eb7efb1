"""Who asks too often is refused for a while, nobody else is, and the memory of it stays small."""

from typing import Any

import pytest
from django.test import Client

from kaimen.foundation import pace
from kaimen.foundation.pace import Pace
from kaimen.intake.views import say
from tests.cast import World


def test_each_address_has_its_own_pace_and_a_new_one_after_a_while() -> None:
    now = [0.0]
    limit = Pace(3, 60, clock=lambda: now[0])
    assert [limit.too_fast("a") for _ in range(4)] == [False, False, False, True]
    assert not limit.too_fast("b")
    now[0] = 59.9
    assert limit.too_fast("a")
    now[0] = 60.0
    assert not limit.too_fast("a")


def test_many_addresses_are_forgotten_rather_than_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REMEMBERED", 2)
    limit = Pace(1, 60, clock=lambda: 0.0)
    assert [limit.too_fast(address) for address in "aba"] == [False, False, True]
    assert not limit.too_fast("c")
    assert len(limit._asked) == 1 and not limit.too_fast("a")


def test_suggestions_have_a_pace_and_the_need_itself_is_taken(
    park: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(say, "SUGGESTIONS", Pace(1, 60))
    ask: Any = {"path": "/say/suggest", "data": {"words": "东门没地方停车"}, "HTTP_HX_REQUEST": "true"}
    assert client.post(**ask).status_code == 200
    assert client.post(**ask).status_code == 204, "htmx leaves what is shown"
    sent = client.post("/say/confirm", {"words": "东门没地方停车", "key": "a" * 24})
    assert sent.status_code == 302 and sent["Location"].startswith("/t/")
