"""Addresses of the standard. GET is open to everybody, POST needs a key; a cookie means nothing here."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from kaimen.cases.links import track_url
from kaimen.cases.queries import by_track_token
from kaimen.cases.views.common import count_guess, too_many_guesses, unlisted
from kaimen.foundation.enums import KeyScope, OrganisationKind
from kaimen.foundation.key_words import key_refused_words
from kaimen.foundation.keys import KeyRefused, holds_at, use_key
from kaimen.foundation.models import MachineKey, Organisation
from kaimen.intake.open311 import posting, reading, services
from kaimen.intake.open311.writing import Refused, listed, refusal, single
from kaimen.look.speaking import speaking

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-22T00:00:00+08:00"

Answer = Callable[..., HttpResponse]


def answers(view: Answer) -> Answer:
    """Errors in the shape of the standard, and in the language asked for."""

    @wraps(view)
    def answered(request: HttpRequest, *args: str, kind: str, **kwargs: str) -> HttpResponse:
        try:
            return view(request, *args, kind=kind, **kwargs)
        except Refused as refused:
            return refusal(kind, refused)
        except (BadRequest, SuspiciousOperation, MultiPartParserError):
            return refusal(kind, Refused(400, _("这个请求读不出来：要 UTF-8 的表单，不超过 5 MB。")))
        except KeyRefused as refused:
            too_fast = refused.code == "too_fast"
            response = refusal(kind, Refused(429 if too_fast else 403, key_refused_words(refused)))
            if too_fast:
                response["Retry-After"] = str(refused.params["seconds"])
            return response

    return speaking(answered)


@require_safe
@answers
def discovery(request: HttpRequest, kind: str) -> HttpResponse:
    """Where to find what (Open311 Service Discovery)."""
    endpoint = {
        "specification": SPECIFICATION,
        "url": settings.PUBLIC_URL
        + reverse("open311_services", kwargs={"kind": "json"}).removesuffix("/services.json"),
        "changeset": CHANGED,
        "type": "test" if settings.DEMO else "production",
        "formats": ["text/xml", "application/json"],
    }
    about = {
        "changeset": CHANGED,
        "contact": settings.PUBLIC_URL,
        "key_service": _("请社区的管理员在“接口钥匙”里做一把。"),
        "endpoints": [endpoint],
    }
    return single(kind, "discovery", about)


@require_safe
@answers
def service_list(request: HttpRequest, kind: str) -> HttpResponse:
    return listed(kind, "services", services.service_rows(_jurisdiction(request)))


@require_safe
@answers
def service_definition(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    service = services.published_service(_jurisdiction(request), code)
    return single(kind, "service_definition", services.definition(service))


@csrf_exempt  # who may is said by the key in the request, never by a cookie
@require_http_methods(["GET", "HEAD", "POST"])
@answers
def requests(request: HttpRequest, kind: str) -> HttpResponse:
    return _post(request, kind) if request.method == "POST" else _list(request, kind)


@require_safe
@answers
def one_request(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    community = _jurisdiction(request)
    rows = reading.one(community, number, _reader(request, community))
    return _private(request, listed(kind, "service_requests", rows))


@require_safe
@unlisted
@answers
def token(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """The number behind a tracking link: for who was only given the link."""
    case = by_track_token(token)
    if case is None or case.community != _jurisdiction(request):
        count_guess(request)
        if too_many_guesses(request):
            raise Refused(429, _("试得太多了，请过一会儿再来。"))
        raise Refused(404, _("没有这个 token。"))
    return listed(kind, "service_requests", [{"service_request_id": case.number, "token": token}])


def _list(request: HttpRequest, kind: str) -> HttpResponse:
    community = _jurisdiction(request)
    page = reading.page_of(community, request.GET, _reader(request, community), timezone.now())
    response = listed(kind, "service_requests", page.rows)
    if page.more:
        query = request.GET.copy()
        query.pop("api_key", None)  # a secret does not belong into an address that we print
        query["page"] = str(page.number + 1)
        response["Link"] = f'<{settings.PUBLIC_URL}{request.path}?{query.urlencode()}>; rel="next"'
    return _private(request, response)


def _post(request: HttpRequest, kind: str) -> HttpResponse:
    """The answer holds the number at once, and the tracking link in the sentence for the asker."""
    machine = use_key(_key_of(request), KeyScope.NEEDS_WRITE, timezone.now())
    community = _jurisdiction(request)
    _check_holds(machine, community)
    once = request.headers.get("Idempotency-Key", "")[:200]
    case = posting.take(request.POST, community, machine, once, timezone.now())
    taken = {
        "service_request_id": case.number,
        "service_notice": reading.taken_notice(case, track_url(case)),
        "account_id": None,
    }
    return _private(request, listed(kind, "service_requests", [taken]))


def _reader(request: HttpRequest, community: Organisation) -> MachineKey | None:
    """The key that reads, if one was shown; nobody needs one to read what is public."""
    shown = _key_of(request)
    if not shown:
        return None
    machine = use_key(shown, KeyScope.NEEDS_READ, timezone.now())
    _check_holds(machine, community)
    return machine


def _check_holds(machine: MachineKey, community: Organisation) -> None:
    if not holds_at(machine, community):
        raise Refused(403, _("这把钥匙不管这个社区。"))


def _key_of(request: HttpRequest) -> str:
    """In a header, or as the standard says it, a parameter. A header does not end up in an access log."""
    return (
        request.headers.get("X-Api-Key", "")
        or request.POST.get("api_key", "")
        or request.GET.get("api_key", "")
    )


def _jurisdiction(request: HttpRequest) -> Organisation:
    """The community: named by its key; where there is only one it need not be named."""
    wanted = request.GET.get("jurisdiction_id", "") or request.POST.get("jurisdiction_id", "")
    communities = Organisation.objects.filter(kind=OrganisationKind.COMMUNITY, active=True)
    if not wanted:
        only = list(communities[:2])
        if len(only) != 1:
            raise Refused(400, _("没有给 jurisdiction_id：这里有不止一个社区。"))
        return only[0]
    found = communities.filter(key=wanted).first() if services.CODE.fullmatch(wanted) else None
    if found is None:
        raise Refused(404, _("没有这个 jurisdiction_id。"))
    return found


def _private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What a key was shown is kept by nobody on the way."""
    if _key_of(request):
        response["Cache-Control"] = "no-store"
    return response
