"""Where a request comes from, for limits only."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's address; behind our own proxy the last hop it added, which a client cannot forge."""
    if settings.BEHIND_PROXY:
        return request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
