"""Chinese unless somebody has switched: the phone's own language is no wish for another one."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


class ChosenLanguage:
    """The language of the cookie that the switch sets, else Chinese; Accept-Language is not asked.

    A worker's phone bought abroad or set to English must not turn the door into English for them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language  # as LocaleMiddleware sets it
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
