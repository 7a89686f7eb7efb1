"""What people send by mistake and others on purpose: a clear sentence, the words still there, nothing half made.

The same for who says it themselves and for the officer who writes it down for them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kaimen.cases.models import Case
from kaimen.foundation.models import Attachment
from kaimen.intake.models import Submission
from tests.cast import World, signed_in
from tests.foundation.test_files import archive, flat_png, on_disk, photo
from tests.intake.forms_sent import KEY, WORDS, Sender

DOORS = {"say": "/say/confirm", "take": "/take"}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest, park: World, client: Client) -> Sender:
    """A form of either kind, as its sender has it open."""
    if request.param == "take":
        signed_in(client, park.officer)
    return Sender(client, DOORS[request.param], {"channel": "phone"} if request.param == "take" else {})


REFUSED_WORDS = {
    "nothing": ("", "还没写呢"),
    "spaces": ("  \n\t ", "还没写呢"),
    "what cannot be seen": ("\u200b\u2060\u202e\ufeff\u00ad", "还没写呢"),
    "nul": ("\0", "还没写呢"),
    "emoji": ("😡😡🚗🅿️👨‍👩‍👧", "没看出是什么事"),
    "punctuation": ("？？？！！", "没看出是什么事"),
    "one character over and over": ("啊啊啊啊啊啊", "没看出是什么事"),
    "letters that show nothing": ("\u3164\u115f\u1160\uffa0", "没看出是什么事"),
    "twenty thousand characters": ("东门没地方停车，" * 2500, "现在有 20000 个字"),
}


def test_words_that_cannot_be_taken_stay_in_the_box(door: Sender) -> None:
    """Nine pages are drawn."""
    for words, sentence in REFUSED_WORDS.values():
        door.refused({"words": words, "place_text": "三号楼"}, "words", sentence)


WRONG_FIELDS = [
    ("phone", "1380000", "11 位"),
    ("phone", "12345678901", "多半有一位写错了"),
    ("phone", "一三八零零零零零零零一", "只写数字"),
    ("phone", "1" * 5000, "11 位"),
    ("phone", "0574-87654321", "11 位"),
    ("name", "示" * 41, "最多 40 个字，现在有 41 个"),
    ("place_text", "楼" * 121, "最多 120 个字"),
    ("place", "99999999999999999999", "没有这个地方了"),
]


def test_a_wrong_field_is_named_and_everything_else_stays(door: Sender) -> None:
    """Eight pages are drawn."""
    for field, value, sentence in WRONG_FIELDS:
        door.refused({field: value, "consent": "on"}, field, sentence)


@pytest.mark.parametrize("field", ["key", "service", "join"])
def test_what_nobody_sees_never_stands_in_the_way(door: Sender, field: str) -> None:
    """A broken key, choice or handle is as good as none: the need is taken."""
    for n, value in enumerate(["\0" * 30, "x" * 3000, "' OR 1=1 --", "../../etc/passwd", "编号"]):
        assert door.send({"key": f"another-form-{n:010}", field: value}).status_code == 302
    assert Case.objects.count() == 5


def test_script_in_words_is_text_everywhere(park: World, door: Sender, client: Client) -> None:
    words = "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7|add:7 }} \"东门'没地方停车"
    answer = door.taken({"words": words, "name": "<b>示例</b>", "consent": "on", "place_text": "<i>东门</i>"})
    case = Case.objects.get()
    assert case.words == words
    pages = [f"/desk/{case.number}", "/desk/"]
    pages += [answer["Location"]] if answer["Location"].startswith("/t/") else []
    signed_in(client, park.officer)
    for page in pages:
        shown = client.get(page).content.decode()
        assert "<script>alert" not in shown and "<img src=x" not in shown and "<b>示例" not in shown
        assert "<i>东门" not in shown


OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\u2060\ufeff\u00ad\U000e0041"


def test_what_turns_text_round_or_hides_in_it_does_not_get_in(door: Sender) -> None:
    """Each of them alone, in each field that staff will read."""
    hidden = "东门早上" + OVERRIDES + "没地方停车"
    door.taken(
        {"words": hidden, "name": f"示{OVERRIDES}例", "place_text": f"三{OVERRIDES}号楼", "consent": "on"}
    )
    case = Case.objects.get()
    assert (case.words, case.asker_name, case.place_text) == ("东门早上没地方停车", "示例", "三号楼")


def test_nul_and_bytes_that_are_no_text_do_not_get_in(door: Sender) -> None:
    door.raw(b"words=%E5%81%9C%E8%BD%A6%00%E9%9A%BE%FF%ED%A0%80%E6%97%A9%E4%B8%8A")
    words = Case.objects.get().words
    assert words.startswith("停车难") and words.endswith("早上") and "\0" not in words
    words.encode()  # no half of a character


FILES = {
    "svg with a script": (
        "a.svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        "收不了",
    ),
    "svg named as a photo": ("a.jpg", b"<?xml version='1.0'?><svg onload='alert(1)'/>", "收不了"),
    "a photo that decodes to 900 megapixels": ("a.png", flat_png(30_000), "太大了"),
    "a document that unpacks to 300 MB": (
        "a.docx",
        archive("word/document.xml", "word/media/a.bin", **{"word/media/a.bin": b"\0" * (201 * 2**20)}),
        "展开以后大得不正常",
    ),
    "an empty photo": ("a.jpg", b"", "有一个文件是空的"),
    "a web page behind the head of a picture": ("a.gif", b"GIF89a<html><script>alert(1)</script>", "收不了"),
}


def test_a_file_that_is_not_taken_is_named_and_the_words_stay(door: Sender, media: Path) -> None:
    """Six pages; the archive is packed when this file is read."""
    for name, content, sentence in FILES.values():
        door.refused({"files": SimpleUploadedFile(name, content)}, "files", sentence)
    assert not on_disk(media) and not Attachment.objects.exists()


def test_a_photo_of_sixty_megabytes_is_let_go_while_the_form_is_read(
    door: Sender, media: Path, kept_on_disk: list[int]
) -> None:
    """Sixty megabytes go through Django's test client: a second."""
    huge = SimpleUploadedFile("a.jpg", b"\xff\xd8" + b"\0" * (60 * 2**20))
    door.refused({"files": huge}, "files", "60 MB")
    assert max(kept_on_disk, default=0) <= 31 * 2**20, "all of it was written down"
    assert not on_disk(media)


@pytest.fixture
def kept_on_disk(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many bytes lay in temporary files, looked at after each piece that arrived."""
    from kaimen.foundation import uploads

    sizes: list[int] = []
    receive = uploads.Bounded.receive_data_chunk

    def watched(self: Any, raw_data: bytes, start: int) -> None:
        receive(self, raw_data, start)
        file = getattr(self.content, "_file", self.content)
        sizes.append(file.tell() if not file.closed else 0)

    monkeypatch.setattr(uploads.Bounded, "receive_data_chunk", watched)
    yield sizes


def test_what_hides_behind_a_picture_is_gone_when_it_is_kept(door: Sender, media: Path) -> None:
    """A file can be a photo and a web page at once; drawn anew, it is a photo."""
    both = photo() + b"<script>alert(1)</script>" + archive("word/document.xml")
    door.taken({"files": SimpleUploadedFile("a.jpg", both)})
    (kept,) = on_disk(media)
    assert b"script" not in kept.read_bytes() and b"PK\x03\x04" not in kept.read_bytes()


def test_a_pdf_named_as_a_photo_is_only_ever_a_download(door: Sender, client: Client) -> None:
    door.taken({"files": SimpleUploadedFile("宿舍.jpg", b"%PDF-1.7\n<script>alert(1)</script>%%EOF")})
    kept = Attachment.objects.get()
    answer = client.get(kept.url)
    assert kept.content_type == "application/pdf" and kept.name == "宿舍.pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    answer.close()


def test_the_same_form_twice_is_one_case(door: Sender) -> None:
    door.taken({})
    door.taken({"words": WORDS + "！"})
    assert Case.objects.get().words == WORDS
    assert re.fullmatch(f"say-{KEY}", Submission.objects.get().key)


TOO_MUCH = {
    "too many fields": b"&".join(b"a%d=1" % n for n in range(1500)),
    "six megabytes of words": b"words=" + b"x" * 6_000_000,
}


def test_more_than_any_form_holds_is_said_plainly(door: Sender) -> None:
    for body in TOO_MUCH.values():
        assert "太大了，没收下" in door.raw(body, status=413).content.decode()
    assert not Case.objects.exists()


NO_FORMS = [
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=edge", b"--edge\r\nContent-Disposition: form-data; name"),
    ("application/json", b'{"words": "\\ud800"}'),
    ("text/plain", b"\xff\xfe\x00"),
]


def test_a_body_that_is_no_form_makes_nothing_and_breaks_nothing(door: Sender) -> None:
    for kind, body in NO_FORMS:
        assert door.client.post(door.path, body, content_type=kind).status_code in (200, 400, 422)
    assert not Case.objects.exists()


def test_a_nul_in_an_address_is_no_reason_to_break(park: World, client: Client) -> None:
    """PostgreSQL refuses to look for a NUL, which must not become our error page."""
    signed_in(client, park.officer)
    for path in ("/f/a%00b", "/t/a%00b", "/task/a%00", "/file/%00", "/desk/KM%00", "/services/%00"):
        assert client.get(path).status_code == 404, path
    for path in ("/say", "/desk/", "/services/", "/board", "/manage/people/"):
        for name in ("service", "words", "place", "q", "month", "state", "owner"):
            assert client.get(f"{path}?{name}=%00").status_code < 500, f"{path} {name}"


def test_a_cookie_that_is_nonsense_is_passed_over(park: World, client: Client) -> None:
    for cookie in ("sessionid", "device", "community", "csrftoken", "django_language"):
        for value in ("a" * 4000, "\\000", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")):
            client.cookies[cookie] = value
            assert client.get("/say").status_code == 200
