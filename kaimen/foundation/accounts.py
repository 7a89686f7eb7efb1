"""allauth's hooks: staff accounts are made by a manager or a roster, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from kaimen.foundation import audit
from kaimen.foundation.addresses import client_address
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Account
from kaimen.foundation.permissions import has_kind, person_of

# where each kind of work begins, by URL name; the rooms above own the pages
FIRST_PAGES = (
    (RoleKind.OFFICER, "desk"),
    (RoleKind.HANDLER, "inbox"),
    (RoleKind.SUPERVISOR, "watch"),
    (RoleKind.MANAGER, "manage_people"),
)


def first_page(request: HttpRequest) -> str:
    """Where the signed-in person's work begins; home for everybody else."""
    person = person_of(request)
    for kind, page in FIRST_PAGES:
        if has_kind(person, kind):
            try:
                return reverse(page)
            except NoReverseMatch:  # that room is not built in
                continue
    return reverse("home")


class StaffAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        # one reading of the address for all limits of the house
        return client_address(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return first_page(request)

    def login(self, request: HttpRequest, user: Account) -> None:
        """Every way in ends here: code, password, passkey, second factor. Django gives the session a new key."""
        super().login(request, user)
        audit.record(verb="account.sign_in", subject=user, by=user.person)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("me")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own sentences ("Successfully signed in as …") are not our words: our pages say it."""

    def forget_failed_logins(self, request: HttpRequest, username: str) -> None:
        """A manager lets somebody try again before the five minutes are over."""
        self._delete_login_attempts_cached_email(request, username=username)
