"""After a test that really commits, its tables are emptied; those that refuse it are asked in the one lawful way."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.test import TransactionTestCase

from kaimen.foundation import append_only

_kept = False


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
    """Open the maintenance window of append-only tables while Django empties the database between two tests."""
    empty = TransactionTestCase._fixture_teardown

    def in_a_window(self: TransactionTestCase) -> None:
        if _kept:
            return
        cache.clear()  # the limits on sign-ins are counted in a table that Django does not know as a model
        append_only.open_window("tests")
        try:
            empty(self)
        finally:
            append_only.close_window()

    TransactionTestCase._fixture_teardown = in_a_window  # type: ignore[method-assign]
