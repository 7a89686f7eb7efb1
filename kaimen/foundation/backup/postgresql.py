"""pg_dump and pg_restore: PostgreSQL's own tools, found, told where to go, and quiet about passwords."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection

PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/libpq/bin")
ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


class ToolMissing(Exception):
    """pg_dump or pg_restore is not here, failed, or must not be used like this; the message says what to do."""


def connect() -> Any:
    """A connection of our own, past Django's pool: the transaction stays open as long as pg_dump reads."""
    import psycopg

    return psycopg.connect(**_parameters())


def dump(to: Path, snapshot: str) -> None:
    """Everything as of `snapshot`, compressed, in the form that pg_restore reads."""
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges",
         f"--snapshot={snapshot}", f"--file={to}")  # fmt: skip


def load(source: Path) -> None:
    """All of it in one transaction, or nothing."""
    name = _parameters()["dbname"]
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
         f"--dbname={name}", str(source))  # fmt: skip


def _parameters() -> dict[str, Any]:
    if connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
        # pg_dump empties the search path of its session: in a shared connection others would find no table any more
        raise ToolMissing(
            "备份和恢复要直接连数据库，不能经过 PgBouncer：请换成直接的 KAIMEN_DATABASE_URL，去掉 pooler"
        )
    told = connection.get_connection_params()
    return {key: str(told[key]) for key in ENVIRONMENT if told.get(key)}


def _run(tool: str, *arguments: str) -> None:
    program = _find(tool)
    env = {**os.environ} | {ENVIRONMENT[key]: value for key, value in _parameters().items()}
    done = subprocess.run([program, *arguments], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolMissing(f"{tool}: {done.stderr.strip()[:1000]}")


def _find(tool: str) -> str:
    """The newest on this machine: pg_dump refuses a server that is newer than itself."""
    found = [path / tool for place in PLACES for path in Path("/").glob(place) if (path / tool).exists()]
    if found:
        return str(
            max(found, key=lambda path: [int(d) for d in path.parent.parent.name.split(".") if d.isdigit()])
        )
    if on_path := shutil.which(tool):
        return on_path
    raise ToolMissing(f"{tool} 不在这台机器上：apt install postgresql-client · {tool} is not on this machine")
