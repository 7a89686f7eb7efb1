"""Tables to which rows are only added: the database itself refuses UPDATE and DELETE (used by migrations).

An UPDATE is refused always. A DELETE is refused unless the table `kaimen_maintenance` holds a row: that is the one
way to take out what a law tells us to take out, and what Django's test runner uses when it empties the tables.
The marker is a plain table without a model, so that `flush` leaves it alone. PostgreSQL's TRUNCATE, which needs
the owner of the table, does not ask row triggers.
A later migration that makes Django build one of these tables anew on SQLite drops the triggers with the old table:
call `refuse_changes` again in it. tests/foundation and tests/cases fail when a trigger is missing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

MARKER = "kaimen_maintenance"


def create_marker(editor: Any) -> None:
    editor.execute(f"CREATE TABLE IF NOT EXISTS {MARKER} (reason varchar(120) NOT NULL)")


def drop_marker(editor: Any) -> None:
    editor.execute(f"DROP TABLE IF EXISTS {MARKER}")


def refuse_changes(editor: Any, table: str) -> None:
    """Let rows of `table` be added and read, never changed, and deleted only in a maintenance window."""
    allow_changes(editor, table)
    if editor.connection.vendor == "postgresql":
        _postgresql(editor, table)
        return
    editor.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
    editor.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "  # noqa: S608  # names of ours, no input
        f"WHEN NOT EXISTS (SELECT 1 FROM {MARKER}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def allow_changes(editor: Any, table: str) -> None:
    """The way back."""
    for name in ("no_update", "no_delete"):
        on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")


def _postgresql(editor: Any, table: str) -> None:
    editor.execute(
        "CREATE OR REPLACE FUNCTION kaimen_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608  # names of ours, no input
        f"IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM {MARKER}) THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$",
        None,  # no parameters: the % above belongs to RAISE
    )
    for name, verb in (("no_update", "UPDATE"), ("no_delete", "DELETE")):
        editor.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kaimen_append_only()"
        )


def open_window(reason: str) -> None:
    """From here on rows may be deleted, by everybody, until `close_window`."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {MARKER} (reason) VALUES (%s)", [reason])  # noqa: S608  # names of ours, no input


def close_window() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {MARKER}")  # noqa: S608  # names of ours, no input


@contextmanager
def maintenance(reason: str) -> Iterator[None]:
    """A window inside one transaction: nobody else sees it open."""
    with transaction.atomic():
        open_window(reason)
        yield
        close_window()
