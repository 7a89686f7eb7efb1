"""What every request passes: it gets an id, is counted and logged; and staff need a second factor."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kaimen.foundation import logs, metrics, uploads
from kaimen.foundation.permissions import is_staff, person_of
from kaimen.look.views import not_found, signed_out, too_much

log = logging.getLogger("kaimen.requests")
AN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
UNLOGGED = {"healthz", "readyz", "metrics"}  # asked every few seconds; said only when they fail


class Requests:
    """Gives the request an id, which stands in each log line, in the answer and on the page of an error.

    A proxy of ours may give the id (X-Request-ID), so that its log and this one can be read together.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # by its plain name: `headers` would be made of all of them, for every request
        given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.BEHIND_PROXY else ""
        number = given if AN_ID.fullmatch(given) else secrets.token_hex(8)
        request.request_id = number  # type: ignore[attr-defined]  # read by the page of an error
        here = logs.current.set(logs.Current(number, request))
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            self._count(request, response.status_code, time.perf_counter() - started)
        finally:
            logs.current.reset(here)
        response.headers["X-Request-ID"] = number
        if not response.streaming:
            _let_go(request)
        return response

    @staticmethod
    def _count(request: HttpRequest, status: int, seconds: float) -> None:
        route, method = logs.route_of(request), logs.method_of(request)
        metrics.observe(route=route, method=method, status=status, seconds=seconds)
        if route not in UNLOGGED or status >= 400:
            log.info("answered", extra={"facts": {"status": status, "ms": round(seconds * 1000, 1)}})


def _let_go(request: HttpRequest) -> None:
    """Of what holds the request and is held by it: otherwise all of it waits for Python's collector."""
    for name in ("user", "auser", "htmx", "_messages"):
        request.__dict__.pop(name, None)


class Refusals:
    """What no page of ours can do anything with is answered before any of them is asked.

    A NUL in an address: PostgreSQL refuses to look for one, which would end as our own error page. A form that says it
    is larger than any of ours: it is not read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = str(request.META.get("CONTENT_LENGTH") or "0")
        if said.isdecimal() and int(said[:20]) > uploads.LARGEST_FORM:
            return self._told(request, 413, "too_large", _("太大了，没收下")) or too_much(request)
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return self._told(request, 404, "not_found", _("没有这个。")) or not_found(request)
        return self.get_response(request)

    @staticmethod
    def _told(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse | None:
        """Where a program asks: it is answered in its own words."""
        if not request.path.startswith("/api/"):
            return None
        answer = JsonResponse({"code": code, "message": message, "fields": []}, status=status)
        if status == 413:
            answer.headers["Connection"] = "close"  # the rest of it is still on its way
        return answer


class SignedOutWhileWriting:
    """A form sent after the session ended would be answered by the sign-in page, and its words would be gone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or response.status_code != 302 or request.user.is_authenticated:
            return response
        if REDIRECT_FIELD_NAME not in response.headers["Location"]:
            return response  # as nearly every form is answered
        goal = urlsplit(response.headers["Location"])
        if goal.path != reverse("sign_in") or REDIRECT_FIELD_NAME not in parse_qs(goal.query):
            return response
        return signed_out(request)


class StaffSecondFactor:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_SECOND_FACTOR and self._lacks_second_factor(request):
            return redirect("mfa_index")
        return self.get_response(request)

    @staticmethod
    def _lacks_second_factor(request: HttpRequest) -> bool:
        if not request.user.is_authenticated or not is_staff(person_of(request)):
            return False
        allowed = (
            reverse("mfa_index"),
            reverse("sign_out"),
            settings.STATIC_URL,
            reverse("account_reauthenticate"),
        )
        return not request.path.startswith(allowed) and not is_mfa_enabled(request.user)
