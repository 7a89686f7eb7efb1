"""What is backed up comes back, to the last row and file; what is not as it was made does not come back at all."""

import io
import json
import re
import tarfile
import threading
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone
from PIL import Image

from kaimen.cases import actions
from kaimen.cases.models import Case
from kaimen.cases.search import matching
from kaimen.foundation import backup, files, sealing
from kaimen.foundation.models import Attachment, AuditEntry, Person
from tests.cast import World, at, world

from .place import elsewhere

WORDS = "东门早上没地方停车"


@pytest.fixture
def house(transactional_db: None, settings: Any, tmp_path: Path) -> World:
    """Cases, a photo and a sealed audit, committed."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "tables").mkdir(parents=True)
    (settings.MEDIA_ROOT / "tables" / "roster").write_text("示例名单")
    made = world()
    picture = io.BytesIO()
    Image.new("RGB", (9, 9)).save(picture, "JPEG")
    photo = files.accept(SimpleUploadedFile("a.jpg", picture.getvalue()), by=None)
    case = made.case(words=WORDS, attachments=[photo])
    actions.answer_case(case=case, text="今晚划好线\n第二行\\N", by=made.officer, now=at("2026-03-03"))
    sealing.seal(timezone.now() + sealing.SETTLE * 2)
    return made


def back_up(to: Path) -> str:
    out = io.StringIO()
    call_command("backup", str(to), stdout=out)
    return out.getvalue()


def bring_back(source: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("restore", str(source), stdout=out, **options)
    return out.getvalue()


def photo_of(settings: Any) -> bytes:
    return (Path(settings.MEDIA_ROOT) / Attachment.objects.get().file.name).read_bytes()


def test_everything_comes_back_row_by_row(house: World, settings: Any, tmp_path: Path) -> None:
    target = tmp_path / "copy.tar"
    told = back_up(target)
    assert "KAIMEN_FIELD_KEY" in told and "KAIMEN_SECRET_KEY" in told
    assert target.stat().st_mode & 0o077 == 0, "names and words are readable in it"
    people = list(Person.objects.values_list("pk", "name", "phone"))
    entries = list(AuditEntry.objects.values_list())
    photo = photo_of(settings)
    with elsewhere(tmp_path / "new", settings):
        told = bring_back(target)
        assert "逐行比对一致" in told and "审计封条全部对得上" in told
        assert list(Person.objects.values_list("pk", "name", "phone")) == people
        assert any(phone for _, _, phone in people), "encrypted, and read with the same key"
        assert list(AuditEntry.objects.values_list()) == entries
        assert photo_of(settings) == photo
        assert not (Path(settings.MEDIA_ROOT) / "tables").exists()
        again = Case.objects.get()
        assert list(matching("停车", [again.community_id])) == [again.pk], "full text lives"
        with pytest.raises(Exception, match="words of a case stay"):
            Case.objects.update(words="改过")
        new = house.case(words="后来的事")
        assert new.pk > again.pk and new.number > again.number, "counting goes on, nothing is given twice"


def test_taken_while_others_write_it_is_one_moment(house: World, settings: Any, tmp_path: Path) -> None:
    """Half a second of writing by another thread (so that the backup falls into it), on a connection of its own."""
    stop, written = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            written.append(house.case(words=f"第 {len(written)} 件").number)
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    while len(written) < 3:
        stop.wait(0.01)
    try:
        back_up(tmp_path / "copy.tar")
        then = len(written)
        while len(written) < then + 3:
            stop.wait(0.01)
    finally:
        stop.set()
        writer.join()
    with elsewhere(tmp_path / "new", settings):
        bring_back(tmp_path / "copy.tar")
        kept = Case.objects.filter(number__in=written)
        assert 3 <= kept.count() < len(written)
        assert sorted(case.number for case in kept) == sorted(written)[: kept.count()], "no hole"
        for case in kept:
            assert case.promises.count() == 2 and case.timeline.exists() and case.text.body


def spoil(source: Path, to: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The archive packed anew with one member changed; None leaves it out."""
    with tarfile.open(source) as old, tarfile.open(to, "w") as new:
        for head in old:
            content = change(head.name, old.extractfile(head).read())  # type: ignore[union-attr]
            if content is not None:
                head.size = len(content)
                new.addfile(head, io.BytesIO(content))
    return to


def turned(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def kept(name: str, content: bytes) -> bytes:
    return content


SPOILT: dict[str, tuple[Callable[[str, bytes], bytes | None], str]] = {
    "database": (lambda name, content: turned(content) if name.startswith("database") else content, "被改过"),
    "photo": (lambda name, content: turned(content) if name.startswith("media") else content, "被改过"),
    "photo gone": (lambda name, content: None if name.startswith("media") else content, "被改过"),
    "row counts": (
        lambda name, content: content.replace(b'"rows": 1', b'"rows": 2') if "json" in name else content,
        "被改过",
    ),
    "seal gone": (lambda name, content: None if name == "manifest.seal" else content, "读不完整"),
    "manifest": (lambda name, content: b"{" if name == "manifest.json" else content, "读不完整"),
}


def test_an_altered_archive_is_refused(house: World, settings: Any, tmp_path: Path) -> None:
    back_up(tmp_path / "copy.tar")
    bad = {
        name: spoil(tmp_path / "copy.tar", tmp_path / f"{name}.tar", change)
        for name, (change, _) in SPOILT.items()
    }
    for name in SPOILT:
        assert bad[name].read_bytes() != (tmp_path / "copy.tar").read_bytes()
    same = spoil(tmp_path / "copy.tar", tmp_path / "same.tar", kept)
    with elsewhere(tmp_path / "new", settings) as place:
        for name, (_, says) in SPOILT.items():
            refused(bad[name], says, place)
        assert "逐行比对一致" in bring_back(same), "packing anew alone does no harm"


def test_a_link_in_place_of_a_member_and_one_that_comes_twice_are_refused(
    house: World, settings: Any, tmp_path: Path
) -> None:
    back_up(tmp_path / "copy.tar")
    with tarfile.open(tmp_path / "copy.tar") as whole:
        photo = next(head for head in whole if head.name.startswith("media/"))
        content = whole.extractfile(photo).read()  # type: ignore[union-attr]
    link = copy(photo)
    link.type, link.linkname, link.size = tarfile.SYMTYPE, "/etc/hosts", 0
    bad = {
        "link": spoil(tmp_path / "copy.tar", tmp_path / "link.tar", SPOILT["photo gone"][0]),
        "twice": spoil(tmp_path / "copy.tar", tmp_path / "twice.tar", kept),
    }
    for name, more in (("link", link), ("twice", photo)):
        with tarfile.open(bad[name], "a") as tar:
            tar.addfile(more, io.BytesIO(content))
    with elsewhere(tmp_path / "new", settings) as place:
        for archive in bad.values():
            refused(archive, "被改过", place)


def test_a_truncated_archive_is_refused(house: World, settings: Any, tmp_path: Path) -> None:
    back_up(tmp_path / "copy.tar")
    whole = (tmp_path / "copy.tar").read_bytes()
    with elsewhere(tmp_path / "new", settings) as place:
        for part in (0.0, 0.02, 0.5, 0.9):
            (tmp_path / "bad.tar").write_bytes(whole[: int(len(whole) * part)])
            refused(tmp_path / "bad.tar", "读不完整|被改过", place)


def test_a_name_that_leads_outside_is_refused(house: World, settings: Any, tmp_path: Path) -> None:
    """Even with a seal that is right: whoever has the key may still have made a mistake."""
    from kaimen.foundation.backup import archive

    made, manifest = backup.make(tmp_path / "copy.tar", timezone.now())
    photo = next(name for name in manifest.members if name.startswith("media/"))
    manifest.members["media/../../escaped"] = manifest.members.pop(photo)
    evil = tmp_path / "evil.tar"
    inside = {"media/../../escaped": next((tmp_path / "media").glob("2*/*/*"))}
    database = next(name for name in manifest.members if name.startswith("database"))
    with tarfile.open(made) as tar:
        archive.extract(tar, database, tmp_path / database)
    archive.write(evil, manifest, inside | {database: tmp_path / database})
    with elsewhere(tmp_path / "new", settings) as place:
        refused(evil, "被改过", place)
    assert not (tmp_path / "escaped").exists()


def refused(source: Path, says: str, place: Path) -> None:
    """Nothing comes back, and the place is as empty as before."""
    with pytest.raises(CommandError, match=says):
        bring_back(source)
    backup.restoring.check_empty()
    assert [path for path in place.rglob("*") if path.is_file() and path.stat().st_size] == []


def test_nothing_is_restored_over_data(house: World, settings: Any, tmp_path: Path) -> None:
    back_up(tmp_path / "copy.tar")
    before = Case.objects.count()
    with pytest.raises(CommandError, match="已经有数据"):
        bring_back(tmp_path / "copy.tar")
    assert Case.objects.count() == before
    with elsewhere(tmp_path / "new", settings):
        (Path(settings.MEDIA_ROOT) / "2026").mkdir(parents=True)
        (Path(settings.MEDIA_ROOT) / "2026" / "photo").write_text("somebody's")
        with pytest.raises(CommandError, match="已经有数据"):
            bring_back(tmp_path / "copy.tar")


def test_another_key_is_noticed_before_anything_is_written(
    house: World, settings: Any, tmp_path: Path
) -> None:
    back_up(tmp_path / "copy.tar")
    settings.FIELD_KEY = b"x" * 32
    with elsewhere(tmp_path / "new", settings) as place:
        refused(tmp_path / "copy.tar", "另一个 KAIMEN_FIELD_KEY", place)
    with elsewhere(tmp_path / "lost", settings):
        bring_back(tmp_path / "copy.tar", without_key=True)
        assert Case.objects.values_list("words", flat=True).get() == WORDS


def test_the_keys_are_not_in_it(house: World, settings: Any, tmp_path: Path) -> None:
    back_up(tmp_path / "copy.tar")
    content = (tmp_path / "copy.tar").read_bytes()
    for key in (settings.FIELD_KEY, settings.FIELD_KEY.hex().encode(), settings.SECRET_KEY.encode()):
        assert key not in content


def test_an_existing_file_is_not_overwritten_and_old_ones_go(house: World, tmp_path: Path) -> None:
    (tmp_path / "copy.tar").write_text("mine")
    with pytest.raises(CommandError, match="不覆盖"):
        back_up(tmp_path / "copy.tar")
    assert (tmp_path / "copy.tar").read_text() == "mine"
    folder = tmp_path / "copies"
    folder.mkdir()
    for day in ("20200101", "20200102", "20200103"):
        (folder / f"kaimen-{day}-000000.tar").touch()
    call_command("backup", str(folder), keep=2, stdout=io.StringIO())
    assert [re.sub("-.*-", "-", path.name) for path in sorted(folder.iterdir())][0] == "kaimen-000000.tar"
    assert len(list(folder.iterdir())) == 2
    assert not list(folder.glob(".*")), "no scratch is left"


def test_the_manifest_says_what_is_in_it(house: World, tmp_path: Path) -> None:
    made, _ = backup.make(tmp_path / "copy.tar", timezone.now())
    with tarfile.open(made) as tar:
        told = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert told["vendor"] == connection.vendor
    assert told["tables"]["foundation_auditentry"]["rows"] == AuditEntry.objects.count()
    assert ["foundation", "0001_initial"] in told["migrations"]
    assert told["keys_needed"] == ["KAIMEN_FIELD_KEY", "KAIMEN_SECRET_KEY"]


def test_of_a_newer_program_is_refused(house: World, settings: Any, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '9999_of_tomorrow', %s)",
            [timezone.now()],
        )
    try:
        back_up(tmp_path / "copy.tar")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_of_tomorrow'")
    with elsewhere(tmp_path / "new", settings) as place:
        refused(tmp_path / "copy.tar", "比这里的程序新", place)


@pytest.mark.only_on("postgresql", "SQLite has no pooler")
def test_a_shared_connection_is_not_used(
    house: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through PgBouncer pg_dump would leave its own settings behind for others."""
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    with pytest.raises(CommandError, match="PgBouncer"):
        back_up(tmp_path / "copy.tar")
    assert list(tmp_path.glob("*.tar")) == []


@pytest.mark.only_on("postgresql", "SQLite needs no tools")
def test_missing_tools_are_said(house: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kaimen.foundation.backup.postgresql.PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="apt install postgresql-client"):
        back_up(tmp_path / "copy.tar")
