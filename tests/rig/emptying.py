"""After a test that really commits, its tables are emptied; those that refuse it are asked in the one lawful way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase

from kaimen.foundation import append_only

_kept = False
_fresh: dict[str, list[tuple[Any, ...]]] | None = (
    None  # what stands in the tables after `migrate`, as Django writes it
)


@contextmanager
def kept() -> Iterator[None]:
    """The tests inside share one world, which a server of its own is serving; it is emptied after the last of them."""
    global _kept
    _kept = True
    try:
        yield
    finally:
        _kept = False
        TransactionTestCase("run")._fixture_teardown()


def allow() -> None:
    """Open the maintenance window of append-only tables while the database is emptied between two tests.

    Django empties every table and writes its list of permissions anew: half a second on PostgreSQL. The first time
    that is what happens; from then on only the tables that hold something else than they did then are touched.
    """
    by_django = TransactionTestCase._fixture_teardown

    def in_a_window(self: TransactionTestCase) -> None:
        global _fresh
        if _kept:
            return
        cache.clear()  # the limits on sign-ins are counted in a table that Django does not know as a model
        append_only.open_window("tests")
        try:
            if _fresh is None or not _empty(_fresh):
                by_django(self)
                _fresh = {table: _rows(table) for table in _filled(_tables())}
        finally:
            append_only.close_window()

    TransactionTestCase._fixture_teardown = in_a_window  # type: ignore[method-assign]


def _empty(fresh: dict[str, list[tuple[Any, ...]]]) -> bool:
    """Every table as it was when fresh; False, and nothing done, if somebody changed what Django itself has written."""
    tables = _tables()
    with transaction.atomic():
        if (
            connection.vendor == "postgresql"
        ):  # as TRUNCATE would: whoever is still writing comes to an end first
            _run(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
        if any(_rows(table) != rows for table, rows in fresh.items()):
            return False
        for table in _filled(tables):
            if table not in fresh:
                _run(f"DELETE FROM {table}")
    ContentType.objects.clear_cache()
    return True


def _tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(connection.ops.quote_name(name) for name in names)


def _filled(tables: list[str]) -> list[str]:
    """Those with at least one row."""
    return [
        name
        for (name,) in _run(
            " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables)
        )
    ]


def _rows(table: str) -> list[tuple[Any, ...]]:
    return _run(f"SELECT * FROM {table} ORDER BY 1")


def _run(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
