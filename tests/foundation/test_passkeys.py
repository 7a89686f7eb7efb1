"""A passkey in a real browser: added with our own script, then used instead of the password."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from kaimen.foundation.models import Account
from tests.foundation.cast import PASSWORD, build

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(desk: Any, live_server: Any) -> Any:
    """A browser with Chromium's virtual authenticator: a fingerprint reader that always agrees."""
    session = desk.context.new_cdp_session(desk)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return desk


def test_a_passkey_is_added_and_signs_in_without_a_password(page: Any, live_server: Any) -> None:
    assert live_server.url.startswith("http://localhost"), "a passkey belongs to a name, not to a number"
    cast = build()
    page.goto("/in/staff")
    page.get_by_label("用户名").fill("officer")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="进去", exact=True).click()
    page.goto("/me/keys/webauthn/add/")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="是我").click()
    page.get_by_label("以后只用它登录，不填密码").check()
    page.get_by_role("button", name="加上").click()
    page.wait_for_url(re.compile("recovery-codes"))
    account = Account.objects.get(person=cast.officer)
    assert Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).count() == 1

    page.goto("/out")
    page.get_by_role("button", name="退出登录").click()
    page.goto("/in/staff")
    page.get_by_role("button", name="用通行密钥").click()
    page.wait_for_url(re.compile(r"^(?!.*/in)"))
    page.goto("/me")
    assert page.get_by_role("heading", name="我的信息").is_visible()
