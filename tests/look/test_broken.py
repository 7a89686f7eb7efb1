"""When the machines behind are changing over: a kind page, what was typed is kept, and sending it again counts once."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from kaimen.cases.models import Case
from tests.cast import World, signed_in, world

WORDS = "东门早上没地方停车，<b>急</b>，厂门口也堵"


@pytest.fixture
def committed(transactional_db: None) -> World:
    """A world that another connection sees too."""
    return world()


@contextmanager
def locked() -> Iterator[None]:
    """Another process holds what a need must write, for longer than we are ready to wait: 50 ms here."""
    if connection.vendor == "sqlite":
        other: Any = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        impatience, patience, lock = "PRAGMA busy_timeout=50", "PRAGMA busy_timeout=20000", "BEGIN IMMEDIATE"
    else:
        import psycopg

        known = {"host", "port", "user", "dbname", "password"}
        there = {k: v for k, v in connection.get_connection_params().items() if k in known}
        other = psycopg.connect(**there)
        impatience, patience = "SET lock_timeout = '50ms'", "RESET lock_timeout"
        lock = "LOCK TABLE intake_submission IN ACCESS EXCLUSIVE MODE"
    with connection.cursor() as cursor:
        cursor.execute(impatience)
    other.execute(lock)
    try:
        yield
    finally:
        other.close()
        with connection.cursor() as cursor:
            cursor.execute(patience)


def test_a_need_is_kept_while_the_database_is_away_and_counts_once(committed: World) -> None:
    client = Client(raise_request_exception=False)
    form = {"key": "k" * 24, "words": WORDS, "phone": "13812345678", "consent": "on"}
    with locked():
        answer = client.post("/say/confirm", form)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10" and answer["Cache-Control"] == "no-store"
    assert "<b>急</b>" not in page
    shown = re.search(r'<textarea name="words"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert shown and unescape(shown[1]) == WORDS
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    assert hidden == {"key": form["key"], "phone": form["phone"], "consent": "on"}
    assert 'action="/say/confirm"' in page
    assert "只算一次" in page
    assert Case.objects.count() == 0
    again = hidden | {"words": unescape(shown[1])}
    first, second = client.post("/say/confirm", again), client.post("/say/confirm", again)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Case.objects.get().words == WORDS


@pytest.mark.parametrize("field", ["new_password1", "code"])
def test_a_password_or_code_is_never_repeated_in_a_page(committed: World, field: str) -> None:
    client = Client(raise_request_exception=False)
    with locked():
        answer = client.post(
            "/say/confirm", {"key": "k" * 24, "words": WORDS, "consent": "on", field: "482 913"}
        )
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "482 913" not in page
    assert "textarea" not in page
    assert "再试一次" in page


def test_what_breaks_by_itself_stays_an_error(committed: World) -> None:
    """A table that is not there is our fault: sending the form again would not help anybody."""
    client = signed_in(Client(raise_request_exception=False), committed.officer)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_savedview RENAME TO elsewhere")
    try:
        answer = client.get("/desk/")
    finally:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO cases_savedview")
    assert answer.status_code == 500
    assert "门卡住了" in answer.content.decode()
