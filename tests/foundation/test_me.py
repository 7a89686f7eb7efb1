"""My data: seen, corrected, taken along, deleted; and who read it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kaimen.foundation import audit, my_data
from kaimen.foundation.enums import ConsentKind
from kaimen.foundation.models import Account, Consent, DataRead, Notice, Person
from kaimen.foundation.notices import notify
from kaimen.foundation.organisations import phone_digest
from tests.foundation.cast import Cast, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return build()


def page(client: Client, name: str = "me") -> str:
    return client.get(reverse(name)).content.decode()


@pytest.mark.parametrize("name", ["me", "me_erase", "notices"])
def test_strangers_are_sent_to_sign_in_and_back(client: Client, name: str) -> None:
    assert client.get(reverse(name)).url == f"{reverse('sign_in')}?next={reverse(name)}"


@pytest.mark.parametrize("name", ["me_export", "elder_mode", "notices_read"])
def test_strangers_cannot_press(client: Client, name: str) -> None:
    answer = client.post(reverse(name))
    assert answer.status_code == 403
    assert reverse("sign_in") in answer.content.decode()


def test_numbers_are_masked_even_to_their_owner(cast: Cast) -> None:
    text = page(cast.client(cast.worker))
    assert "138****0001" in text
    assert "13800000001" not in text
    assert "示例firm" in text


def test_name_and_mail_are_corrected(cast: Cast) -> None:
    client = cast.client(cast.worker)
    client.post(reverse("me"), {"name": "示例新名", "email": "new@example.org"})
    cast.worker.refresh_from_db()
    assert (cast.worker.name, cast.worker.email) == ("示例新名", "new@example.org")
    assert client.post(reverse("me"), {"name": "", "email": ""}).status_code == 200
    cast.worker.refresh_from_db()
    assert cast.worker.name == "示例新名"


def test_who_read_me_is_shown_by_pages(cast: Cast) -> None:
    for _ in range(21):
        audit.record_read(person=cast.worker, reader=cast.officer, what="phone", purpose="call_back")
    client = cast.client(cast.worker)
    first = page(client)
    assert first.count("看了手机号 · 要回电话") == 20
    assert client.get(reverse("me"), {"page": 2}).content.decode().count("看了手机号") == 1
    assert "看了手机号" not in page(cast.client(cast.outsider))


def test_reading_ones_own_data_is_no_reading(cast: Cast) -> None:
    audit.record_read(person=cast.worker, reader=cast.worker, what="phone", purpose="verify")
    assert not DataRead.objects.exists()


def test_elder_mode_is_kept_with_the_person(cast: Cast) -> None:
    client = cast.client(cast.worker)
    assert client.post(reverse("elder_mode"), {"on": "1"}).cookies["elder"].value == "1"
    cast.worker.refresh_from_db()
    assert cast.worker.elder_mode


def test_consent_is_withdrawn_by_its_owner_only(cast: Cast) -> None:
    given = Consent.objects.create(person=cast.worker, kind=ConsentKind.PERSONAL_DATA, text_version="1")
    url = reverse("consent_withdraw", args=[given.pk])
    cast.client(cast.outsider).post(url)
    given.refresh_from_db()
    assert given.withdrawn_at is None
    cast.client(cast.worker).post(url)
    given.refresh_from_db()
    assert given.withdrawn_at is not None


def test_the_export_holds_everything_and_nobody_elses(cast: Cast) -> None:
    audit.record_read(person=cast.worker, reader=cast.officer, what="phone", purpose="call_back")
    notify(person=cast.worker, code="answered", params={"title": "停车"})
    answer = cast.client(cast.worker).post(reverse("me_export"))
    held = answer.json()
    assert held["person"]["phone"] == "13800000001"
    assert held["employments"][0]["organisation"] == "示例firm"
    assert held["read_by"][0]["reader"] == cast.officer.name
    assert held["notices"][0]["code"] == "answered"
    assert set(my_data.HOLDINGS) <= set(held)
    assert "attachment" in answer["Content-Disposition"]
    assert cast.outsider.phone not in answer.content.decode()


def test_deletion_takes_all_that_identifies(cast: Cast) -> None:
    client, other = cast.client(cast.worker), cast.client(cast.worker)
    notify(person=cast.worker, code="answered", params={})
    assert client.post(reverse("me_erase")).status_code == 200, "not without being sure"
    cast.worker.refresh_from_db()
    assert cast.worker.phone
    client.post(reverse("me_erase"), {"sure": "1"})
    gone = Person.objects.get(pk=cast.worker.pk)
    assert (gone.name, gone.phone, gone.phone_digest, gone.email) == ("已注销", "", "", "")
    assert not Notice.objects.filter(person=gone).exists()
    assert not gone.employments.exists()
    assert not Account.objects.get(person=gone).is_active
    for browser in (client, other):
        assert browser.get(reverse("me")).status_code == 302
    assert not Person.objects.filter(phone_digest=phone_digest("13800000001")).exists()


def test_whoever_holds_a_role_is_told_why_not_yet(cast: Cast) -> None:
    client = cast.client(cast.officer)
    assert "先请管理员收回角色" in page(client, "me_erase")
    client.post(reverse("me_erase"), {"sure": "1"})
    cast.officer.refresh_from_db()
    assert cast.officer.phone


def test_an_open_matter_holds_deletion_up(cast: Cast, monkeypatch: Any) -> None:
    room = my_data.Holding(
        name="room", export=lambda p: [], open_matters=lambda p: ["一件没办完的"], erase=lambda p: None
    )
    monkeypatch.setitem(my_data.HOLDINGS, "room", room)
    assert "一件没办完的" in page(cast.client(cast.worker), "me_erase")
    with pytest.raises(my_data.NotYet):
        my_data.erase(person=cast.worker, by=cast.worker, now=timezone.now())


def test_a_notice_is_read_by_opening_it_and_leads_on(cast: Cast) -> None:
    notify(person=cast.worker, code="answered", link="/t/abc", params={"title": "停车"})
    notice = Notice.objects.get()
    client = cast.client(cast.worker)
    assert "“停车”有答复了" in page(client, "notices")
    cast.client(cast.outsider).post(reverse("notice_read", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.read_at is None, "not by somebody else"
    assert client.post(reverse("notice_read", args=[notice.pk])).url == "/t/abc"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_notice_never_leads_away(cast: Cast) -> None:
    notify(person=cast.worker, code="answered", link="//evil.example/")
    notice = Notice.objects.get()
    answer = cast.client(cast.worker).post(reverse("notice_read", args=[notice.pk]))
    assert answer.url == reverse("notices")


def test_all_read_at_once_and_only_mine(cast: Cast) -> None:
    notify(person=cast.worker, code="answered")
    notify(person=cast.outsider, code="answered")
    cast.client(cast.worker).post(reverse("notices_read"))
    assert list(Notice.objects.filter(read_at=None).values_list("person", flat=True)) == [cast.outsider.pk]


def test_unread_notices_are_counted_on_every_page_until_read(cast: Cast) -> None:
    client = cast.client(cast.worker)
    assert "没看的通知" not in page(client)
    for _ in range(3):
        notify(person=cast.worker, code="answered")
    assert "没看的通知</span>3" in page(client)
    client.post(reverse("notices_read"))
    assert "没看的通知" not in page(client)
