"""Tests with real transactions empty the tables afterwards; on SQLite the append-only ones need a window for that."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError
from pytest_django.plugin import blocking_manager_key

TRANSACTIONAL = {"transactional_db", "live_server", "django_db_reset_sequences"}


def is_transactional(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = marker is not None and bool(marker.kwargs.get("transaction"))
    return asked or bool(TRANSACTIONAL & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Around all teardown: the database fixture empties the tables in its own."""
    if not is_transactional(item):
        return (yield)
    from kaimen.foundation import append_only

    blocker = item.config.stash[blocking_manager_key]
    with blocker.unblock():
        try:
            append_only.open_window("tests empty the tables")
        except DatabaseError:  # the test was skipped before it had a database
            return (yield)
    try:
        return (yield)
    finally:
        if nextitem is not None:  # after the last test the database itself is gone
            with blocker.unblock():
                append_only.close_window()
