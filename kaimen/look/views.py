"""Answers that belong to no room: errors in our own look and words, and how large the letters are."""

import sys
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kaimen.look.away import caused_by_absence

A_YEAR = 60 * 60 * 24 * 365
AGAIN_SECONDS = 10
SECRET = ("password", "code")  # in the names of fields


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is stale or missing. From a page of ours the words come back with a fresh one; a form that
    another site sent is not repeated: one press would do what that site wants."""
    kept = _again(request) if _from_us(request) else {}
    return render(request, "look/csrf_failed.html", kept, status=403)


def signed_out(request: HttpRequest) -> HttpResponse:
    """Somebody wrote for longer than their session lasted: nothing was sent, nothing typed is lost."""
    response = render(request, "look/signed_out.html", _again(request), status=403)
    response.headers["Cache-Control"] = "no-store"
    return response


def not_found(request: HttpRequest) -> HttpResponse:
    return render(request, "404.html", status=404)


def too_much(request: HttpRequest) -> HttpResponse:
    """More than any form of ours holds; what was sent has not been read."""
    response = render(request, "413.html", status=413)
    response.headers["Connection"] = "close"  # the rest of it is still on its way
    return response


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_much(request)
    return render(request, "400.html", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """The last resort: 503 when the database is away for a moment, with what was typed kept for sending again; else 500.

    Neither page asks the database: no session, no house, no name of who is signed in.
    """
    away = caused_by_absence(sys.exc_info()[1])
    context = {"number": getattr(request, "request_id", ""), "LANGUAGE_CODE": settings.LANGUAGE_CODE}
    if away:
        context |= {
            "address": request.get_full_path(),
            "kept": _typed(request),
            "files": list(request.FILES),
            "once": "key" in request.POST,
        }
    page = get_template("503.html" if away else "500.html").render(context)
    response = HttpResponse(page, status=503 if away else 500)
    if away:
        response.headers["Retry-After"] = str(AGAIN_SECONDS)
        response.headers["Cache-Control"] = "no-store"
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """What the form held, and whether to show it: sentences are shown, keys and choices travel along unseen.

    A form with a password or code in it is not repeated: it would stand in the page's source.
    """
    if request.method != "POST" or any(part in name for name in request.POST for part in SECRET):
        return []
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    return [(name, value, not value.isascii() or " " in value.strip()) for name, value in pairs]


def _again(request: HttpRequest) -> dict[str, Any]:
    """For look/_kept.html: what was typed, under a fresh token."""
    typed = [field for field in _typed(request) if field[0] != "csrfmiddlewaretoken"]
    return {
        "kept": typed,
        "files": list(request.FILES),
        "address": request.get_full_path(),
        "token": get_token(request),
    }


def _from_us(request: HttpRequest) -> bool:
    """Does the browser say that a page of this house sent it?"""
    told = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(told).netloc == request.get_host()


@require_POST
def elder(request: HttpRequest) -> HttpResponse:
    """Turn large letters on or off for this browser, and go back to where the person was."""
    goal = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(goal, {request.get_host()}, request.is_secure()):
        goal = "/"
    response = HttpResponseRedirect(goal)
    if request.POST.get("elder") == "1":
        response.set_cookie("elder", "1", max_age=A_YEAR, samesite="Lax", httponly=True)
    else:
        response.delete_cookie("elder", samesite="Lax")
    return response
