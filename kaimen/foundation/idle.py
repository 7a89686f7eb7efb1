"""Staff share desks: whoever holds a role is signed out after hours without a request, so that no desk stays open.

The hour of the last request stands in the session and is written anew at most every few minutes, not with each request.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kaimen.foundation.permissions import is_staff, person_of

SEEN = "seen_at"  # seconds since 1970
EVERY = 600  # seconds between two writes: the limit may come this much early, never late


class StaffIdle:
    """Stands inside SignedOutWhileWriting, which gives back what was typed, and after the messages, which say why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = request.user.is_authenticated
        if known:
            self._look(request)
        response = self.get_response(request)
        if not known and request.user.is_authenticated:  # signed in just now: its session is written anyway
            request.session[SEEN] = timezone.now().timestamp()
        return response

    @staticmethod
    def _look(request: HttpRequest) -> None:
        now, hours = timezone.now().timestamp(), settings.STAFF_IDLE_HOURS
        last = request.user.last_login  # type: ignore[union-attr]  # authenticated, see above
        seen = request.session.get(SEEN) or (last.timestamp() if last else now - EVERY)
        if now - seen >= hours * 3600 and is_staff(person_of(request)):
            logout(request)
            told = _("有 %(hours)s 个小时没有用，为了安全已经退出。请重新登录。")
            messages.info(request, told % {"hours": hours})
        elif now - seen >= EVERY:
            request.session[SEEN] = now
