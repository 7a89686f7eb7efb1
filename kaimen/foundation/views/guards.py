"""Who may stand before a page of the ground: the signed-in, and managers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Person
from kaimen.foundation.permissions import has_kind, person_of

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Anonymous visitors go to the sign-in page and come back; an account without a person is refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if person_of(request) is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def manager_only(view: View) -> View:
    """For who manages something somewhere; the view still checks the object."""

    @signed_in
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_kind(person_of(request), RoleKind.MANAGER):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def me_of(request: HttpRequest) -> Person:
    """The person signed in; only behind `signed_in`."""
    person = person_of(request)
    if person is None:
        raise PermissionDenied
    return person
