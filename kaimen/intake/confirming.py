"""Is this phone theirs? A code by text message, asked for only when a network address has said very much."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from kaimen.foundation import sign_in_codes, sms
from kaimen.foundation.addresses import client_address
from kaimen.foundation.fields import decrypt, encrypt

KEPT = "say_code"  # session key: {"pk", "phone" (encrypted), "shown"}


def send_code(request: HttpRequest, phone: str) -> str:
    """Send a code to the phone and remember in the session which; what happened: ask_code, code_wait or code_unsent."""
    try:
        issued = sign_in_codes.issue_code(phone=phone, address=client_address(request), now=timezone.now())
        shown = sms.send(
            phone, _("【开门】您的验证码是 %(code)s，5 分钟内有效。不要告诉别人。") % {"code": issued.code}
        )
    except sign_in_codes.TooMany:
        return "ask_code" if waits(request, phone) else "code_wait"
    except sms.NotSent:
        return "code_unsent"
    request.session[KEPT] = {"pk": issued.row.pk, "phone": encrypt(phone), "shown": shown}
    return "ask_code"


def waits(request: HttpRequest, phone: str) -> bool:
    """Has this browser been sent a code for this phone?"""
    kept = request.session.get(KEPT)
    return bool(kept and phone and decrypt(kept["phone"]) == phone)


def shown(request: HttpRequest) -> str:
    """The message itself, in the demo, whose phone is the page."""
    return request.session.get(KEPT, {}).get("shown", "") if settings.DEMO else ""


def is_theirs(request: HttpRequest, phone: str, code: str) -> bool:
    """Spend one attempt; True once, for the right code sent to this phone from this browser."""
    if not code or not waits(request, phone):
        return False
    pk = request.session[KEPT]["pk"]
    if not sign_in_codes.check_code(pk=pk, phone=phone, code=code.strip(), now=timezone.now()):
        return False
    del request.session[KEPT]
    return True
