"""Keys for other systems: what they open, for how long, how often, and who may make and end them."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kaimen.foundation import keys
from kaimen.foundation.enums import KeyScope
from kaimen.foundation.keys import KeyRefused
from kaimen.foundation.models import AuditEntry, MachineKey, Notice
from kaimen.foundation.staff import NotAllowed
from tests.foundation.cast import Cast, build

pytestmark = pytest.mark.django_db
NOON = timezone.now().replace(minute=0, second=5, microsecond=0)
READ = KeyScope.SERVICES_READ


@pytest.fixture
def cast() -> Cast:
    return build()


def make(cast: Cast, **changes: Any) -> keys.FreshKey:
    wanted = {
        "name": "示例平台",
        "organisation": cast.community,
        "scopes": [READ],
        "expires_at": NOON + timedelta(days=30),
        "by": cast.manager,
        "now": NOON,
    }
    return keys.make_key(**(wanted | changes))


def refused(secret: str, scope: KeyScope = READ, now: Any = NOON) -> str:
    with pytest.raises(KeyRefused) as error:
        keys.use_key(secret, scope, now)
    return error.value.code


def test_only_a_digest_is_kept(cast: Cast) -> None:
    fresh = make(cast)
    row = MachineKey.objects.values().get()
    assert fresh.secret.split("_", 2)[2] not in str(row)
    assert fresh.secret.startswith(row["prefix"])
    audited = AuditEntry.objects.get(verb="key.make")
    assert audited.actor == cast.manager
    assert audited.params["scopes"] == ["services:read"]
    with pytest.raises(ValueError, match="hash"):
        identify_hasher(row["digest"])  # a plain digest: 192 random bits need no slow hash


def test_what_opens_and_what_does_not(cast: Cast) -> None:
    fresh = make(cast)
    assert keys.use_key(fresh.secret, READ, NOON) == fresh.key
    assert MachineKey.objects.get().last_used_at == NOON
    assert refused(fresh.secret, KeyScope.NEEDS_WRITE) == "scope"
    assert refused(fresh.secret[:-1] + ("A" if fresh.secret[-1] != "A" else "B")) == "unknown"
    assert refused("") == refused("km_" + "0" * 41) == refused("停" * 44) == "unknown"
    assert refused(fresh.secret, now=NOON + timedelta(days=31)) == "expired"
    keys.revoke_key(key=fresh.key, by=cast.manager, now=NOON)
    keys.revoke_key(key=fresh.key, by=cast.manager, now=NOON)
    assert refused(fresh.secret) == "revoked"
    assert AuditEntry.objects.filter(verb="key.revoke").count() == 1


def test_a_minute_holds_so_many_and_the_next_begins_anew(cast: Cast) -> None:
    fresh = make(cast, per_minute=3)
    for _ in range(3):
        keys.use_key(fresh.secret, READ, NOON)
    with pytest.raises(KeyRefused) as error:
        keys.use_key(fresh.secret, READ, NOON + timedelta(seconds=54))
    assert error.value.params == {"limit": 3, "seconds": 1}
    keys.use_key(fresh.secret, READ, NOON + timedelta(seconds=55))
    assert MachineKey.objects.get().used_in_minute == 1


def test_a_key_holds_for_its_subtree(cast: Cast) -> None:
    here = make(cast).key
    above = make(cast, organisation=cast.federation, by=cast.manager_above).key
    assert keys.holds_at(here, cast.community)
    assert not keys.holds_at(here, cast.elsewhere)
    assert keys.holds_at(above, cast.elsewhere)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (lambda c: {"organisation": c.federation}, "outside"),
        (lambda c: {"organisation": c.firm}, "outside"),
        (lambda c: {"by": c.officer}, "outside"),
        (lambda c: {"scopes": []}, "no_scope"),
        (lambda c: {"expires_at": NOON}, "too_long"),
        (lambda c: {"expires_at": NOON + timedelta(days=731)}, "too_long"),
        (lambda c: {"scopes": [KeyScope.CASES_WRITE]}, "needs_person"),
        (lambda c: {"acts_for": c.officer}, "needs_no_person"),
        (lambda c: {"scopes": [KeyScope.CASES_WRITE], "acts_for": c.manager_above}, "outside"),
    ],
)
def test_what_a_manager_may_not_make(cast: Cast, changes: Any, code: str) -> None:
    with pytest.raises(NotAllowed) as error:
        make(cast, **changes(cast))
    assert error.value.code == code
    assert not MachineKey.objects.exists()


def test_who_stands_behind_a_key_is_told_and_can_end_it_by_leaving(cast: Cast) -> None:
    fresh = make(cast, scopes=[KeyScope.CASES_WRITE], acts_for=cast.officer)
    assert Notice.objects.get(person=cast.officer).code == "key_made"
    keys.use_key(fresh.secret, KeyScope.CASES_WRITE, NOON)
    cast.officer.account.is_active = False
    cast.officer.account.save()
    assert refused(fresh.secret, KeyScope.CASES_WRITE) == "nobody"


def test_the_page_shows_a_secret_once(cast: Cast) -> None:
    office = cast.client(cast.manager)
    form = {
        "name": "示例热线",
        "organisation": cast.community.pk,
        "scopes": ["needs:write", "needs:read"],
        "until": (timezone.localdate() + timedelta(days=10)).isoformat(),
        "per_minute": 60,
        "needs_per_hour": 200,
        "needs_per_day": 1000,
    }
    shown = office.post(reverse("manage_keys"), form)
    secret = shown.context["fresh"].secret
    assert secret in shown.content.decode()
    again = office.get(reverse("manage_keys")).content.decode()
    assert secret not in again
    assert "示例热线" in again
    keys.use_key(secret, KeyScope.NEEDS_READ, timezone.now())
    late = office.post(reverse("manage_keys"), form | {"until": "2001-01-01"}).content.decode()
    assert "有效期从明天起" in late
    key = MachineKey.objects.get()
    assert cast.client(cast.manager_above).get(reverse("manage_keys")).content.decode().count("示例热线") == 1
    office.post(reverse("manage_key_revoke", args=[key.pk]))
    assert "已收回" in office.get(reverse("manage_keys")).content.decode()


def test_a_key_elsewhere_is_not_there(cast: Cast) -> None:
    key = make(cast, organisation=cast.federation, by=cast.manager_above).key
    office: Client = cast.client(cast.manager)
    assert key.prefix not in office.get(reverse("manage_keys")).content.decode()
    assert office.post(reverse("manage_key_revoke", args=[key.pk])).status_code == 404
