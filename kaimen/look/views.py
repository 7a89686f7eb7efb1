"""Answers that belong to no room: errors in our own look and words, and how large the letters are."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

A_YEAR = 60 * 60 * 24 * 365


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "look/csrf_failed.html", status=403)


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
