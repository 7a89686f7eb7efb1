"""The page where a person gets their calendar address, and the file behind it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kaimen.cases import feeds
from kaimen.cases.actions import feeding
from kaimen.cases.models import DueFeed
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Person

from .common import count_guess, now, signed_in, too_many_guesses, unlisted


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(RoleKind.OFFICER, RoleKind.SUPERVISOR, RoleKind.HANDLER, RoleKind.CHAIR, RoleKind.MANAGER)
def due_feed(request: HttpRequest, person: Person) -> HttpResponse:
    """POST `make` makes a new address and ends the old one, `revoke` only ends it."""
    if request.method == "POST":
        if request.POST.get("do") == "make":
            feeding.make_feed(by=person, now=now())
        elif request.POST.get("do") == "revoke":
            feeding.revoke_feed(by=person)
        return redirect("due_feed")
    feed = DueFeed.objects.filter(person=person).first()
    coming = feeds.due_promises(person).count()
    context = {"feed": feed, "url": feeds.feed_url(feed) if feed else "", "coming": coming}
    return render(request, "cases/due_feed.html", context)


@unlisted
@require_safe
def due_ics(request: HttpRequest, token: str) -> HttpResponse:
    feed = feeds.by_token(token)
    if feed is None:
        count_guess(request)
        return HttpResponse(status=429 if too_many_guesses(request) else 404)
    feeds.note_reading(feed, now())
    response = HttpResponse(feeds.calendar_of(feed.person), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="kaimen-due.ics"'
    return response
