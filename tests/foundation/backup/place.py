"""An empty place to restore into: another database of the same kind, another media folder, for a moment."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection


@contextmanager
def elsewhere(folder: Path, settings: Any) -> Iterator[Path]:
    """Inside, the configured database is an empty one and MEDIA_ROOT an empty folder under `folder`."""
    media, name = settings.MEDIA_ROOT, connection.settings_dict["NAME"]
    folder.mkdir(parents=True, exist_ok=True)
    other = str(folder / "kaimen.sqlite3") if connection.vendor == "sqlite" else f"kaimen_{abs(hash(folder))}"
    if connection.vendor == "postgresql":
        _on_the_server(f'CREATE DATABASE "{other}" TEMPLATE template0')
    _go_to(other)
    settings.MEDIA_ROOT = folder / "media"
    try:
        yield folder
    finally:
        settings.MEDIA_ROOT = media
        _go_to(name)
        if connection.vendor == "postgresql":
            _on_the_server(f'DROP DATABASE "{other}" WITH (FORCE)')


def _go_to(name: str) -> None:
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    connection.settings_dict["NAME"] = name


def _on_the_server(statement: str) -> None:
    import psycopg

    known = {"host", "port", "user", "password"}
    there = {k: v for k, v in connection.get_connection_params().items() if k in known}
    with closing(psycopg.connect(**there, dbname="postgres", autocommit=True)) as server:
        server.execute(statement)


def change_database(path: Path, statement: str) -> None:
    """Something that somebody with access to a SQLite file might do to it."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(statement)
        database.commit()
