"""After a test that really commits, its tables are emptied; those that refuse it are asked in the one lawful way."""

from django.core.cache import cache
from django.test import TransactionTestCase

from kaimen.foundation import append_only


def allow() -> None:
    """Open the maintenance window of append-only tables while Django empties the database between two tests."""
    empty = TransactionTestCase._fixture_teardown

    def in_a_window(self: TransactionTestCase) -> None:
        cache.clear()  # the limits on sign-ins are counted in a table that Django does not know as a model
        append_only.open_window("tests")
        try:
            empty(self)
        finally:
            append_only.close_window()

    TransactionTestCase._fixture_teardown = in_a_window  # type: ignore[method-assign]
