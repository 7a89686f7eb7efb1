"""Bring a backup back, into an empty place only: checked before, compared row by row after."""

import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from kaimen.foundation.backup import archive, postgresql, tables
from kaimen.foundation.backup.archive import DATABASE, MEDIA, BadArchive, Manifest, Table


class NotEmpty(Exception):
    """There is data where the backup should go: nothing was touched."""


class Differs(Exception):
    """What was restored is not what was backed up: do not use it."""


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    tables: int
    rows: int
    files: int
    upgraded: int  # migrations applied after it


def restore(source: Path, *, any_key: bool = False) -> Restored:
    """Check the whole archive, restore it into the configured database and media folder, compare, migrate.

    Raises BadArchive or NotEmpty before anything is written, Differs if what came back is not what went in. `any_key`
    goes on although KAIMEN_FIELD_KEY is another one: phones and addresses then cannot be read by anybody.
    """
    with archive.opened(source) as tar:
        manifest = archive.read_manifest(tar, any_key=any_key)
        if manifest.vendor != connection.vendor:
            raise BadArchive("other_database", manifest.vendor)
        known = set(MigrationLoader(None).disk_migrations or ())
        if newer := [
            f"{app}.{name}" for app, name in manifest.migrations if _ours(app) and (app, name) not in known
        ]:
            raise BadArchive("newer", newer[-1])
        check_empty()
        archive.check_members(tar, manifest)
        with tempfile.TemporaryDirectory(dir=_near(), prefix=".kaimen-restore-") as scratch:
            found = _database(tar, manifest, Path(scratch))
            if wrong := sorted(
                n for n in {*found, *manifest.tables} if found.get(n) != manifest.tables.get(n)
            ):
                raise Differs(", ".join(wrong))
            files = _media(tar, manifest, Path(scratch))
    upgraded = _upgrade(manifest)
    rows = sum(table.rows for table in manifest.tables.values())
    return Restored(manifest, len(found), rows, files, upgraded)


def check_empty() -> None:
    """Raises NotEmpty when the database has tables or the media folder has files."""
    media = Path(settings.MEDIA_ROOT)
    if any(path.is_file() for path in media.rglob("*")):
        raise NotEmpty(str(media))
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        for path in (name, *(name.with_name(name.name + end) for end in ("-wal", "-shm"))):
            if path.exists() and path.stat().st_size:
                raise NotEmpty(str(path))
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0]:
            raise NotEmpty(f"PostgreSQL: {connection.settings_dict['NAME']}")


def _database(tar: tarfile.TarFile, manifest: Manifest, scratch: Path) -> dict[str, Table]:
    """The database in its place, and what it holds now."""
    copy = scratch / DATABASE[manifest.vendor]
    archive.extract(tar, copy.name, copy)
    connections.close_all()
    if manifest.vendor == "sqlite":
        with closing(sqlite3.connect(copy)) as fresh:
            found = tables.of_sqlite(fresh)
        if found == manifest.tables:
            goal = Path(connection.settings_dict["NAME"])
            for end in ("", "-wal", "-shm"):
                goal.with_name(goal.name + end).unlink(missing_ok=True)
            shutil.move(copy, goal)
        return found
    postgresql.load(copy)
    with closing(postgresql.connect()) as live:
        return tables.of_postgresql(live)


def _media(tar: tarfile.TarFile, manifest: Manifest, scratch: Path) -> int:
    names = [name for name in manifest.members if name.startswith(MEDIA)]
    for name in names:
        goal = Path(settings.MEDIA_ROOT) / name.removeprefix(MEDIA)
        archive.extract(tar, name, goal)
    return len(names)


def _upgrade(manifest: Manifest) -> int:
    """Bring an older state to that of the code. Returns how many migrations it took."""
    before = set(manifest.migrations)
    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return len(set(cursor.fetchall()) - before)


def _ours(app: str) -> bool:
    """Rooms of ours: a library's migrations may be renamed by its makers."""
    return app in apps.app_configs and apps.get_app_config(app).name.startswith("kaimen.")


def _near() -> Path:
    folder = Path(settings.ENV.var)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
