"""Workers' way in: a phone, a code, and whoever tries to get in without them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kaimen.foundation import sign_in_codes
from kaimen.foundation.models import Account, AuditEntry, Consent, Person, SignInCode
from tests.foundation.cast import Cast, build

pytestmark = pytest.mark.django_db
UNKNOWN = "13911112222"


@pytest.fixture
def cast() -> Cast:
    return build()


def ask(client: Client, phone: str, **more: str) -> Any:
    return client.post(reverse("sign_in"), {"phone": phone, "agree": "on", **more})


def shown_code(client: Client) -> str:
    page = client.get(reverse("sign_in_code")).content.decode()
    found = re.search(r"验证码是 (\d{6})", page)
    assert found, page
    return found[1]


def enter(client: Client, code: str) -> Any:
    return client.post(reverse("sign_in_code"), {"code": code})


def signed_in_as(client: Client) -> Person | None:
    pk = client.session.get("_auth_user_id")
    return Account.objects.get(pk=pk).person if pk else None


def test_a_known_worker_gets_in_and_consent_is_kept_once(cast: Cast, client: Client) -> None:
    for _ in range(2):
        assert ask(client, "138 0000-0001").status_code == 302
        assert enter(client, shown_code(client)).url == reverse("home")
        assert signed_in_as(client) == cast.worker
        client.post(reverse("sign_out"))
        assert signed_in_as(client) is None
        SignInCode.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    assert Consent.objects.filter(person=cast.worker).count() == 1
    assert Account.objects.filter(person=cast.worker).count() == 1
    assert AuditEntry.objects.filter(verb="account.sign_in", actor=cast.worker).count() == 2


def test_an_unknown_phone_becomes_a_person_only_after_the_code(client: Client) -> None:
    ask(client, UNKNOWN)
    assert not Person.objects.exists()
    enter(client, shown_code(client))
    person = signed_in_as(client)
    assert person is not None
    assert person.phone == UNKNOWN


def test_the_answer_does_not_say_whether_a_phone_is_known(cast: Cast) -> None:
    known, unknown = Client(), Client()
    answers = [ask(known, "13800000001"), ask(unknown, UNKNOWN)]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, reverse("sign_in_code"))}
    again = [ask(known, "13800000001"), ask(unknown, UNKNOWN)]
    texts = [
        re.sub(r'(value|aria-\w+)="[^"]*"|"X-CSRFToken": "\w+"', "", answer.content.decode())
        for answer in again
    ]
    assert texts[0] == texts[1], "the limit, too, reads the same"


def test_without_consent_no_code_is_sent(client: Client) -> None:
    assert client.post(reverse("sign_in"), {"phone": UNKNOWN}).status_code == 200
    assert not SignInCode.objects.exists()


def test_neither_phone_nor_code_is_stored_in_the_clear(client: Client) -> None:
    ask(client, UNKNOWN)
    code = shown_code(client)
    row = SignInCode.objects.values().get()
    assert UNKNOWN not in str(row)
    assert code not in (row["code_digest"], row["phone_digest"])
    assert UNKNOWN not in str(dict(client.session))


def test_five_wrong_guesses_end_a_code(client: Client) -> None:
    ask(client, UNKNOWN)
    code = shown_code(client)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert enter(client, wrong).status_code == 200
    enter(client, code)
    assert signed_in_as(client) is None


def test_a_code_works_once_and_not_in_another_browser(client: Client) -> None:
    ask(client, UNKNOWN)
    code = shown_code(client)
    other = Client()
    assert enter(other, code).url == reverse("sign_in")
    enter(client, code)
    row = SignInCode.objects.get()
    assert not sign_in_codes.check_code(pk=row.pk, phone=UNKNOWN, code=code, now=timezone.now())


def test_a_code_ends_after_five_minutes() -> None:
    now = timezone.now()
    issued = sign_in_codes.issue_code(phone=UNKNOWN, address="192.0.2.1", now=now)
    late = now + timedelta(minutes=5)
    assert not sign_in_codes.check_code(pk=issued.row.pk, phone=UNKNOWN, code=issued.code, now=late)
    assert sign_in_codes.check_code(
        pk=issued.row.pk, phone=UNKNOWN, code=issued.code, now=late - timedelta(seconds=1)
    )


def test_a_newer_code_ends_the_older() -> None:
    now = timezone.now()
    first = sign_in_codes.issue_code(phone=UNKNOWN, address="192.0.2.1", now=now)
    later = now + timedelta(minutes=2)
    sign_in_codes.issue_code(phone=UNKNOWN, address="192.0.2.1", now=later)
    assert not sign_in_codes.check_code(pk=first.row.pk, phone=UNKNOWN, code=first.code, now=later)


def test_one_code_a_minute_and_five_an_hour_for_a_phone() -> None:
    now = timezone.now()
    sign_in_codes.issue_code(phone=UNKNOWN, address="192.0.2.1", now=now)
    with pytest.raises(sign_in_codes.TooMany) as limit:
        sign_in_codes.issue_code(phone=UNKNOWN, address="192.0.2.2", now=now + timedelta(seconds=59))
    assert limit.value.minutes == 1
    for minute in range(2, 6):
        sign_in_codes.issue_code(phone=UNKNOWN, address="192.0.2.1", now=now + timedelta(minutes=minute))
    with pytest.raises(sign_in_codes.TooMany) as limit:
        sign_in_codes.issue_code(phone=UNKNOWN, address="192.0.2.1", now=now + timedelta(minutes=9))
    assert limit.value.minutes == 60


def test_a_factory_address_may_ask_sixty_times_an_hour() -> None:
    now = timezone.now()
    for number in range(60):
        sign_in_codes.issue_code(phone=f"139000000{number:02d}", address="192.0.2.9", now=now)
    with pytest.raises(sign_in_codes.TooMany):
        sign_in_codes.issue_code(phone="13900000099", address="192.0.2.9", now=now)
    sign_in_codes.issue_code(phone="13900000099", address="192.0.2.10", now=now)


def test_old_codes_are_forgotten() -> None:
    now = timezone.now()
    sign_in_codes.issue_code(phone=UNKNOWN, address="192.0.2.1", now=now - timedelta(days=2))
    sign_in_codes.issue_code(phone=UNKNOWN, address="192.0.2.1", now=now)
    assert sign_in_codes.forget_old_codes(now) == 1


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/me", "/me"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("me", "/"),
    ],
)
def test_next_leads_only_to_this_site(client: Client, wanted: str, goes_to: str) -> None:
    ask(client, UNKNOWN, next=wanted)
    assert enter(client, shown_code(client)).url == goes_to


def test_signing_in_changes_the_session_key(client: Client) -> None:
    ask(client, UNKNOWN)
    code = shown_code(client)
    before = client.session.session_key
    enter(client, code)
    assert client.session.session_key != before
    planted = Client()
    planted.cookies["sessionid"] = before
    assert signed_in_as(planted) is None


def test_staff_do_not_get_in_by_phone_alone(cast: Cast, client: Client) -> None:
    ask(client, cast.officer.phone)
    assert enter(client, shown_code(client)).status_code == 403
    assert signed_in_as(client) is None


def test_a_stopped_account_does_not_get_in(cast: Cast, client: Client) -> None:
    account = sign_in_codes.open_account(person=cast.worker)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    ask(client, cast.worker.phone)
    assert enter(client, shown_code(client)).status_code == 403
    assert signed_in_as(client) is None


def test_without_a_gateway_the_page_says_so(client: Client, settings: Any) -> None:
    settings.SMS_ADAPTER = "kaimen.foundation.sms.Unavailable"
    answer = ask(client, UNKNOWN)
    assert answer.status_code == 200
    assert "短信现在发不出去" in answer.content.decode()


def test_outside_the_demo_no_code_shows_on_a_page(client: Client, settings: Any) -> None:
    ask(client, UNKNOWN)
    assert 'id="shown"' in client.get(reverse("sign_in_code")).content.decode()
    settings.DEMO = False
    assert 'id="shown"' not in client.get(reverse("sign_in_code")).content.decode()


def test_one_press_plays_a_demo_person_and_only_in_the_demo(
    cast: Cast, client: Client, settings: Any
) -> None:
    Person.objects.filter(pk=cast.officer.pk).update(is_demo=True)
    press = reverse("sign_in_as", args=[cast.officer.pk])
    assert press in client.get(reverse("sign_in")).content.decode()
    assert client.get(press).status_code == 405
    assert client.post(reverse("sign_in_as", args=[cast.worker.pk])).status_code == 404, "not a demo person"
    settings.DEMO = False
    assert press not in client.get(reverse("sign_in")).content.decode()
    assert client.post(press).status_code == 404
    assert signed_in_as(client) is None
    settings.DEMO = True
    assert client.post(press).status_code == 302
    assert signed_in_as(client) == cast.officer


def test_one_press_from_one_role_to_the_next(cast: Cast, client: Client) -> None:
    Person.objects.update(is_demo=True)
    for person in (cast.worker, cast.manager, cast.officer):
        client.post(reverse("sign_in_as", args=[person.pk]))
        assert signed_in_as(client) == person


def test_signing_out_needs_a_press(cast: Cast) -> None:
    client = cast.client(cast.worker)
    assert client.get(reverse("sign_out")).status_code == 200
    assert signed_in_as(client) == cast.worker
    client.post(reverse("sign_out"))
    assert signed_in_as(client) is None
