"""Uploads: photos lose what they tell about their taker, everything else is judged by content, refusals leave nothing."""

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from kaimen.foundation import files
from kaimen.foundation.models import Attachment, Person

pytestmark = pytest.mark.django_db
GPS = 0x8825


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def photo(size: tuple[int, int] = (60, 40), kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, (200, 30, 30) if mode == "RGB" else (0, 0, 0, 0)).save(out, kind, **options)
    return out.getvalue()


def archive(*members: str, **contents: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for member in members:
            zipped.writestr(member, contents.get(member, b"x"))
    return out.getvalue()


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_photo_loses_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (29.0, 54.0, 1.0)
    exif[0x0110] = "示例手机"
    taken = photo(exif=exif, comment=b"taken by me at home", xmp=b"<x:xmpmeta>home</x:xmpmeta>")
    assert Image.open(io.BytesIO(taken)).getexif().get_ifd(GPS)  # it was there before

    kept = files.accept(upload("宿舍.jpg", taken), by=None)

    stored = Path(kept.file.path).read_bytes()
    with Image.open(io.BytesIO(stored)) as image:
        assert not dict(image.getexif())
        assert image.size == (kept.width, kept.height) == (60, 40)
    assert b"home" not in stored
    assert not {b"Exif", b"xmpmeta"} & set(stored.split(b"\0"))


def test_a_photo_held_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = files.accept(upload("a.jpg", photo(exif=exif)), by=None)
    assert (kept.width, kept.height) == (40, 60)


def test_a_png_becomes_a_jpeg_and_what_was_transparent_white() -> None:
    kept = files.accept(upload("截图.png", photo(kind="PNG", mode="RGBA")), by=None)
    assert (kept.content_type, kept.name) == ("image/jpeg", "截图.jpg")
    with kept.file.open() as stored, Image.open(stored) as image:
        assert image.format == "JPEG"
        assert min(image.getpixel((5, 5))) > 250


def test_a_large_photo_is_made_smaller() -> None:
    kept = files.accept(upload("a.jpg", photo((5000, 2500))), by=None)
    assert (kept.width, kept.height) == (2400, 1200)


def test_a_pdf_named_as_a_photo_is_kept_as_a_document(client: Client) -> None:
    kept = files.accept(upload("照片.jpg", b"%PDF-1.7\n%%EOF"), by=None)
    assert (kept.content_type, kept.name, kept.is_photo) == (files.PDF, "照片.pdf", False)
    assert "attachment" in fetch(client, kept.url)["Content-Disposition"]


def test_a_word_document_is_known_by_its_content() -> None:
    kept = files.accept(upload("表.bin", archive("[Content_Types].xml", "word/document.xml")), by=None)
    assert kept.name == "表.docx"


def test_a_name_cannot_pretend_another_ending_or_break_a_header(client: Client) -> None:
    kept = files.accept(upload("a\u202egpj.exe\r\nX-Evil: 1", b"%PDF-1.7"), by=None)
    assert "\u202e" not in kept.name and kept.name.endswith(".pdf")
    assert "X-Evil" not in fetch(client, kept.url)


def flat_png(side: int) -> bytes:
    """A PNG of side x side pixels in a few kilobytes, as nobody's camera makes it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def fetch(client: Client, url: str) -> Any:
    answer = client.get(url)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return answer


MACRO_TYPES = {"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml"}
REFUSED = {
    "svg with a script": (
        "unknown",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    ),
    "html named as a photo": ("unknown", b"<html><script>alert(1)</script></html>"),
    "program": ("unknown", b"MZ\x90\x00" + b"\0" * 100),
    "nothing": ("empty", b""),
    "60 MB": ("too_large", b"\xff\xd8" + b"\0" * (60 * 1024 * 1024)),
    "cut photo": ("broken_photo", photo((400, 400), quality=95)[:700]),
    "bomb just past the limit": ("too_many_pixels", flat_png(8000)),
    "bomb far past the limit": ("too_many_pixels", flat_png(30_000)),
    "macros": ("macros", archive("word/document.xml", "word/vbaProject.bin")),
    "macros in a part of another name": (
        "macros",
        archive("[Content_Types].xml", "word/document.xml", "word/a.bin", **MACRO_TYPES),
    ),
    "plain zip": ("unknown", archive("a.txt")),
    "cut zip": ("unknown", archive("word/document.xml")[:40]),
    "zip bomb": ("bomb", archive("word/document.xml", **{"word/document.xml": b"\0" * (201 * 1024 * 1024)})),
}


# as in production, where Pillow only warns up to twice its limit
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_taken_leaves_nothing_behind(case: str, media: Path) -> None:
    code, content = REFUSED[case]
    with pytest.raises(files.Refused) as refused:
        files.accept(upload("宿舍.jpg", content), by=None)
    assert refused.value.code == code
    assert "宿舍.jpg" in files.refused_words(refused.value)
    assert not on_disk(media)
    assert not Attachment.objects.exists()


def test_one_bad_file_takes_back_the_good_ones_before_it(media: Path) -> None:
    with pytest.raises(files.Refused):
        files.accept_all([upload("a.jpg", photo()), upload("b.jpg", b"<svg/>")], by=None)
    assert not on_disk(media)
    assert not Attachment.objects.exists()


def test_files_that_belong_to_nothing_are_forgotten_and_others_stay(media: Path) -> None:
    loose, worn = (files.accept(upload("a.jpg", photo()), by=None) for _ in range(2))
    Person.objects.create(name="示例", photo=worn)
    assert files.forget_loose(loose.uploaded_at) == 0  # too young
    assert files.forget_loose(timezone.now()) == 1
    assert [a.pk for a in Attachment.objects.all()] == [worn.pk]
    assert len(on_disk(media)) == 1


def test_a_photo_is_shown_with_nothing_a_browser_could_run(client: Client) -> None:
    kept = files.accept(upload("a.jpg", photo()), by=None)
    answer = fetch(client, kept.url)
    assert answer.status_code == 200
    assert answer.body[:2] == b"\xff\xd8"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("inline")


def test_forged_other_and_expired_links_find_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = files.accept(upload("a.jpg", photo()), by=None)
    assert client.get(kept.url[:-1] + ("A" if kept.url[-1] != "A" else "B")).status_code == 404
    assert client.get(f"/file/{kept.token}").status_code == 404
    assert client.get(f"/file/{signing.dumps(kept.token, salt='other')}").status_code == 404
    assert client.post(kept.url).status_code == 405
    old = kept.url
    now = timezone.now().timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 12 * 3600 + 60)
    assert client.get(old).status_code == 404


def test_a_file_lost_on_disk_is_not_found(client: Client) -> None:
    kept = files.accept(upload("a.jpg", photo()), by=None)
    Path(kept.file.path).unlink()
    assert client.get(kept.url).status_code == 404
