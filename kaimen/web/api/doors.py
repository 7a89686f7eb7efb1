"""Who calls: a person signed in (with the CSRF token, as on every page), or a machine with a key of the right scope."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, APIKeyHeader
from ninja.utils import check_csrf

from kaimen.foundation import audit
from kaimen.foundation.communities import current_community
from kaimen.foundation.enums import ACTING, KeyScope, OrganisationKind, RoleKind
from kaimen.foundation.keys import KeyRefused, holds_at, use_key
from kaimen.foundation.models import MachineKey, Organisation, Person
from kaimen.foundation.permissions import has_kind, person_of
from kaimen.web.api.errors import Refused


@dataclass(frozen=True)
class Caller:
    """`person`: signed in, or in whose name the key acts. `machine`: the key, None for a session."""

    person: Person | None
    machine: MachineKey | None

    @property
    def acting(self) -> Person:
        """The person whose permissions apply; only behind a session or an acting scope."""
        if self.person is None:
            raise Refused(403, "forbidden", _("这件事要登录的人来做。"))
        return self.person


class WithKey(APIKeyHeader):
    param_name = "X-Api-Key"

    def __init__(self, scope: KeyScope, *kinds: RoleKind) -> None:
        super().__init__()
        self.scope, self.kinds = scope, kinds

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        if not key:
            return None
        machine = use_key(key, self.scope, timezone.now())
        person = machine.acts_for if self.scope in ACTING else None
        if person is not None and self.kinds and not has_kind(person, *self.kinds):
            raise KeyRefused(
                "nobody"
            )  # they still own cases, but no longer hold the role: as with their session
        return Caller(person, machine)


class WithSession(APIKeyCookie):
    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, *kinds: RoleKind) -> None:
        super().__init__()
        self.kinds = kinds

    def __call__(self, request: HttpRequest) -> Caller | None:
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        person = person_of(request)
        if person is None:
            return None
        if check_csrf(request) is not None:
            raise Refused(403, "csrf", _("少了 CSRF 令牌：带上页面里的 X-CSRFToken。"))
        if self.kinds and not has_kind(person, *self.kinds):
            raise Refused(403, "forbidden", _("您不能做这件事。"))
        return Caller(person, None)


def door(scope: KeyScope, *kinds: RoleKind) -> list[Any]:
    """The key first: a program that shows one means it, whatever cookie it may also send."""
    return [WithKey(scope, *kinds), WithSession(*kinds)]


def caller_of(request: HttpRequest) -> Caller:
    """Who came through the door of this address."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja
    return caller


def community_for(request: HttpRequest, wanted: str) -> Organisation:
    """The community of this key, `wanted` or the only one it holds for; a person may leave it out."""
    caller = caller_of(request)
    communities = Organisation.objects.filter(kind=OrganisationKind.COMMUNITY, active=True)
    if wanted:
        found = communities.filter(key=wanted).first()
        if found is None:
            raise Http404
    elif caller.machine is None:
        return current_community(request)
    else:
        only = list(communities.filter(path__startswith=caller.machine.organisation.path or "/")[:2])
        if len(only) != 1:
            raise Refused(400, "which_community", _("请写明 community：这把钥匙管不止一个社区。"))
        found = only[0]
    if caller.machine is not None and not holds_at(caller.machine, found):
        raise Refused(403, "elsewhere", _("这把钥匙不管这个社区。"))
    return found


def act(caller: Caller, verb: str, subject: Model, write: Callable[[], Any]) -> Any:
    """Run `write`; when a key acts in a person's name, the audit says so in the same transaction."""
    with transaction.atomic():
        done = write()
        if caller.machine is not None:
            audit.record(
                verb=f"key.{verb}",
                subject=caller.machine,
                by=caller.person,
                community_id=getattr(subject, "community_id", None),
                **{subject._meta.model_name or "subject": subject.pk},
            )
    return done
