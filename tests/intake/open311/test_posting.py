"""POST: a need through the same door, with a key, or one sentence that says what is missing."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from kaimen.cases.enums import Channel
from kaimen.cases.models import Case, TimelineEntry
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import AuditEntry, MachineKey, Notice, Place, Role
from kaimen.foundation.organisations import add_organisation
from kaimen.intake.models import Submission
from tests.cast import World
from tests.intake.open311.cast import BASE, get, key_for, parsed, post


def test_a_request_is_a_case_with_all_that_belongs_to_it(park: World) -> None:
    Place.objects.create(community=park.community, key="gate-east", name="东门")
    key = key_for(park)
    answer = post(
        key,
        description="  晚上没地方停车\u202e  ",
        address_string="3 号门旁",
        address_id="gate-east",
        lat="29.911",
        long="121.812",
        first_name="小满",
        last_name="示例林",
        phone="+86 138-0000-0009",
        email="someone@example.org",
        media_url="https://pictures.example/1.jpg",
        jurisdiction_id="park",
    )[0]
    case = Case.objects.get(number=answer["service_request_id"])
    assert case.words == "晚上没地方停车"
    assert case.channel == Channel.API
    assert (case.asker_name, case.asker_phone) == ("示例林小满", "13800000009")
    assert case.place and case.place.key == "gate-east"
    assert case.place_text == "3 号门旁 (29.91100,121.81200)"
    assert case.promises.count() == 2
    assert set(answer) == {"service_request_id", "service_notice", "account_id"}  # no token beside a number
    address = answer["service_notice"].rpartition("：")[2]
    assert address.startswith(settings.PUBLIC_URL)
    assert Client().get(address.removeprefix(settings.PUBLIC_URL)).status_code == 200
    machine = MachineKey.objects.get()
    assert Submission.objects.get(case=case).machine == machine
    assert AuditEntry.objects.get(verb="key.knock").params == {"case": case.pk}
    assert TimelineEntry.objects.get(case=case, code="more_given").text == "https://pictures.example/1.jpg"
    assert Notice.objects.filter(person=case.owner, code="case_received").exists()


def test_a_name_that_is_not_chinese_keeps_its_order(park: World) -> None:
    post(key_for(park), first_name="Ann", last_name="Example", phone="13800000009")
    assert Case.objects.get().asker_name == "Ann Example"


def test_who_wants_to_stay_unnamed_does(park: World) -> None:
    for said, kept in (("true", True), ("1", True), ("false", False), ("", False)):
        number = post(key_for(park), confidential=said)[0]["service_request_id"]
        assert Case.objects.get(number=number).confidential is kept


def test_where_nobody_could_own_it_that_is_said(park: World) -> None:
    key = key_for(park)
    Role.objects.filter(kind__in=["officer", "supervisor"]).update(active=False)
    assert "专员" in post(key, expect=400)[0]["description"] and not Case.objects.exists()


def test_xml_answers_xml(park: World) -> None:
    answer = post(key_for(park), kind="xml")
    assert answer.tag == "service_requests"
    assert answer[0].tag == "request"
    assert Case.objects.get().number == answer[0].findtext("service_request_id")
    refused = post("", kind="xml", expect=403)
    assert (refused.tag, refused[0].tag, refused[0].findtext("code")) == ("errors", "error", "403")


def test_the_same_need_twice_is_one_and_only_for_its_key(park: World) -> None:
    mine, other = key_for(park), key_for(park)
    first = post(mine, once="call-4711", media_url="https://pictures.example/1.jpg")
    assert post(mine, once="call-4711", media_url="https://pictures.example/1.jpg") == first
    assert post(other, once="call-4711") != first
    assert Case.objects.count() == 2
    assert TimelineEntry.objects.filter(code="more_given").count() == 1
    post(mine)
    post(mine)
    assert Case.objects.count() == 4


def test_a_cookie_is_not_a_key(park: World) -> None:
    client = Client(enforce_csrf_checks=True)
    from tests.cast import signed_in

    signed_in(client, park.officer)
    form = {"service_code": "parking", "description": "停车", "address_string": "东门"}
    assert client.post(f"{BASE}/requests.json", form).status_code == 403
    assert client.post(f"{BASE}/requests.json", form, headers={"X-Api-Key": key_for(park)}).status_code == 200


def test_the_key_must_be_allowed(park: World) -> None:
    assert post("", expect=403)[0]["code"] == 403
    assert "needs:write" in post(key_for(park, ("needs:read",)), expect=403)[0]["description"]
    other = add_organisation(
        key="other", name="示例外区", kind=OrganisationKind.COMMUNITY, parent=park.federation, by=None
    )
    assert post(key_for(park), expect=403, jurisdiction_id="other")[0]["code"] == 403
    assert post(key_for(park), expect=400)[0]["code"] == 400  # which of the two?
    assert not Case.objects.exists()
    wide = key_for(park, organisation=other.parent, by=_manager_of(other.parent))
    assert post(wide, jurisdiction_id="park")


def _manager_of(organisation: Any) -> Any:
    from kaimen.foundation.enums import RoleKind
    from kaimen.foundation.organisations import add_person, give_role

    person = add_person(name="示例总管", by=None)
    give_role(person=person, kind=RoleKind.MANAGER, organisation=organisation, by=None)
    return person


@pytest.mark.parametrize(
    "form",
    [
        {"service_code": ""},
        {"description": ""},
        {"description": "。。。😀"},
        {"description": "停" * 2001},
        {"address_string": ""},
        {"address_string": "\u200b\u202e"},
        {"address_string": "东" * 121},
        {"address_id": "nowhere"},
        {"lat": "29.9"},
        {"lat": "29.9", "long": ""},
        {"lat": "nan", "long": "121"},
        {"lat": "1e400", "long": "121"},
        {"lat": "91", "long": "121"},
        {"lat": "29", "long": "181"},
        {"lat": "٢٩", "long": "121"},
        {"phone": "12345"},
        {"phone": "13800000009; drop"},
        {"first_name": "长" * 41},
        {"media_url": "javascript:alert(1)"},
        {"media_url": "file:///etc/passwd"},
        {"media_url": "http://[::1"},
        {"media_url": "ftp://pictures.example/1.jpg"},
        {"media_url": "https:///1.jpg"},
        {"media_url": "https://pictures.example/a b.jpg"},
        {"media_url": f"https://pictures.example/{'a' * 1000}"},
        {"attribute[colour]": "red"},
        {"attribute[enterprise]": "示例模具厂"},  # the service does not ask for it
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_kept(park: World, form: dict[str, str]) -> None:
    refused = post(key_for(park), expect=400, **form)
    assert refused[0]["code"] == 400
    assert len(refused[0]["description"]) > 5
    assert not Case.objects.exists()


def test_all_that_is_wrong_is_said_at_once(park: World) -> None:
    wrong = {
        "service_code": "nothing",
        "address_string": "",
        "phone": "12",
        "media_url": "x",
        "description": "。。",
    }
    refused = post(key_for(park), expect=400, **wrong)
    assert [error["code"] for error in refused] == [404, 400, 400, 400, 400]
    told = [error["description"] for error in refused]
    for about, said in zip(["service_code", "lat", "phone", "media_url", "description"], told, strict=True):
        assert about in said
    tree = post(key_for(park), expect=400, kind="xml", **wrong)
    assert [error.findtext("description") for error in tree.iter("error")] == told
    assert not Case.objects.exists()


def test_an_unknown_service_is_404(park: World) -> None:
    assert post(key_for(park), expect=404, service_code="nothing")[0]["code"] == 404
    assert post(key_for(park), expect=404, service_code="a\x00b")[0]["code"] == 404


def test_an_enterprise_is_found_by_its_name(park: World) -> None:
    park.service.audience = "enterprise"
    park.service.save()
    key = key_for(park)
    post(key, **{"attribute[enterprise]": " 示例模具厂 "})
    assert Case.objects.get().enterprise == park.firm
    post(key, expect=400, **{"attribute[enterprise]": "没有的厂"})


def test_limits_hold_per_key_per_phone_and_per_device(park: World) -> None:
    key = key_for(park, needs_per_hour=8)
    for _ in range(5):
        post(key, phone="13800000009")
    assert post(key, expect=429, phone="13800000009")[0]["code"] == 429
    for _ in range(3):
        post(key)
    assert post(key, expect=429)[0]["code"] == 429
    assert Case.objects.count() == 8
    wide = key_for(park)
    for _ in range(20):
        post(wide, device_id="one-phone")
    assert "手机号" in post(wide, expect=429, device_id="one-phone")[0]["description"]
    post(wide, device_id="another-phone")
    post(wide, device_id="one-phone", phone="13800000008")


def test_a_key_asks_so_often_in_a_minute(park: World) -> None:
    key = key_for(park, per_minute=2)
    minute = timezone.now().minute
    codes = [Client().get(f"{BASE}/requests.json", headers={"X-Api-Key": key}).status_code for _ in range(5)]
    if timezone.now().minute == minute:  # not over the end of a minute
        assert codes == [200, 200, 429, 429, 429]
    refused = Client().get(f"{BASE}/requests.json", headers={"X-Api-Key": key})
    if refused.status_code == 429:
        assert 1 <= int(refused["Retry-After"]) <= 60
        assert json.loads(refused.content)[0]["code"] == 429


def test_bodies_that_cannot_be_read(park: World) -> None:
    for content_type, body in (
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n'),
        ("application/x-www-form-urlencoded", b"a=%ff&" + b"b=1&" * 1100),
        ("application/x-www-form-urlencoded; charset=utf-16", "a=1".encode("utf-16")),
        ("application/json", b"{}"),
    ):
        answer = Client().generic("POST", f"{BASE}/requests.json", body, content_type)
        assert answer.status_code in (400, 403), content_type
        assert parsed(answer)[0]["code"] == answer.status_code


def test_nothing_of_a_person_is_in_an_address_we_print(park: World) -> None:
    key = key_for(park)
    post(key, phone="13800000009")
    assert "13800000009" not in str(get("/requests.json", key=key))


def test_what_xml_cannot_hold_does_not_break_the_answer(park: World) -> None:
    refused = post(key_for(park), kind="xml", expect=400, **{"attribute[\x01\ufffe<b>]": "x"})
    assert "attribute[<b>]" in (refused[0].findtext("description") or "")
