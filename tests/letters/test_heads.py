"""The letterhead: a mark put up and taken down, refused kindly when it is none, printed at the head of letters."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from kaimen.foundation import files
from kaimen.foundation.models import Attachment, AuditEntry
from kaimen.letters import actions, heads
from kaimen.letters.models import Letterhead
from kaimen.letters.printer import print_one
from kaimen.letters.sheets import Writer
from tests.cast import MONDAY, World, signed_in
from tests.foundation.test_files import on_disk, upload
from tests.letters.cast import mailing, the
from tests.letters.papers.reading import pages


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def mark(size: tuple[int, int] = (400, 200), kind: str = "PNG", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#2f6f4e").save(out, kind, **more)
    return out.getvalue()


def put_up(park: World, content: bytes, name: str = "标志.png", of: Any = None) -> Any:
    fields = {"of": str((of or park.community).pk), "logo": upload(name, content)}
    return signed_in(Client(), park.supervisor).post("/letters/head/logo", fields)


def images(park: World, kind: str = "personal") -> list[tuple[int, int]]:
    """The size in pixels of each picture on a letter of the community."""
    found = mailing(park, kind=kind)
    made = print_one(kind, Writer(found, MONDAY).sheet(the(found)))
    return [one.image.size for one in PdfReader(io.BytesIO(made)).pages[0].images if one.image]


def test_a_mark_stands_at_the_head_of_letters_until_it_is_taken_down(park: World, media: Path) -> None:
    assert images(park) == []
    assert put_up(park, mark()).status_code == 302
    assert images(park) == [(400, 200)] == images(park, "certificate")
    assert images(park, "official") == [], "the standard has no place for a mark on a red-headed paper"
    client = signed_in(Client(), park.supervisor)
    page = client.get("/letters/head").content.decode()
    address = heads.head_of(park.community).logo.url.rsplit(":", 2)[0]  # without the second of its signature
    assert address in page and "去掉标志" in page
    assert client.get("/letters/head/sample.pdf").content.startswith(b"%PDF")
    with_commits(park, client, "/letters/head/logo/drop")
    assert images(park) == [] and not Attachment.objects.exists() and on_disk(media) == []
    verbs = (
        AuditEntry.objects.filter(verb__startswith="letterhead").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["letterhead.logo", "letterhead.logo_drop"]


def with_commits(park: World, client: Client, path: str) -> None:
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(path, {"of": str(park.community.pk)}).status_code == 302


def test_it_is_drawn_anew_without_what_the_camera_wrote(park: World) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    put_up(park, mark((3000, 900), "JPEG", exif=exif), "私人名字.jpg")
    logo = heads.head_of(park.community).logo
    kept = logo.file.read()
    logo.file.close()
    assert b"SECRETCAMERA" not in kept and kept.startswith(b"\xff\xd8")
    assert (logo.width, logo.height, logo.name) == (1000, 300, "logo.jpg")


def test_a_mark_of_another_replaces_it_and_leaves_no_file(park: World, media: Path) -> None:
    from django.test import TestCase

    put_up(park, mark())
    with TestCase.captureOnCommitCallbacks(execute=True):
        put_up(park, mark((90, 30)))
    assert len(on_disk(media)) == 1 == Attachment.objects.count()


def test_a_broad_mark_leaves_room_for_the_name(park: World) -> None:
    put_up(park, mark((900, 60)))
    found = mailing(park)
    (page,) = pages(print_one("personal", Writer(found, MONDAY).sheet(the(found))))
    assert page.line(park.community.name)[0].left == pytest.approx(30 + 60 + 4, abs=0.5)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"just some words", "标志.png", "不是图片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "标志.svg", "不是图片"),
        (b"%PDF-1.7 x", "标志.pdf", "不是图片"),
        (mark()[:60], "标志.png", "打不开"),
        (b"", "标志.png", "空的"),
    ],
)
def test_what_is_no_picture_is_refused_in_plain_words(
    park: World, media: Path, content: bytes, name: str, words: str
) -> None:
    put_up(park, mark())
    before = on_disk(media)
    answer = put_up(park, content, name)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert on_disk(media) == before and images(park) == [(400, 200)], "the one that was there stays"


def test_one_that_is_too_large_is_refused(park: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 1000)
    answer = put_up(park, mark((900, 900), "BMP"))
    assert answer.status_code == 422 and "一个文件最多" in answer.content.decode()
    assert not Letterhead.objects.exclude(logo=None).exists()


def test_a_mark_is_that_of_its_organisation_and_others_may_not_be_touched(park: World) -> None:
    put_up(park, mark(), of=park.firm)
    assert heads.head_of(park.firm).logo and not heads.head_of(park.community).logo
    assert put_up(park, mark(), of=park.federation).status_code == 404
    client = signed_in(Client(), park.supervisor)
    for of in ("x", "0", "9" * 30, str(park.federation.pk)):
        assert client.get("/letters/head", {"of": of}).status_code == 404


def test_who_may_not_send_for_an_organisation_changes_nothing_of_its_head(park: World) -> None:
    """The verbs themselves, whichever page calls them."""
    put_up(park, mark())
    for by in (park.officer, park.chair, park.handler, park.elsewhere()):
        told: dict[str, Any] = {"organisation": park.community, "by": by, "now": MONDAY}
        with pytest.raises(PermissionDenied):
            actions.change_head(code="示例", lines="", **told)
        with pytest.raises(PermissionDenied):
            actions.put_up_logo(upload=upload("标志.png", mark()), **told)
        with pytest.raises(PermissionDenied):
            actions.take_down_logo(**told)
    head = heads.head_of(park.community)
    assert head.logo and not head.code


def test_a_file_that_is_gone_from_the_disk_keeps_no_letter_from_being_made(
    park: World, media: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put_up(park, mark())
    for path in on_disk(media):
        (media / path).unlink()
    assert images(park) == []
    assert "logo is missing" in caplog.text


def test_a_code_that_breaks_the_rule_is_told_at_its_field(park: World) -> None:
    client = signed_in(Client(), park.supervisor)
    answer = client.post("/letters/head", {"of": str(park.community.pk), "code": "灵工2026"})
    assert answer.status_code == 422 and "发文代字只写汉字" in answer.content.decode()
    assert client.post("/letters/head", {"of": str(park.community.pk), "code": "示例工"}).status_code == 302
    assert heads.code_of(park.community) == "示例工"


def test_its_lines_stand_small_at_the_right_of_the_head(park: World) -> None:
    client = signed_in(Client(), park.supervisor)
    fields = {"of": str(park.community.pk), "code": "", "lines": "示例市示例路 1 号\r\n\r\n 0574-0000 0018 "}
    assert client.post("/letters/head", fields).status_code == 302
    assert heads.head_of(park.community).lines == "示例市示例路 1 号\n0574-0000 0018"
    assert client.post("/letters/head", fields | {"lines": "1\n2\n3\n4"}).status_code == 422
    found = mailing(park)
    (page,) = pages(print_one("personal", Writer(found, MONDAY).sheet(the(found))))
    line = page.line("示例市示例路")
    assert line[-1].right == pytest.approx(210 - 30, abs=0.5) and line[0].top < 45
