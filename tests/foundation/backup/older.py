"""A database as the release before left it: every room one migration back, filled with rows as they are made today."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

# Tables and columns that the newest migrations rewrite on purpose, "table.column": why. They are not compared.
REWRITTEN: dict[str, str] = {}


@dataclass(frozen=True)
class Rows:
    """What a table holds: its columns, and every row as stored."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def everything() -> dict[str, Rows]:
    """Every table of ours and of the libraries, as stored; what the database keeps for itself is left out."""
    held = {}
    with connection.cursor() as cursor:
        for info in connection.introspection.get_table_list(cursor):
            if (
                info.type == "t"
                and "_words" not in info.name
                and not info.name.startswith("django_migrations")
            ):
                cursor.execute(f'SELECT * FROM "{info.name}"')
                held[info.name] = Rows([column[0] for column in cursor.description], cursor.fetchall())
    return held


def one_back() -> list[tuple[str, str]]:
    """Go to the state before the newest migration of every room that has more than one. Returns what is then missing.

    A newest one that an older one of another room stands on has to stay: there never was a state without it.
    """
    graph = MigrationExecutor(connection).loader.graph
    earlier = {}
    for app, name in graph.leaf_nodes():
        before = [node.key for node in graph.node_map[app, name].parents if node.key[0] == app]
        if before and apps.get_app_config(app).name.startswith("kaimen."):
            earlier[app, name] = before[0]
    while held := [key for key in earlier if any(c.key not in earlier for c in graph.node_map[key].children)]:
        del earlier[held[0]]
    newest = list(earlier)
    targets = [earlier.get(key, key) for key in graph.leaf_nodes()]
    MigrationExecutor(connection).migrate(targets)
    applied = MigrationExecutor(connection).loader.applied_migrations or {}
    return [node for node in newest if node not in applied]


def fill(today: dict[str, Rows]) -> None:
    """Put today's rows into the older tables, column by column; a column that is gone today must have a default."""
    older = everything()
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")  # no order of tables, no triggers
        for table in older:
            cursor.execute(f'DELETE FROM "{table}"')
        for table, now in today.items():
            common = [column for column in now.columns if table in older and column in older[table].columns]
            if not common or not now.rows:
                continue
            names = ", ".join(f'"{column}"' for column in common)
            marks = ", ".join(["%s"] * len(common))
            picked = [now.columns.index(column) for column in common]
            cursor.executemany(
                f'INSERT INTO "{table}" ({names}) VALUES ({marks})',
                [tuple(_adapted(row[at]) for at in picked) for row in now.rows],
            )
            if connection.vendor == "postgresql" and "id" in common:
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), max(id)) FROM \"{table}\""
                    if isinstance(now.rows[0][now.columns.index("id")], int)
                    else "SELECT 1"
                )
        if connection.vendor == "postgresql":
            cursor.execute("RESET session_replication_role")


def _adapted(value: Any) -> Any:
    """JSON comes back as dict or list on PostgreSQL and must go in as JSON."""
    if isinstance(value, dict | list) and connection.vendor == "postgresql":
        from psycopg.types.json import Jsonb

        return Jsonb(value)
    return value


def differences(before: dict[str, Rows], after: dict[str, Rows]) -> list[str]:
    """Tables whose rows were lost, added or changed by going forward, by the columns that both have."""
    wrong = []
    for table, old in before.items():
        new = after.get(table)
        if new is None:
            wrong += [f"{table} is gone"] if old.rows and f"{table}.*" not in REWRITTEN else []
            continue
        both = [c for c in old.columns if c in new.columns and f"{table}.{c}" not in REWRITTEN]
        if _picked(old, both) != _picked(new, both):
            wrong.append(table)
    return wrong


def _picked(held: Rows, columns: list[str]) -> list[str]:
    at = [held.columns.index(column) for column in columns]
    return sorted(repr([row[n] for n in at]) for row in held.rows)
