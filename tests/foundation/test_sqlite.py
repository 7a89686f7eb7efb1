"""SQLite as we use it: statements read the same as with Django's own, and nothing is written beside the database."""

import pytest
from django.db import connection
from django.db.backends.sqlite3 import base

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite", why="it is about our SQLite")]


@pytest.mark.parametrize(
    ("sql", "given"),
    [
        ("SELECT %s, %s", [1, "二"]),
        ("SELECT 'a%%b', %s", ["%s"]),
        ("SELECT '%%s', %s", ["x"]),
        ("SELECT %(one)s, %(two)s", {"one": 1, "two": 2}),
        ("SELECT 1", []),
        ("SELECT 100 %% 7", ()),
    ],
)
def test_statements_read_as_with_djangos_own(sql: str, given: list[object]) -> None:
    own = connection.connection.cursor(factory=base.SQLiteCursorWrapper).execute(sql, given).fetchone()
    for _again in range(2):
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            assert cursor.fetchone() == own


def test_many_rows_in_one_statement_need_no_file_of_their_own() -> None:
    with connection.cursor() as cursor:
        told = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("temp_store", "wal_autocheckpoint")
        ]
    assert told == [2, 4000]  # 2: in memory
