"""POST requests: what a client sends becomes one need at the door, or it is told all that is missing or wrong."""

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.http import QueryDict
from django.utils.translation import gettext as _

from kaimen.cases.models import Case
from kaimen.foundation.models import MachineKey, Organisation, Place
from kaimen.intake.actions import Asker, NotTaken, check_words
from kaimen.intake.forms import PHONE_PROBLEMS, not_taken_words
from kaimen.intake.machines import knock_by_key
from kaimen.intake.open311.services import enterprise_given, published_service
from kaimen.intake.open311.writing import Refused
from kaimen.logic.identity import check_phone
from kaimen.logic.routing import NoOwner
from kaimen.logic.text import HAN_ONE, clean

Value = TypeVar("Value")

LONGEST_PLACE = 120
LONGEST_NAME = 40
LONGEST_URL = 1000
TOO_MUCH = frozenset({"wait", "ask_phone", "ask_code"})
NUMBER = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,20})?")


def take(given: QueryDict, community: Organisation, machine: MachineKey, once: str, now: datetime) -> Case:
    """The case that this request opened. Refused 400 for what is missing or wrong, all of it at once; 429 when it is
    too much at once.

    `email`, `account_id` are taken and not kept: nothing here would use them.
    """
    need = _need(given, community)
    try:
        return knock_by_key(
            machine=machine,
            community=community,
            words=given.get("description", ""),
            once=once,
            device=given.get("device_id", "").strip()[:200],
            now=now,
            **need,
        )
    except NotTaken as error:
        raise _not_taken(error) from error
    except NoOwner as error:
        raise Refused(400, not_taken_words(error)) from error


def _need(given: QueryDict, community: Organisation) -> dict[str, Any]:
    """What the request says beside the words, as `knock` wants it."""
    faults = _Faults()
    service = faults.unless(lambda: published_service(community, given.get("service_code", "").strip()))
    place, place_text = faults.unless(lambda: _where(given, community)) or (None, "")
    firm = faults.unless(lambda: enterprise_given(service, given)) if service else None
    name = faults.unless(lambda: _name(given)) or ""
    phone = faults.unless(lambda: _phone(given.get("phone", ""))) or ""
    media_url = faults.unless(lambda: _media(given.get("media_url", ""))) or ""
    if faults.found:
        faults.unless(lambda: _words(given))
        raise Refused.for_all(faults.found)
    confidential = given.get("confidential", "").lower() in ("true", "1")
    return {
        "service": service,
        "place": place,
        "place_text": place_text,
        "media_url": media_url,
        "asker": Asker(name=name, phone=phone, enterprise=firm, confidential=confidential),
    }


class _Faults:
    """What is wrong with a request: who wrote the client reads all of it at once, not one fault with each attempt."""

    def __init__(self) -> None:
        self.found: list[Refused] = []

    def unless(self, read: Callable[[], Value]) -> Value | None:
        """What `read` gives, None when it is refused."""
        try:
            return read()
        except Refused as refused:
            self.found.append(refused)
            return None


def _words(given: QueryDict) -> str:
    try:
        return check_words(given.get("description", ""))
    except NotTaken as error:
        raise _not_taken(error) from error


def _not_taken(error: NotTaken) -> Refused:
    said = not_taken_words(error)
    return Refused(429, said) if error.code in TOO_MUCH else Refused(400, f"description: {said}")


def _where(given: QueryDict, community: Organisation) -> tuple[Place | None, str]:
    """One of the three ways that the standard has to say where."""
    said, point = clean(given.get("address_string", "")), _point(given)
    key = given.get("address_id", "").strip()
    place = Place.objects.filter(community=community, key=clean(key)[:60]).first() if key else None
    if key and place is None:
        raise Refused(400, _("没有这个 address_id。"))
    if not (said or point or place):
        raise Refused(400, _("要说在哪儿：lat 和 long、address_string 或 address_id。"))
    text = f"{said} ({point})" if said and point else said or point
    if len(text) > LONGEST_PLACE:
        raise Refused(400, _("address_string 太长，最多 %(most)s 个字。") % {"most": LONGEST_PLACE - 30})
    return place, text


def _point(given: QueryDict) -> str:
    """Latitude and longitude (WGS 84) to a metre, or nothing."""
    texts = [given.get(name, "").strip() for name in ("lat", "long")]
    if not any(texts):
        return ""
    if not all(NUMBER.fullmatch(text) for text in texts):
        raise Refused(400, _("lat 和 long 要一起给，写成小数。"))
    lat, long = (float(text) for text in texts)
    if not (math.fabs(lat) <= 90 and math.fabs(long) <= 180):
        raise Refused(400, _("lat 在 -90 到 90 之间，long 在 -180 到 180 之间。"))
    return f"{lat:.5f},{long:.5f}"


def _name(given: QueryDict) -> str:
    """A Chinese name is written without a space, family name first."""
    first, last = (clean(given.get(part, "")) for part in ("first_name", "last_name"))
    name = f"{last}{first}" if HAN_ONE.search(first + last) else f"{first} {last}".strip()
    if len(name) > LONGEST_NAME:
        raise Refused(400, _("first_name、last_name 太长。"))
    return " ".join(name.split())


def _phone(text: str) -> str:
    if not text.strip():
        return ""
    checked = check_phone(text)
    if not checked.value:
        problem = PHONE_PROBLEMS.get(checked.problem or "", PHONE_PROBLEMS["length"])
        raise Refused(400, f"phone: {problem}")
    return checked.value


def _media(text: str) -> str:
    """An address that people may open; we never do."""
    url = clean(text)
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or len(url) > LONGEST_URL
        or re.search(r"\s", url)
    ):
        raise Refused(400, _("media_url 要是一个 http(s) 网址。"))
    return url
