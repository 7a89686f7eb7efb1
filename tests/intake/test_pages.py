"""The box, with and without JavaScript: what was written is never lost, what was said has an owner."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from kaimen.cases.enums import Channel
from kaimen.cases.links import track_path
from kaimen.cases.models import Case, CaseAttachment
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Attachment, Consent, Person, Place, Role
from kaimen.intake.actions import knock, make_form_link, stop_form_link
from kaimen.intake.models import FormLink, Submission, Visit
from tests.cast import World, signed_in

WORDS = "东门早上没地方停车"
KEY = "k" * 24
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TRIGGER_NAME": "words"}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def confirm(client: Client, **more: Any) -> Any:
    return client.post("/say/confirm", {"key": KEY, "words": WORDS} | more)


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "JPEG")
    return SimpleUploadedFile("a.jpg", out.getvalue())


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_say_then_confirm_then_the_tracking_link(park: World, client: Client) -> None:
    page = client.get("/say").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    done = client.post("/say/confirm", {"key": key[1], "words": WORDS, "files": photo()})
    case = Case.objects.get()
    assert done.status_code == 302 and done["Location"] == track_path(case)
    assert (case.words, case.channel) == (WORDS, Channel.WEB)
    assert CaseAttachment.objects.filter(case=case).count() == 1
    again = client.post("/say/confirm", {"key": key[1], "words": WORDS})
    assert again["Location"] == done["Location"]
    assert Case.objects.count() == 1


def test_a_guessed_key_does_not_open_somebody_elses_case(park: World, client: Client) -> None:
    theirs = knock(key="import-1", community=park.community, words=WORDS, channel=Channel.IMPORT, by=None)
    for key in ("import-1", "say-import-1", "", "1"):
        answer = client.post("/say/confirm", {"key": key, "words": "食堂周末不开门"})
        assert answer["Location"] != track_path(theirs)
    assert Case.objects.count() == 5


def test_the_fragment_under_the_box_has_no_page_around_it(park: World, client: Client) -> None:
    fragment = client.post("/say/suggest", {"words": WORDS}, **HTMX).content.decode()
    assert "<html" not in fragment
    assert park.service.name in fragment
    assert "示例" in fragment  # the owner
    whole = client.post("/say", {"words": WORDS}).content.decode()
    assert "<html" in whole and park.service.name in whole and WORDS in whole
    assert client.get("/say/suggest").status_code == 405  # words never stand in an address


def test_our_guess_follows_the_words_and_a_choice_of_ones_own_stays(park: World, client: Client) -> None:
    given = {"words": "孩子上学的事怎么报名", "service": park.service.key}
    guessed = client.post("/say/suggest", given | {"picked": ""}, **HTMX)
    assert guessed.context["suggestion"].service != park.service
    chosen = client.post("/say/suggest", given | {"picked": park.service.key}, **HTMX)
    assert chosen.context["suggestion"].service == park.service
    assert f'value="{park.service.key}"' in chosen.content.decode()


@pytest.mark.parametrize("place", ["9" * 40, "x", "-1", "²"])
def test_a_place_that_is_none_is_passed_over(park: World, client: Client, place: str) -> None:
    assert client.post("/say/suggest", {"words": WORDS, "place": place}, **HTMX).status_code == 200


def test_who_was_quicker_than_the_suggestions_gets_what_they_would_have_said(
    park: World, client: Client
) -> None:
    confirm(client, words="停车")
    assert Case.objects.get().service == park.service


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"phone": "1380000"}, "手机号是 11 位"),
        ({"phone": "13800000001"}, "打个勾"),
        ({"name": "示例周"}, "打个勾"),
        ({"files": SimpleUploadedFile("a.svg", b"<svg><script/></svg>")}, "收不了"),
    ],
)
def test_a_refusal_keeps_the_words(
    park: World, client: Client, media: Path, wrong: dict[str, Any], message: str
) -> None:
    answer = confirm(client, **wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page and WORDS in page and KEY in page
    assert not Case.objects.exists()
    assert not on_disk(media)


def test_a_bad_photo_takes_back_the_good_one_beside_it(park: World, client: Client, media: Path) -> None:
    answer = confirm(client, files=[photo(), SimpleUploadedFile("b.jpg", b"<svg/>")])
    assert answer.status_code == 422
    assert not on_disk(media) and not Attachment.objects.exists()


def test_a_phone_with_consent_is_kept_and_the_consent_too(park: World, client: Client) -> None:
    confirm(client, phone="138 0000 0001", name="示例周", consent="on")
    case = Case.objects.get()
    assert (case.asker_phone, case.asker_name) == ("13800000001", "示例周")
    assert Consent.objects.get().reference == case.number


def test_nobody_to_own_it_is_said_and_the_words_stay(park: World, client: Client, media: Path) -> None:
    Role.objects.update(active=False)
    answer = confirm(client, files=photo())
    assert answer.status_code == 422
    assert "打社区电话" in answer.content.decode() and WORDS in answer.content.decode()
    assert not on_disk(media)


def test_a_stopped_form_is_gone_and_a_running_one_says_where_it_hangs(park: World, client: Client) -> None:
    link = make_form_link(
        community=park.community, name="东门", by=park.officer, enterprise=park.firm, service=park.service
    )
    client.post(f"/f/{link.token}", {"key": KEY, "words": WORDS})
    case = Case.objects.get()
    assert (case.channel, case.enterprise, case.service) == (Channel.FORM, park.firm, park.service)
    assert Submission.objects.get().form == link
    stop_form_link(form=link, by=park.officer)
    assert client.get(f"/f/{link.token}").status_code == 410
    assert client.post(f"/f/{link.token}", {"key": "x" * 24, "words": WORDS}).status_code == 410
    assert Case.objects.count() == 1
    assert client.get("/f/nothing").status_code == 404


def test_joining_by_the_signed_handle_only(park: World, client: Client) -> None:
    first = park.case(words="宿舍热水晚上十点就停", now=timezone.now())
    page = client.post("/say", {"words": "宿舍热水晚上十点就停"}).content.decode()
    handle = re.search(r'name="join" value="([^"]+)"', page)
    assert handle
    confirm(client, words="宿舍热水晚上十点就停", join=handle[1])
    assert park.fresh(first).group is not None
    confirm(client, key="f" * 24, join=str(first.pk))
    assert Case.objects.filter(group=None).count() == 1


class TestStaff:
    def test_an_officer_writes_it_down(self, park: World, client: Client) -> None:
        page = signed_in(client, park.officer)
        form = {"key": KEY, "words": WORDS, "channel": "phone", "enterprise": park.firm.pk, "urgent": "on"}
        assert page.post("/take", form).status_code == 302
        case = Case.objects.get()
        assert (case.channel, case.enterprise, case.urgent) == (Channel.PHONE, park.firm, True)
        assert Submission.objects.get().taken_by == park.officer

    def test_a_visit_sent_twice_is_one(self, park: World, client: Client) -> None:
        page = signed_in(client, park.officer)
        form = {
            "key": KEY,
            "organisation": park.firm.pk,
            "on": "2026-03-02",
            "needs": "食堂周末不开\n\n班车太早",
        }
        for _ in range(2):
            assert page.post("/visits/", form).status_code == 302
        assert Visit.objects.count() == 1
        assert set(Case.objects.values_list("words", flat=True)) == {"食堂周末不开", "班车太早"}

    def test_a_bad_line_of_a_visit_is_named_and_nothing_is_kept(self, park: World, client: Client) -> None:
        form = {"key": KEY, "organisation": park.firm.pk, "on": "2026-03-02", "needs": "食堂周末不开\n？？"}
        answer = signed_in(client, park.officer).post("/visits/", form)
        assert answer.status_code == 422 and "第 2 行" in answer.content.decode()
        assert not Visit.objects.exists()

    @pytest.mark.parametrize("who", ["worker", "handler", "chair", "manager", "worker_elsewhere"])
    @pytest.mark.parametrize("page", ["/take", "/visits/", "/forms/"])
    def test_only_officers_and_supervisors(self, park: World, client: Client, who: str, page: str) -> None:
        assert client.get(page).status_code == 302
        assert signed_in(client, getattr(park, who)).get(page).status_code == 403
        assert signed_in(client, park.officer).get(page).status_code == 200

    def test_a_form_is_made_and_stopped(self, park: World, client: Client) -> None:
        page = signed_in(client, park.officer)
        assert page.post("/forms/", {"name": "东门"}).status_code == 302
        link = FormLink.objects.get()
        assert "<svg" in page.get(f"/forms/{link.pk}/poster").content.decode()
        page.post(f"/forms/{link.pk}/stop")
        assert not FormLink.objects.get().active


@pytest.mark.parametrize(
    "given",
    [
        {"words": "西门早上没地方停车"},
        {"words": "早上没地方停车"},
        {"words": "西门早上没地方停车", "place_text": "靠北一点"},
        {"words": "西门和东门早上都没地方停车"},
        {"words": "早上没地方停车", "place": "west"},
        {"words": "工地" * 240 + "西门早上没地方停车"},
    ],
)
def test_who_is_shown_is_who_will_own_it(park: World, client: Client, given: dict[str, str]) -> None:
    """Somebody else's area is named: the page and the case find the same person for it."""
    for key, name in (("east", "东门"), ("west", "西门")):
        Place.objects.create(community=park.community, key=key, name=name, area=name)
    Role.objects.filter(person=park.officer).update(areas=["东门"])
    other = Person.objects.create(name="示例西")
    Role.objects.create(person=other, kind=RoleKind.OFFICER, organisation=park.community, areas=["西门"])
    if "place" in given:
        given = given | {"place": str(Place.objects.get(key=given["place"]).pk)}
    page = client.post("/say/suggest", {"words": "", **given}, **HTMX)
    shown = page.context["suggestion"].owner.person
    confirm(client, **given)
    case = Case.objects.get()
    assert shown == case.owner
    if given["words"].endswith("没地方停车") and "和" not in given["words"] and "place_text" not in given:
        assert (case.owner == other) == ("西门" in given["words"] or "place" in given)
