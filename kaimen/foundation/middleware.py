"""Staff without a second factor get no further than the page where they set one up."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kaimen.foundation.permissions import is_staff, person_of


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
