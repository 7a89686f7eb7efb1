"""Is the database away for a moment, or is something wrong with our question? The two ask for different answers."""

from django.db import Error, InterfaceError, OperationalError

READ_ONLY = "25006"  # PostgreSQL: this server has become a replica
OUR_FAULT = (
    "SQLITE_ERROR"  # SQLite says OperationalError also for a table or a word of the search that is not there
)


def is_away(error: BaseException | None) -> bool:
    """Locked, shut down, failing over, out of connections or disk: what passes without anybody changing the code."""
    if isinstance(error, OperationalError | InterfaceError):
        return getattr(error.__cause__, "sqlite_errorname", "") != OUR_FAULT
    return isinstance(error, Error) and getattr(error.__cause__, "sqlstate", "") == READ_ONLY


def caused_by_absence(error: BaseException | None) -> bool:
    """The same of an exception, or of any that it came from."""
    while error is not None:
        if is_away(error):
            return True
        error = error.__cause__ or error.__context__
    return False
