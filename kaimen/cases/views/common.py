"""What the pages of this room share: who may come in, and how private pages are sent."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kaimen.cases.enums import CaseState, TaskState
from kaimen.cases.models import Case, Task
from kaimen.foundation.addresses import client_address
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.fields import digest
from kaimen.foundation.permissions import has_kind, person_of

now = timezone.now

GUESSES = 20  # wrong links from one address
GUESS_WINDOW = 600  # seconds

View = Callable[..., HttpResponse]


def signed_in(*kinds: RoleKind) -> Callable[[View], View]:
    """Only people with one of `kinds` (none given: any person); others are told to sign in, or 403."""

    def wrap(view: View) -> View:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            person = person_of(request)
            if person is None or (kinds and not has_kind(person, *kinds)):
                raise PermissionDenied
            response = view(request, person, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return guarded

    return wrap


desk_people = signed_in(RoleKind.OFFICER, RoleKind.SUPERVISOR, RoleKind.MANAGER)


def unlisted(view: View) -> View:
    """A page that opens by its link alone: not kept, not indexed, its address told to nobody outside.

    Not `no-referrer`: browsers then send `Origin: null` with our own forms, and the CSRF check refuses them.
    """

    @wraps(view)
    def private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        # Django logs the address of every 4xx answer; here the address is the key to the page.
        response._has_been_logged = True  # type: ignore[attr-defined]  # Django reads it by this name
        return response

    return private


def count_guess(request: HttpRequest) -> None:
    """One more link from this address that does not exist. Links that do exist always open: a whole factory may
    share one address."""
    key = _guesses_of(request)
    cache.add(key, 0, GUESS_WINDOW)
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two
        cache.set(key, 1, GUESS_WINDOW)


def too_many_guesses(request: HttpRequest) -> bool:
    return int(cache.get(_guesses_of(request), 0)) > GUESSES


def _guesses_of(request: HttpRequest) -> str:
    return f"guesses:{digest(client_address(request), 'guesses')}"


def take_as_seen(request: HttpRequest, subject: Case | Task) -> None:
    """Set the state the person saw when the page was drawn, so that a verb notices what happened since."""
    seen = request.POST.get("seen", "")
    if seen in (TaskState.values if isinstance(subject, Task) else CaseState.values):
        subject.state = seen
