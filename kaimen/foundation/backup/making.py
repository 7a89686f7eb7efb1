"""Make a backup while others go on writing: the database first, then the files; so each file it names is in it."""

import sqlite3
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from kaimen.foundation.backup import archive, postgresql, tables
from kaimen.foundation.backup.archive import DATABASE, MEDIA, Manifest, Table

NOT_KEPT = {"tables"}  # tables between a dry run and the real one: gone within a day, full of personal data
Migrations = list[tuple[str, str]]


def make(target: Path, now: datetime) -> tuple[Path, Manifest]:
    """Write one archive to `target`, a new file, or into it, a folder. Returns its path and its manifest.

    Consistent as of one moment: SQLite by its online backup, which reads one state of the write-ahead log while others
    write; PostgreSQL by pg_dump on the snapshot in which the rows were counted. Raises FileExistsError, ToolMissing.
    """
    if target.is_dir():
        target = target / f"kaimen-{timezone.localtime(now):%Y%m%d-%H%M%S}.tar"
    if target.exists():
        raise FileExistsError(target)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".kaimen-backup-") as scratch:
        name = DATABASE[connection.vendor]
        copy = Path(scratch) / name
        migrations, held = (_sqlite if connection.vendor == "sqlite" else _postgresql)(copy)
        files = {name: copy} | dict(_media(Path(scratch) / "media"))
        manifest = Manifest(
            made_at=now.isoformat(),
            version=version(),
            vendor=connection.vendor,
            migrations=migrations,
            tables=held,
            members={member: archive.digest_of(path) for member, path in files.items()},
            key_check=archive.key_check(),
        )
        archive.write(target, manifest, files)
    return target, manifest


def version() -> str:
    project = tomllib.loads((Path(settings.ROOT) / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def _sqlite(copy: Path) -> tuple[Migrations, dict[str, Table]]:
    source = Path(connection.settings_dict["NAME"]).absolute().as_uri()
    live = sqlite3.connect(f"{source}?mode=ro", uri=True, timeout=60)
    with closing(live), closing(sqlite3.connect(copy)) as fresh:
        live.backup(fresh)
        fresh.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        if fresh.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise RuntimeError("the copy is damaged: check the disk")
        applied = fresh.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        return applied, tables.of_sqlite(fresh)


def _postgresql(copy: Path) -> tuple[Migrations, dict[str, Table]]:
    with closing(postgresql.connect()) as live, live.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        postgresql.dump(copy, cursor.fetchone()[0])
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        applied = cursor.fetchall()
        return applied, tables.of_postgresql(live)


def _media(scratch: Path) -> Iterator[tuple[str, Path]]:
    """Hard links or copies of the files: what is erased meanwhile must not break the archive half way."""
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if inside.parts[0] in NOT_KEPT or not path.is_file():
            continue
        kept = scratch / inside
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            _hold(path, kept)
        except FileNotFoundError:
            continue
        yield f"{MEDIA}{inside.as_posix()}", kept


def _hold(path: Path, kept: Path) -> None:
    try:
        kept.hardlink_to(path)
    except FileNotFoundError:
        raise
    except OSError:  # another disk: files are written once and never changed, so a copy is as good
        kept.write_bytes(path.read_bytes())
