"""Staff's way in: password, second factor, limits, and the single-use link that starts it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from kaimen.foundation import staff
from kaimen.foundation.models import Account, AuditEntry
from tests.foundation.cast import PASSWORD, Cast, build

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return build()


def enter(client: Client, password: str = PASSWORD, username: str = "officer", **more: str) -> Any:
    return client.post(reverse("account_login"), {"login": username, "password": password, **more})


def inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


def account_of(cast: Cast) -> Account:
    return Account.objects.get(person=cast.officer)


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time())))


def test_password_alone_gets_in_where_no_second_factor_is_set(cast: Cast, client: Client) -> None:
    answer = enter(client)
    assert inside(client)
    assert answer.status_code == 302
    assert AuditEntry.objects.filter(verb="account.sign_in", actor=cast.officer).exists()


def test_a_wrong_password_and_a_wrong_name_read_the_same(cast: Cast, client: Client) -> None:
    pages = [enter(client, "wrong").content.decode(), enter(client, "wrong", "nobody").content.decode()]
    for page in pages:
        assert "用户名或密码不对" in page
    assert not inside(client)


def test_after_five_failures_even_the_right_password_waits(cast: Cast, client: Client) -> None:
    for _ in range(5):
        enter(client, "wrong")
    assert enter(client).status_code == 200
    assert not inside(client)


def test_failures_are_counted_in_the_database_over_all_processes(cast: Cast, settings: Any) -> None:
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_a_manager_lets_somebody_try_again(cast: Cast, client: Client) -> None:
    for _ in range(5):
        enter(client, "wrong")
    desk = cast.client(cast.manager)
    desk.post(reverse("manage_account", args=[cast.officer.pk]), {"active": "1"})
    enter(client)
    assert inside(client)


def test_next_leads_only_to_this_site(cast: Cast, client: Client) -> None:
    assert "evil" not in enter(client, next="https://evil.example/").url
    other = Client()
    assert enter(other, next="/me").url == "/me"


def test_the_session_key_changes_on_the_way_in(cast: Cast, client: Client) -> None:
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    enter(client)
    assert client.session.session_key != before


def test_with_an_authenticator_the_password_is_half_the_way(cast: Cast, client: Client) -> None:
    TOTP.activate(account_of(cast), SECRET)
    assert enter(client).url == reverse("mfa_authenticate")
    assert not inside(client)
    assert "再验一步" in client.get(reverse("mfa_authenticate")).content.decode()
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not inside(client)
    assert client.post(reverse("mfa_authenticate"), {"code": code_now()}).status_code == 302
    assert inside(client)


def test_a_recovery_code_opens_once(cast: Cast) -> None:
    TOTP.activate(account_of(cast), SECRET)
    codes = RecoveryCodes.activate(account_of(cast))
    code = codes.get_unused_codes()[0]
    for expected in (True, False):
        client = Client()
        enter(client)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert inside(client) is expected


@pytest.mark.parametrize("page", ["account_signup", "account_reset_password", "account_email"])
def test_signing_up_and_resetting_by_mail_do_not_exist(page: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(page)


# ── the second factor is not a choice ──


def test_staff_without_a_second_factor_only_reach_its_set_up(
    cast: Cast, client: Client, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    enter(client)
    for page in ("home", "me", "notices", "account_change_password"):
        assert client.get(reverse(page)).url == reverse("mfa_index"), page
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(reverse("sign_out")).status_code == 200
    assert client.post("/say", {"words": "x"}).url == reverse("mfa_index")


def test_setting_up_an_authenticator_opens_the_house(cast: Cast, client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    enter(client)
    answer = client.get(reverse("mfa_activate_totp"), follow=True)
    assert "确认是您本人" in answer.content.decode()
    again = client.post(
        reverse("account_reauthenticate"), {"password": PASSWORD, "next": reverse("mfa_activate_totp")}
    )
    page = client.get(again.url)
    assert "设验证器" in page.content.decode()
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    answer = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert answer.url == reverse("mfa_view_recovery_codes")
    assert client.get(answer.url).status_code == 200
    assert client.get(reverse("me")).status_code == 200


def test_workers_and_the_demo_need_no_second_factor(cast: Cast, client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    assert cast.client(cast.worker).get(reverse("me")).status_code == 200
    settings.STAFF_SECOND_FACTOR = False
    enter(client)
    assert client.get(reverse("me")).status_code == 200


def test_every_page_of_the_second_factor_speaks_our_words(cast: Cast, client: Client) -> None:
    account = account_of(cast)
    TOTP.activate(account, SECRET)
    RecoveryCodes.activate(account)
    enter(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    again = {"password": PASSWORD, "next": reverse("mfa_index")}
    assert client.get(reverse("mfa_reauthenticate")).status_code == 200
    client.post(reverse("account_reauthenticate"), again)
    for page in (
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "account_change_password",
    ):
        answer = client.get(reverse(page))
        text = answer.content.decode()
        assert answer.status_code == 200, page
        assert "brand__name" in text, f"{page} is not in our look"
        assert "<script>" not in text, page


def test_the_passkey_page_carries_its_challenge_without_inline_script(cast: Cast, client: Client) -> None:
    enter(client)
    client.post(
        reverse("account_reauthenticate"), {"password": PASSWORD, "next": reverse("mfa_add_webauthn")}
    )
    page = client.get(reverse("mfa_add_webauthn"))
    options = page.context["js_data"]["creation_options"]
    assert "data-options=" in page.content.decode()
    assert json.loads(json.dumps(options, default=dict))["publicKey"]["challenge"]
    fresh = Client().get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert fresh.json()["request_options"]["publicKey"]["challenge"]


# ── the link that starts it ──


def link_for(cast: Cast, by: Any = None, now: Any = None) -> str:
    made = staff.make_password_link(
        person=cast.officer, username="officer", by=by or cast.manager, now=now or timezone.now()
    )
    return reverse("first_password", args=[made.token])


def choose(client: Client, url: str, password: str = "another good one 8") -> Any:  # noqa: S107 - only of the tests
    return client.post(url, {"new_password1": password, "new_password2": password})


def test_a_link_sets_the_password_once(cast: Cast, client: Client) -> None:
    url = link_for(cast)
    assert "officer" in client.get(url).content.decode()
    assert choose(client, url).url == reverse("account_login")
    assert choose(client, url, "a third good one 9").status_code == 410
    enter(client, "another good one 8")
    assert inside(client)


def test_a_weak_password_does_not_spend_the_link(cast: Cast, client: Client) -> None:
    url = link_for(cast)
    assert choose(client, url, "12345").status_code == 200
    assert choose(client, url).status_code == 302


def test_a_link_ends_after_two_days_or_by_a_newer_one(cast: Cast, client: Client) -> None:
    old = link_for(cast, now=timezone.now() - timedelta(hours=48))
    assert client.get(old).status_code == 410
    first = link_for(cast)
    second = link_for(cast)
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_setting_a_password_ends_the_sessions_elsewhere(cast: Cast, client: Client) -> None:
    enter(client)
    choose(Client(), link_for(cast))
    assert client.get(reverse("me")).status_code == 302


def test_the_link_is_not_kept_in_the_clear(cast: Cast) -> None:
    token = link_for(cast).rsplit("/", 1)[-1]
    assert token not in str(list(account_of(cast).password_links.values()))


def test_dropping_the_second_factor_asks_for_a_new_one(cast: Cast) -> None:
    TOTP.activate(account_of(cast), SECRET)
    cast.client(cast.manager).post(reverse("manage_second_factor", args=[cast.officer.pk]))
    assert not Authenticator.objects.filter(user=account_of(cast)).exists()


def test_workers_have_no_password_to_change(cast: Cast) -> None:
    assert cast.client(cast.worker).get(reverse("account_change_password")).url == reverse("me")
