"""The disk is full: the words stay on the page, nothing is half made, and with room again the same form counts once."""

import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from kaimen.cases.models import Case
from kaimen.foundation.models import Attachment
from kaimen.foundation.uploads import Bounded
from tests.cast import World
from tests.faults.house import Answer, Visitor, need, open_house
from tests.foundation.test_files import on_disk, photo
from tests.rig.small_disk import fill, small_disk

LARGE = photo((2000, 2000), quality=100) + b"\0" * 4_000_000  # more than is held in memory


def words_kept(answer: Answer, n: int) -> None:
    assert answer.status == 503
    page = unescape(answer.text)
    assert need(n)["words"] in page and need(n)["key"] in page and need(n)["phone"] in page


@pytest.mark.may_be_missing  # tests.rig.small_disk
@pytest.mark.only_on("sqlite", "what PostgreSQL does on a full disk is PostgreSQL's own")
@pytest.mark.django_db(transaction=True)
def test_everything_on_one_full_disk(park: World, tmp_path: Path) -> None:
    """Database, photos and temporary files on 48 MB of memory, and a server of its own: some seconds."""
    with small_disk(tmp_path, 48) as disk:
        database = disk / "kaimen.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(database)])
        where = {"KAIMEN_DATABASE_URL": f"sqlite:///{database}", "KAIMEN_VAR": str(disk), "TMPDIR": str(disk)}
        with open_house(workers=1, **where) as server, closing(Visitor(server.port)) as visitor:
            # a large one also before: Python looks once for a folder of temporary files that has room, and stays with it
            assert visitor.post("/say/confirm", need(1), ("a.jpg", LARGE)).status == 302
            ballast = fill(disk)

            for content in (photo(), LARGE):
                answer = visitor.post("/say/confirm", need(2), ("宿舍.jpg", content))
                words_kept(answer, 2)
                assert "这会儿存不下" in answer.text and "宿舍.jpg" in answer.text
            tried = 0
            while (answer := visitor.post("/say/confirm", need(100 + tried))).status == 302:
                tried += 1  # what the database had reserved is used up first
                assert tried < 100
            words_kept(answer, 100 + tried)
            assert "再送一次" in answer.text
            assert visitor.get("/board/").status == 200  # reading goes on

            ballast.unlink()
            for n in (2, 100 + tried):
                again = visitor.post("/say/confirm", need(n), ("a.jpg", photo()))
                assert again.status == 302
                assert visitor.post("/say/confirm", need(n)).location == again.location
        whole(database, 3 + tried)


def whole(database: Path, cases: int) -> None:
    """The database itself is sound, and each case has its parts."""
    with closing(sqlite3.connect(database)) as read:
        asked = [
            "PRAGMA integrity_check",
            "SELECT count(*) FROM cases_case",
            "SELECT count(*) FROM intake_submission",
            "SELECT count(DISTINCT case_id) FROM cases_timelineentry WHERE code = 'received'",
            "SELECT count(*) / 2 FROM cases_promise",
        ]
        found = [read.execute(question).fetchone()[0] for question in asked]
    assert found == ["ok", cases, cases, cases, cases]


@pytest.mark.may_be_missing  # tests.rig.small_disk
@pytest.mark.django_db(transaction=True)
def test_only_the_folder_of_photos_is_full(
    park: World, client: Client, settings: Any, tmp_path: Path
) -> None:
    """The need is taken without its photo as soon as its sender wants that, and no half photo lies about."""
    with small_disk(tmp_path, 1) as disk:
        settings.MEDIA_ROOT = disk
        ballast = fill(disk)
        two = [SimpleUploadedFile("宿舍.jpg", photo((60, 60))) for _ in range(2)]
        full = client.post("/say/confirm", need(1) | {"files": two})
        assert full.status_code == 503
        page = full.content.decode()
        assert "先不带它也能交" in page and need(1)["words"] in page
        assert on_disk(disk) == [ballast] and not Attachment.objects.exists() and not Case.objects.exists()
        assert client.post("/say/confirm", need(1)).status_code == 302
        assert Case.objects.count() == 1


@pytest.mark.may_be_missing  # tests.rig.small_disk
def test_what_was_still_in_the_buffer_when_the_disk_was_full(settings: Any, tmp_path: Path) -> None:
    """The last few bytes reach the disk only when the file is read again."""
    with small_disk(tmp_path, 1) as disk:
        settings.FILE_UPLOAD_TEMP_DIR, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = disk, 10
        handler = Bounded()
        handler.new_file("files", "a.jpg", "image/jpeg", None)
        handler.receive_data_chunk(b"x" * 100, 0)
        fill(disk)
        handler.receive_data_chunk(
            b"x" * 6000, 100
        )  # less than Python's buffer, more than a page of the disk
        upload = handler.file_complete(6100)
        assert upload.no_room and upload.size == 6100
        upload.close()
