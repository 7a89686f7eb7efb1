"""SQLite as we use it: statements read the same as with Django's own, and nothing is written beside the database."""

import sqlite3
from threading import Thread
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.db.backends.sqlite3 import base
from django.db.transaction import TransactionManagementError

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


@pytest.mark.parametrize(
    ("sql", "given", "error"),
    [
        ("SELECT * FROM nowhere", None, OperationalError),
        ("INSERT INTO django_site_that_is_none VALUES (%s)", [1], OperationalError),
        ("INSERT INTO kaimen_reference (id) VALUES (1), (1)", [], DatabaseError),
        ("SELECT %s", [object()], DatabaseError),
    ],
)
def test_what_goes_wrong_is_told_as_djangos_errors(sql: str, given: object, error: type[Exception]) -> None:
    with transaction.atomic(), connection.cursor() as cursor, pytest.raises(error) as told:
        cursor.execute(sql, given)
    assert isinstance(told.value.__cause__, sqlite3.Error)
    assert connection.errors_occurred


def test_in_a_broken_transaction_nothing_more_is_asked() -> None:
    with pytest.raises(TransactionManagementError), transaction.atomic():
        connection.needs_rollback = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")


def test_who_looks_on_sees_every_statement(django_assert_num_queries: Any) -> None:
    seen = []

    def look(execute: Any, sql: str, *more: Any) -> Any:
        seen.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(look), connection.cursor() as cursor:
        cursor.execute("SELECT %s", [1])
        assert cursor.fetchmany(5) == [(1,)]
    assert seen == ["SELECT %s"]
    with django_assert_num_queries(2), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.execute("SELECT %s", [2])


def test_a_connection_is_its_threads_own() -> None:
    ours, told = connections["default"], []

    def ask() -> None:
        try:
            ours.cursor()
        except DatabaseError as error:
            told.append(str(error))

    elsewhere = Thread(target=ask)
    elsewhere.start()
    elsewhere.join()
    assert "can only be used in that same thread" in told[0]


def test_many_rows_in_one_statement_need_no_file_of_their_own() -> None:
    with connection.cursor() as cursor:
        told = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("temp_store", "wal_autocheckpoint")
        ]
    assert told == [2, 4000]  # 2: in memory
