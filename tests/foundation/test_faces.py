"""A face for who answers: put up by its person or their manager, cut square, found only while it is shown."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from kaimen.foundation import faces, files, my_data
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Attachment, AuditEntry, Notice, Person
from kaimen.foundation.organisations import give_role
from kaimen.foundation.staff import NotAllowed
from tests.foundation.cast import Cast, build
from tests.foundation.test_files import on_disk, photo, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def cast() -> Cast:
    return build()


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def seen(answer: Any) -> bytes:
    """Read to the end, which closes the file."""
    return b"".join(answer.streaming_content)


def portrait(top: str = "white", bottom: str = "black") -> bytes:
    """600 × 1200: two halves, so that one sees which part of it was kept."""
    picture = Image.new("RGB", (600, 1200), top)
    picture.paste(bottom, (0, 700, 600, 1200))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def test_my_face_is_cut_to_a_square_around_the_head(cast: Cast, client: Client) -> None:
    mine = cast.client(cast.officer)
    mine.post(reverse("me_face"), {"face": upload("我.jpg", portrait())})
    url = fresh(cast.officer).face_url
    answer = client.get(url)  # whoever says a need sees it, without signing in
    assert answer["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(seen(answer))) as shown:
        assert shown.size == (files.FACE_SIDE, files.FACE_SIDE)
        below = [y for y in range(files.FACE_SIDE) if shown.getpixel((200, y))[0] < 128]
    assert min(below) > files.FACE_SIDE * 0.7  # the upper part: of 600 rows from 210 on, black begins at 490
    assert "我" not in answer["Content-Disposition"]
    assert f'src="{url}"' in mine.get(reverse("me")).content.decode()


def test_a_small_picture_is_not_blown_up(cast: Cast) -> None:
    faces.put_up(person=cast.officer, upload=upload("a.png", photo((120, 90), kind="PNG")), by=cast.officer)
    assert (cast.officer.photo.width, cast.officer.photo.height) == (90, 90)  # type: ignore[union-attr]


def test_a_new_face_ends_the_link_to_the_former(
    cast: Cast, client: Client, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    def put_up() -> str:
        with django_capture_on_commit_callbacks(execute=True):
            faces.put_up(person=cast.officer, upload=upload("a.jpg", photo()), by=cast.officer)
        return cast.officer.face_url

    first, second = put_up(), put_up()
    assert client.get(first).status_code == 404
    assert seen(client.get(second))[:2] == b"\xff\xd8"
    assert len(on_disk(media)) == Attachment.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        cast.client(cast.officer).post(reverse("me_face_drop"))
    assert fresh(cast.officer).face_url == ""
    assert client.get(second).status_code == 404
    assert not on_disk(media)


def test_no_other_file_is_reached_as_a_face(client: Client) -> None:
    kept = files.accept(upload("宿舍.jpg", photo()), by=None)
    assert client.get(f"/face/{kept.token}").status_code == 404


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"PK\x03\x04"]
)
def test_what_is_no_photo_is_refused_in_words(cast: Cast, media: Path, content: bytes) -> None:
    page = cast.client(cast.officer).post(reverse("me_face"), {"face": upload("我.jpg", content)})
    assert "“我.jpg”不是照片" in page.content.decode()
    assert not on_disk(media)
    assert fresh(cast.officer).photo is None


def test_nothing_chosen_is_said(cast: Cast) -> None:
    page = cast.client(cast.officer).post(reverse("me_face"))
    assert "先选一张照片" in page.content.decode()


def test_a_workers_picture_is_not_asked_for(cast: Cast) -> None:
    mine = cast.client(cast.worker)
    assert "me/face" not in mine.get(reverse("me")).content.decode()
    assert mine.post(reverse("me_face"), {"face": upload("a.jpg", photo())}).status_code == 403
    with pytest.raises(NotAllowed, match="no_face"):
        faces.put_up(person=cast.worker, upload=upload("a.jpg", photo()), by=cast.manager)


def test_a_manager_puts_it_up_and_its_person_hears(cast: Cast) -> None:
    office = cast.client(cast.manager)
    office.post(reverse("manage_face", args=[cast.officer.pk]), {"face": upload("a.jpg", photo())})
    url = fresh(cast.officer).face_url
    assert url and url in office.get(reverse("manage_person", args=[cast.officer.pk])).content.decode()
    office.post(reverse("manage_face_drop", args=[cast.officer.pk]))
    assert fresh(cast.officer).face_url == ""
    told = Notice.objects.filter(person=cast.officer).order_by("pk").values_list("code", flat=True)
    assert list(told) == ["face_put_up", "face_taken_down"]
    verbs = AuditEntry.objects.filter(actor=cast.manager).values_list("verb", flat=True)
    assert {"person.face", "person.face_drop"} <= set(verbs)


def test_a_manager_is_told_what_is_wrong_with_the_file(cast: Cast) -> None:
    office = cast.client(cast.manager)
    page = office.post(reverse("manage_face", args=[cast.officer.pk]), {"face": upload("a.txt", b"hello")})
    assert "“a.txt”不是照片" in page.content.decode()


def test_nobody_changes_the_face_of_who_stands_higher(cast: Cast) -> None:
    """The officer also holds a role of the federation: the community's manager sees them, and leaves them alone."""
    give_role(person=cast.officer, kind=RoleKind.SUPERVISOR, organisation=cast.federation, by=None)
    office = cast.client(cast.manager)
    assert "/face" not in office.get(reverse("manage_person", args=[cast.officer.pk])).content.decode()
    office.post(reverse("manage_face", args=[cast.officer.pk]), {"face": upload("a.jpg", photo())})
    assert fresh(cast.officer).photo is None
    assert office.post(reverse("manage_face", args=[cast.outsider.pk])).status_code == 404


def test_the_face_goes_along_with_my_data_and_with_my_deletion(
    cast: Cast, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    officer = cast.officer
    faces.put_up(person=officer, upload=upload("a.jpg", photo()), by=officer)
    taken = my_data.export(officer)["person"]["photo_jpeg_base64"]
    assert base64.b64decode(taken)[:2] == b"\xff\xd8"
    officer.roles.update(active=False)
    with django_capture_on_commit_callbacks(execute=True):
        my_data.erase(person=fresh(officer), by=officer, now=timezone.now())
    assert fresh(officer).photo is None
    assert not on_disk(media)
