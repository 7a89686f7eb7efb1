"""In which language a machine is answered."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

LONGEST_HEADER = 200


def asked_language(request: HttpRequest) -> str:
    """English if Accept-Language begins with it, else Chinese.

    On pages the header is not asked (look/middleware.py: a phone's own language is no wish); a program sets it on purpose.
    """
    wanted = request.headers.get("Accept-Language", "")[:LONGEST_HEADER].strip().lower()
    return "en" if wanted.startswith("en") else settings.LANGUAGE_CODE


def speaking(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view answers in the language that the machine asked for."""

    @wraps(view)
    def spoken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = asked_language(request)
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response["Content-Language"] = language
        response["Vary"] = "Accept-Language"
        return response

    return spoken
