"""A network address that says very much: a script with invented phones stops there, a factory's people go on."""

import re
from typing import Any

import pytest
from django.test import Client

from kaimen.cases.models import Case
from kaimen.foundation.fields import digest
from kaimen.foundation.models import Place
from kaimen.intake.actions import Asker, NotTaken, knock
from kaimen.intake.senders import Sender
from kaimen.logic.flood import Limits
from tests.cast import World, signed_in

LIMIT = Limits().address_hour
HERE = digest("127.0.0.1", "address")
WORDS = "东门早上没地方停车"


@pytest.fixture(autouse=True)
def screen(settings: Any) -> None:
    settings.DEMO = True
    settings.SMS_ADAPTER = "kaimen.foundation.sms.Screen"


@pytest.fixture
def full(park: World) -> World:
    """The address has said as much as is taken without asking."""
    for n in range(LIMIT):
        sender = Sender(address_digest=HERE, device_digest=f"d{n}")
        knock(
            key=f"before-{n}",
            community=park.community,
            words=WORDS,
            channel="web",
            by=None,
            sender=sender,
            asker=Asker(),
        )
    return park


def say(client: Client, n: int, **more: str) -> Any:
    given = {"key": f"{n:024}", "words": f"{WORDS}，第{n}回", "phone": "13900000001", "consent": "on"}
    return client.post("/say/confirm", given | more)


def code_on(page: Any) -> str:
    found = re.search(r"验证码是 (\d{6})", page.content.decode())
    assert found
    return found[1]


def test_a_script_that_drops_cookies_and_invents_phones_stops_at_the_address(full: World) -> None:
    for n in range(5):
        answer = say(Client(), n, phone=f"139000000{n:02}")
        assert answer.status_code == 422
        assert "短信里的 6 位数字" in answer.content.decode()
        again = say(
            Client(), n, phone=f"139000000{n:02}", code=code_on(answer)
        )  # without the session it is nothing
        assert again.status_code == 422
    assert Case.objects.count() == LIMIT


def test_who_confirms_goes_on_with_the_words_kept_and_is_asked_once(full: World, client: Client) -> None:
    asked = say(client, 1)
    assert f"{WORDS}，第1回" in asked.content.decode()
    code = code_on(asked)
    wrong = say(client, 1, code="000000" if code != "000000" else "111111")
    assert "数字不对" in wrong.content.decode()
    assert say(client, 1, code=code).status_code == 302
    assert say(client, 2).status_code == 302  # the browser remembers this phone
    other = say(client, 3, phone="13900000009")  # and no other
    assert other.status_code == 422 and "6 位数字" in other.content.decode()
    assert Case.objects.count() == LIMIT + 2


def test_a_code_is_not_used_up_when_the_house_has_changed_meanwhile(full: World, client: Client) -> None:
    """The need is then understood a second time (say_confirm)."""
    code = code_on(say(client, 1))
    Place.objects.create(community=full.community, key="gate", name="示例东门")
    assert say(client, 1, code=code).status_code == 302


def test_a_code_for_one_phone_confirms_no_other(full: World, client: Client) -> None:
    code = code_on(say(client, 1))
    assert say(client, 1, phone="13900000002", code=code).status_code == 422
    assert Case.objects.count() == LIMIT


def test_a_phone_whose_code_went_to_another_browser_is_not_asked_for_it_here(
    full: World, client: Client
) -> None:
    """This browser waits for a code of its own, to another phone."""
    say(Client(), 1, phone="13900000002")
    assert "6 位数字" in say(client, 2).content.decode()
    answer = say(client, 3, phone="13900000002").content.decode()
    assert "要得太快了" in answer


def test_a_confirmed_phone_has_its_own_limit(full: World, client: Client) -> None:
    say(client, 0, code=code_on(say(client, 0)))
    for n in range(1, 5):
        assert say(client, n).status_code == 302
    assert "好几件" in say(client, 6).content.decode()


def test_who_is_signed_in_has_confirmed_already(full: World, client: Client) -> None:
    signed_in(client, full.worker)
    assert say(client, 1).status_code == 302


def test_without_a_gateway_a_given_phone_has_to_do(full: World, client: Client, settings: Any) -> None:
    settings.SMS_ADAPTER = "kaimen.foundation.sms.Unavailable"
    assert say(client, 1).status_code == 302
    assert "留个手机号" in say(Client(), 2, phone="", consent="").content.decode()


def test_below_the_limit_nobody_is_asked(park: World, client: Client) -> None:
    assert say(client, 1).status_code == 302


def test_two_hundred_with_invented_phones_do_not_pass(full: World) -> None:
    for n in range(200):
        phone = f"139{n:08}"
        sender = Sender(address_digest=HERE, device_digest=f"x{n}", phone_digest=phone)
        with pytest.raises(NotTaken, match="ask_code"):
            knock(
                key=f"flood-{n}",
                community=full.community,
                words=WORDS,
                channel="web",
                by=None,
                sender=sender,
                asker=Asker(phone=phone),
            )


def test_a_browser_has_its_limit_however_many_phones_it_names(park: World, client: Client) -> None:
    """What the device's cookie is for; one that somebody wrote himself is none, and is replaced."""
    client.cookies["device"] = "written-by-myself:1abc:signature"
    seen = set()
    for n in range(1 + Limits().device_hour):  # the first comes without one
        assert say(client, n, phone=f"139000000{n:02}").status_code == 302
        seen.add(client.cookies["device"].value)
    assert len(seen) == 1
    assert "好几件" in say(client, 99, phone="13900000099").content.decode()
