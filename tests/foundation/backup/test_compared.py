"""What came back is compared row by row: one that is otherwise is noticed, and nothing is put in its place."""

import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kaimen.foundation import backup
from kaimen.foundation.backup import archive
from tests.cast import world

from .place import change_database, elsewhere


@pytest.mark.only_on("sqlite", "there the copy is a file that one row can be changed in")
@pytest.mark.django_db(transaction=True)
def test_one_row_that_comes_back_otherwise_is_noticed(settings: Any, tmp_path: Path) -> None:
    """Every checksum of the archive and its seal are right; only the rows are not those that were counted."""
    settings.MEDIA_ROOT = tmp_path / "media"
    world().case()
    made, manifest = backup.make(tmp_path / "copy.tar", timezone.now())
    for number, damage in enumerate(
        (
            "UPDATE foundation_person SET name = '别人' WHERE id = (SELECT min(id) FROM foundation_person)",
            "DELETE FROM foundation_notice WHERE id = (SELECT max(id) FROM foundation_notice)",
            "CREATE TABLE one_more (id integer PRIMARY KEY)",
            "DROP TABLE cases_savedview",
        )
    ):
        database = tmp_path / str(number) / "database.sqlite3"
        with tarfile.open(made) as tar:
            archive.extract(tar, database.name, database)
        change_database(database, damage)
        manifest.members[database.name] = archive.digest_of(database)
        odd = tmp_path / f"odd{number}.tar"
        archive.write(odd, manifest, {database.name: database})
        with elsewhere(tmp_path / f"new{number}", settings) as place:
            with pytest.raises(CommandError, match="恢复出来的和备份的不一样"):
                call_command("restore", str(odd))
            assert [path for path in place.rglob("*") if path.is_file() and path.stat().st_size] == []
