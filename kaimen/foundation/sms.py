"""Text messages behind one small adapter, chosen by settings.SMS_ADAPTER.

`send` returns what may be shown on the page instead of sent: "" from a real gateway, the text from the demo's.
Neither phone nor text is ever logged: the text may be a sign-in code.
"""

import json
from abc import ABC, abstractmethod
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.utils.module_loading import import_string

TIMEOUT = 5  # seconds; a page waits for it


class NotSent(Exception):
    """The message did not go out. `code` says why: unavailable, unreachable, refused or account_stopped."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Adapter(ABC):
    @abstractmethod
    def send(self, phone: str, text: str) -> str:
        """Send `text` to `phone`; returns what to show on the page instead, or "". Raises NotSent."""


class Unavailable(Adapter):
    """No gateway configured: says so, rather than losing messages silently."""

    def send(self, phone: str, text: str) -> str:
        raise NotSent("unavailable")


class Screen(Adapter):
    """The demo's phone: the page shows the message. Refuses to work anywhere else."""

    def send(self, phone: str, text: str) -> str:
        if not settings.DEMO:
            raise NotSent("unavailable")
        return text


class Webhook(Adapter):
    """POSTs {"phone", "text"} as JSON to KAIMEN_SMS_URL with `Authorization: Bearer KAIMEN_SMS_TOKEN`.

    Any answer 2xx counts as sent. A redirect counts as refused: the token must not follow it.
    """

    def send(self, phone: str, text: str) -> str:
        if not settings.SMS_URL.startswith(("https://", "http://")):
            raise NotSent("unavailable")
        request = Request(  # noqa: S310 - the scheme was checked
            settings.SMS_URL,
            data=json.dumps({"phone": phone, "text": text}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_TOKEN}"},
        )
        try:
            with build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as answer:
                answer.read(1)
        except HTTPError as error:
            error.close()
            raise NotSent("refused") from None
        except OSError:  # no connection, or a timeout while reading
            raise NotSent("unreachable") from None
        return ""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def available() -> bool:
    """Is there a gateway, or the demo's screen, so that a code can reach somebody?"""
    adapter = import_string(settings.SMS_ADAPTER)
    if issubclass(adapter, Screen):
        return bool(settings.DEMO)
    if issubclass(adapter, Webhook):
        return bool(settings.SMS_URL)
    return not issubclass(adapter, Unavailable)


def send(phone: str, text: str) -> str:
    """Send through the adapter of the settings; see Adapter.send."""
    adapter: Adapter = import_string(settings.SMS_ADAPTER)()
    return adapter.send(phone, text)
