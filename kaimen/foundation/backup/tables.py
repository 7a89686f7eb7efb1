"""What a database holds, table by table: how many rows, and a digest over all of them in a fixed order.

Both databases are read as they are stored, not through models: a backup can be older than the code that restores it.
"""

import hashlib
import sqlite3
from typing import Any

from kaimen.foundation.backup.archive import Table

# The text of a row must not depend on where and by whom it is read.
STEADY = ("TimeZone = 'UTC'", "DateStyle = 'ISO'", "IntervalStyle = 'iso_8601'", "bytea_output = 'hex'")
COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY array_position(i.indkey, a.attnum)
"""


def of_sqlite(database: sqlite3.Connection) -> dict[str, Table]:
    """`database` must be a copy that nobody writes to."""
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    )
    return {name: _sqlite_table(database, name) for (name,) in names.fetchall()}


def _sqlite_table(database: sqlite3.Connection, name: str) -> Table:
    columns = database.execute(f'PRAGMA table_info("{name}")').fetchall()
    key = [column[1] for column in sorted(columns, key=lambda column: column[5]) if column[5]]
    order = ", ".join(f'"{column}"' for column in key or [column[1] for column in columns])
    rows, total = 0, hashlib.sha256()
    for row in database.execute(f'SELECT * FROM "{name}" ORDER BY {order}'):  # noqa: S608 - names from the schema
        rows += 1
        total.update(repr(row).encode())
    return Table(rows, total.hexdigest())


def of_postgresql(connection: Any) -> dict[str, Table]:
    """`connection` is psycopg's, inside a transaction that sees one moment (REPEATABLE READ)."""
    with connection.cursor() as cursor:
        for setting in STEADY:
            cursor.execute(f"SET LOCAL {setting}")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        names = [name for (name,) in cursor.fetchall()]
        return {name: _postgresql_table(cursor, name) for name in names}


def _postgresql_table(cursor: Any, name: str) -> Table:
    cursor.execute(COLUMNS, [f'public."{name}"'])
    key = [
        f'"{column}" COLLATE "C"' if kind.startswith(("character", "text")) else f'"{column}"'
        for column, kind in cursor.fetchall()
    ]
    order = ", ".join(key) or f'"{name}"::text COLLATE "C"'
    rows, total = 0, hashlib.sha256()
    # COPY's text form writes each row on one line: line breaks inside a value are escaped
    with cursor.copy(f'COPY (SELECT * FROM public."{name}" ORDER BY {order}) TO STDOUT') as lines:  # noqa: S608
        for line in lines:
            block = bytes(line)
            rows += block.count(b"\n")
            total.update(block)
    return Table(rows, total.hexdigest())
