"""Keys for machines: made, used, revoked. A key holds like a role: for its organisation and everything under it.

The secret has 192 random bits and is shown once; the row keeps its SHA-256. There is nothing to slow down for: nobody
guesses 192 bits, and a key is looked up by its prefix.
"""

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When

from kaimen.foundation import audit
from kaimen.foundation.enums import ACTING, KeyScope, OrganisationKind, RoleKind
from kaimen.foundation.models import MachineKey, Organisation, Person, Role
from kaimen.foundation.notices import notify
from kaimen.foundation.permissions import has_role, scope
from kaimen.foundation.secret_links import token_digest
from kaimen.foundation.staff import NotAllowed, may_manage_account

LONGEST_LIFE = timedelta(days=730)
SHAPE = re.compile(r"(km_[a-z0-9]{8})_([A-Za-z0-9_-]{32})")
WHERE = (OrganisationKind.FEDERATION, OrganisationKind.COMMUNITY)
ACTORS = (RoleKind.OFFICER, RoleKind.SUPERVISOR, RoleKind.HANDLER)


class KeyRefused(Exception):
    """The key opens nothing here: `code` is unknown, revoked, expired, scope, nobody or too_fast."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class FreshKey:
    key: MachineKey
    secret: str  # shown once, kept nowhere


def keys_under(manager: Person) -> QuerySet[MachineKey]:
    """The keys of what `manager` manages, newest first."""
    nodes = scope(manager, RoleKind.MANAGER).order_by().values("pk")
    keys = MachineKey.objects.filter(organisation__in=nodes)
    return keys.select_related("organisation", "acts_for", "made_by")


def places_for_keys(manager: Person) -> QuerySet[Organisation]:
    """Where a key may hold: communities and federations that `manager` manages."""
    return scope(manager, RoleKind.MANAGER).filter(kind__in=WHERE, active=True)


def actors_under(manager: Person) -> QuerySet[Person]:
    """In whose name a key may act: officers, supervisors and handlers under `manager`."""
    nodes = scope(manager, RoleKind.MANAGER).order_by().values("pk")
    roles = Role.objects.order_by().filter(organisation__in=nodes, kind__in=ACTORS, active=True)
    return Person.objects.filter(pk__in=roles.values("person")).order_by("name", "pk")


@transaction.atomic
def make_key(
    *,
    name: str,
    organisation: Organisation,
    scopes: Collection[str],
    expires_at: datetime,
    by: Person,
    now: datetime,
    acts_for: Person | None = None,
    per_minute: int = 60,
    needs_per_hour: int = 200,
    needs_per_day: int = 1000,
) -> FreshKey:
    """A key and its secret, which is never to be seen again. The person in whose name it acts is told.

    NotAllowed: "outside" (not the manager's organisation, or an account they may not manage), "no_scope", "too_long"
    (over two years, or already over), "needs_person" (an acting scope without a person), "needs_no_person".
    """
    wanted = {KeyScope(value) for value in scopes}
    if not has_role(by, RoleKind.MANAGER, organisation) or organisation.kind not in WHERE:
        raise NotAllowed("outside")
    if not wanted:
        raise NotAllowed("no_scope")
    if not now < expires_at <= now + LONGEST_LIFE:
        raise NotAllowed("too_long")
    _check_actor(wanted, acts_for, by)
    prefix, secret = f"km_{secrets.token_hex(4)}", secrets.token_urlsafe(24)
    key = MachineKey.objects.create(
        name=name,
        organisation=organisation,
        scopes=[scope.value for scope in KeyScope if scope in wanted],
        acts_for=acts_for,
        prefix=prefix,
        digest=token_digest(secret),
        per_minute=per_minute,
        needs_per_hour=needs_per_hour,
        needs_per_day=needs_per_day,
        made_by=by,
        made_at=now,
        expires_at=expires_at,
    )
    audit.record(
        verb="key.make",
        subject=key,
        by=by,
        community_id=organisation.community_id,
        organisation=organisation.pk,
        scopes=key.scopes,
        acts_for=acts_for.pk if acts_for else None,
    )
    if acts_for is not None:
        notify(person=acts_for, code="key_made", link="/me", params={"name": name})
    return FreshKey(key, f"{prefix}_{secret}")


def _check_actor(wanted: set[KeyScope], acts_for: Person | None, by: Person) -> None:
    if wanted & ACTING and acts_for is None:
        raise NotAllowed("needs_person")
    if acts_for is None:
        return
    if not wanted & ACTING:
        raise NotAllowed("needs_no_person")
    # the same bound as for passwords: whoever could not take over the account must not get a key to it
    if not may_manage_account(by, acts_for):
        raise NotAllowed("outside")


@transaction.atomic
def revoke_key(*, key: MachineKey, by: Person, now: datetime) -> None:
    """The key opens nothing any more, from now on. Twice is the same as once."""
    if not has_role(by, RoleKind.MANAGER, key.organisation):
        raise NotAllowed("outside")
    if MachineKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        audit.record(verb="key.revoke", subject=key, by=by, community_id=key.organisation.community_id)


def use_key(presented: str, wanted: KeyScope, now: datetime) -> MachineKey:
    """The key that was presented, if it may do `wanted` now; counts its use. Raises KeyRefused.

    Over the limit of its minute nothing is counted: a key that keeps on asking is let in again with the next minute.
    """
    key = find_key(presented, now)
    if wanted not in key.scopes:
        raise KeyRefused("scope", scope=wanted.value)
    if wanted in ACTING and not _acts(key):
        raise KeyRefused("nobody")
    minute = int(now.timestamp()) // 60
    used = Case(When(minute=minute, then=F("used_in_minute") + 1), default=Value(1))
    room = MachineKey.objects.filter(pk=key.pk).exclude(minute=minute, used_in_minute__gte=F("per_minute"))
    if not room.update(minute=minute, used_in_minute=used, last_used_at=now):
        raise KeyRefused("too_fast", limit=key.per_minute, seconds=60 - int(now.timestamp()) % 60)
    return key


def find_key(presented: str, now: datetime) -> MachineKey:
    """The key of this secret, neither revoked nor expired. Raises KeyRefused; counts nothing."""
    shape = SHAPE.fullmatch(presented)
    key = (
        shape
        and MachineKey.objects.select_related("organisation", "acts_for").filter(prefix=shape[1]).first()
    )
    if not shape or not key or not hmac.compare_digest(key.digest, token_digest(shape[2])):
        raise KeyRefused("unknown")
    if key.revoked_at is not None:
        raise KeyRefused("revoked")
    if key.expires_at <= now:
        raise KeyRefused("expired")
    return key


def holds_at(key: MachineKey, organisation: Organisation) -> bool:
    """Does the key hold for this organisation: is it the key's own, or under it?"""
    return (organisation.path or "").startswith(key.organisation.path or "/")


def _acts(key: MachineKey) -> bool:
    """Somebody stands behind it, whose account is open."""
    account = getattr(key.acts_for, "account", None)
    return account is not None and account.is_active
