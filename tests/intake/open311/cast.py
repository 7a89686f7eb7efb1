"""A client of the standard, and a key for it."""

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

from django.test import Client
from django.utils import timezone

from kaimen.foundation import keys
from tests.cast import World

BASE = "/open311/v2"


def key_for(world: World, scopes: tuple[str, ...] = ("needs:write", "needs:read"), **changes: Any) -> str:
    """The secret of a new key of the community."""
    now = timezone.now()
    wanted = {
        "name": "示例热线",
        "organisation": world.community,
        "scopes": scopes,
        "expires_at": now + timedelta(days=9),
        "by": world.manager,
        "now": now,
    } | changes
    return keys.make_key(**wanted).secret


def get(path: str, key: str = "", expect: int = 200, **query: str) -> Any:
    """The parsed answer; None of HTML may ever come back."""
    answer = Client().get(f"{BASE}{path}", query, headers={"X-Api-Key": key} if key else {})
    assert answer.status_code == expect, answer.content.decode()
    return parsed(answer)


def post(key: str, expect: int = 200, kind: str = "json", once: str = "", **form: str) -> Any:
    headers = {"Idempotency-Key": once} if once else {}
    wanted = {
        "api_key": key,
        "service_code": "parking",
        "description": "停车位太少，晚上没地方停。",
        "address_string": "东门外",
    } | form
    answer = Client().post(f"{BASE}/requests.{kind}", wanted, headers=headers)
    assert answer.status_code == expect, answer.content.decode()
    return parsed(answer)


def parsed(answer: Any) -> Any:
    if answer["Content-Type"].startswith("text/xml"):
        return ElementTree.fromstring(answer.content)  # noqa: S314  our own output
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(answer.content)


def plain(element: ElementTree.Element) -> Any:
    """XML as the JSON it stands for, every value a text."""
    if not len(element):
        return element.text or ""
    if len({child.tag for child in element}) == 1 and element.tag in {"services", "service_requests"}:
        return [plain(child) for child in element]
    return {child.tag: plain(child) for child in element}
