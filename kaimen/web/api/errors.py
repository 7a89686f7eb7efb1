"""Every refusal in one shape: a code for the program, a sentence for who reads its log."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from kaimen.cases import wording
from kaimen.cases.errors import Moved, NotNow
from kaimen.foundation.key_words import key_refused_words
from kaimen.foundation.keys import KeyRefused
from kaimen.intake.actions import NotTaken
from kaimen.intake.forms import not_taken_words
from kaimen.intake.open311.posting import TOO_MUCH
from kaimen.logic.routing import NoOwner

REFUSED = frozenset({400, 401, 403, 404, 409, 413, 415, 422, 429, 503})
KEY_STATUS = {"scope": 403, "too_fast": 429}


class Error(Schema):
    code: str
    message: str
    fields: list[str] = []


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str, fields: list[str] | None = None) -> None:
        super().__init__(code)
        self.status, self.error = status, Error(code=code, message=message, fields=fields or [])


class NotJson(Exception):
    """The body is of another media type (RFC 9110, 415)."""


def connect(api: NinjaAPI) -> None:
    """Put every exception that a verb or a look-up may raise into that shape."""

    def answer(request: HttpRequest, status: int, code: str, message: str, *fields: str) -> HttpResponse:
        content = Error(code=code, message=message, fields=list(fields)).model_dump()
        return api.create_response(request, content, status=status)

    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return api.create_response(request, error.error.model_dump(), status=error.status)

    def key_refused(request: HttpRequest, error: KeyRefused) -> HttpResponse:
        status = KEY_STATUS.get(error.code, 401)
        response = answer(request, status, f"key_{error.code}", key_refused_words(error))
        if status == 429:
            response["Retry-After"] = str(error.params["seconds"])
        return response

    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = sorted({".".join(str(part) for part in one["loc"][1:]) for one in error.errors})
        told = _("这些没写对：%(fields)s。") % {"fields": "、".join(fields)[:300]}
        return answer(request, 422, "invalid", told, *fields)

    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        if error.status_code == 401:
            return answer(request, 401, "sign_in", _("请登录，或者带上钥匙（X-Api-Key）。"))
        if isinstance(error.__cause__, NotJson):  # ninja makes a 400 of whatever its parser says
            told = _("正文要是 JSON，并写明 Content-Type: application/json。")
            return answer(request, 415, "not_json", told)
        return answer(request, error.status_code, "unreadable", _("这个请求读不出来：正文要是 JSON。"))

    def not_taken(request: HttpRequest, error: NotTaken) -> HttpResponse:
        status = 429 if error.code in TOO_MUCH else 422
        return answer(request, status, error.code, not_taken_words(error), "words")

    handlers: dict[type[Exception], Any] = {
        Refused: refused,
        KeyRefused: key_refused,
        ValidationError: invalid,
        HttpError: http,
        NotTaken: not_taken,
        NoOwner: lambda request, error: answer(request, 503, "no_owner", not_taken_words(error)),
        NotNow: lambda request, error: answer(request, 409, error.code, wording.not_now(error)),
        Moved: lambda request, error: answer(request, 409, "moved", wording.meanwhile(error)),
        PermissionDenied: lambda request, error: answer(request, 403, "forbidden", _("您不能做这件事。")),
        RequestDataTooBig: lambda request, error: answer(request, 413, "too_large", _("太大了，没收下")),
        Http404: lambda request, error: answer(request, 404, "not_found", _("没有这个。")),
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)
