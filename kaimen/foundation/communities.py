"""Which community a visitor stands in front of."""

from django.http import HttpRequest

from kaimen.foundation import reference
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation
from kaimen.foundation.permissions import person_of

COOKIE = "community"


class NoCommunity(RuntimeError):
    """Nothing has been set up yet: load the demo or add a community."""


def current_community(request: HttpRequest) -> Organisation:
    """The community chosen in the cookie, else where the person signed in works or serves, else the first."""
    kept: Organisation | None = getattr(request, "_community", None)
    if kept is None:
        kept = _chosen(request) or _of_person(request) or next(iter(_by_key().values()), None)
        if kept is None:
            raise NoCommunity("no community yet: ./run demo loads one, or add one with ./run manage")
        kept = reference.own(kept)
        request._community = kept  # type: ignore[attr-defined]  # one look-up a request
    return kept


def forget_community(request: HttpRequest) -> None:
    """It is looked up anew the next time."""
    request.__dict__.pop("_community", None)


def _by_key() -> dict[str, Organisation]:
    """The communities in use, the oldest first."""
    return reference.recall("communities", _read)


def _read() -> dict[str, Organisation]:
    found = Organisation.objects.filter(kind=OrganisationKind.COMMUNITY, active=True).order_by("pk")
    return {community.key: community for community in found}


def _chosen(request: HttpRequest) -> Organisation | None:
    key = request.COOKIES.get(COOKIE, "")
    return _by_key().get(key) if key else None


def _of_person(request: HttpRequest) -> Organisation | None:
    person = person_of(request)
    if person is None:
        return None
    node = Organisation.objects.filter(
        roles__person=person, roles__active=True, community__isnull=False
    ).first()
    node = node or Organisation.objects.filter(employments__person=person, community__isnull=False).first()
    return node.community if node else None
