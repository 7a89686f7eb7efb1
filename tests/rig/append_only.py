"""Tests with real transactions empty the tables afterwards; on SQLite the append-only ones need a window for that."""

from collections.abc import Iterator
from typing import Any

import pytest

TRANSACTIONAL = {"transactional_db", "live_server", "django_db_reset_sequences"}


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(TRANSACTIONAL & set(request.fixturenames)) or bool(
        marker and marker.kwargs.get("transaction")
    )


@pytest.fixture(autouse=True)
def window_closed_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set up before the database fixture, therefore torn down after it has emptied the tables."""
    yield
    if _is_transactional(request):
        from kaimen.foundation.append_only import close_window

        blocker: Any = request.getfixturevalue("django_db_blocker")
        with blocker.unblock():
            close_window()


@pytest.fixture(autouse=True)
def window_for_emptying(request: pytest.FixtureRequest, window_closed_again: None) -> Iterator[None]:
    """Torn down before the tables are emptied."""
    if not _is_transactional(request):
        yield
        return
    from kaimen.foundation.append_only import open_window

    request.getfixturevalue("transactional_db")
    yield
    open_window("tests empty the tables")
