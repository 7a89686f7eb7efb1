"""Made-up input against Open311: whatever is sent, the answer is one of the standard's, in the kind asked for."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from schemathesis import GenerationMode

from tests.cast import World
from tests.intake.open311.cast import BASE, key_for
from tests.web.api.hostile import attack

TEXT = {"type": "string"}
ANSWERS = {
    str(code): {"description": "", "content": {"application/json": {}, "text/xml": {}, "text/html": {}}}
    for code in (200, 400, 403, 404, 405, 429)
}


def asked(where: str, required: bool = False, **names: Any) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": where, "required": required, "schema": shape} for name, shape in names.items()
    ]


def a_form() -> dict[str, Any]:
    """The arguments of POST with what a client might put there: right, wrong and beside the point."""
    fields: dict[str, Any] = {
        "service_code": {"anyOf": [{"const": "parking"}, TEXT]},
        "description": {"type": "string", "maxLength": 3000},
        "lat": {"anyOf": [{"type": "number"}, TEXT]},
        "long": {"anyOf": [{"type": "number"}, TEXT]},
        "phone": {"anyOf": [{"type": "string", "pattern": "^1[3-9][0-9]{9}$"}, TEXT]},
        "media_url": {"anyOf": [{"type": "string", "format": "uri"}, TEXT]},
        "attribute[enterprise]": TEXT,
    }
    fields |= dict.fromkeys(
        ("address_string", "address_id", "first_name", "last_name", "email", "device_id"), TEXT
    )
    return {"type": "object", "properties": fields, "required": ["description"]}


def schema() -> dict[str, Any]:
    kind = asked("path", True, kind={"enum": ["json", "xml"]})
    filters = asked(
        "query",
        service_request_id={"anyOf": [{"type": "string", "pattern": "^KM-2026-[0-9]{5}$"}, TEXT]},
        service_code={"anyOf": [{"const": "parking"}, TEXT]},
        start_date={"anyOf": [{"type": "string", "format": "date-time"}, TEXT]},
        end_date={"anyOf": [{"type": "string", "format": "date-time"}, TEXT]},
        status={"anyOf": [{"enum": ["open", "closed", "open,closed"]}, TEXT]},
        page={"anyOf": [{"type": "integer"}, TEXT]},
        page_size={"anyOf": [{"type": "integer"}, TEXT]},
        jurisdiction_id={"anyOf": [{"const": "park"}, TEXT]},
    )
    get = {"parameters": kind, "responses": ANSWERS}
    body = {"content": {"application/x-www-form-urlencoded": {"schema": a_form()}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "GeoReport", "version": "2"},
        "paths": {
            f"{BASE}/services.{{kind}}": {"get": get},
            f"{BASE}/services/{{code}}.{{kind}}": {
                "get": get | {"parameters": kind + asked("path", True, code=TEXT)}
            },
            f"{BASE}/requests.{{kind}}": {
                "get": get | {"parameters": kind + filters},
                "post": get | {"requestBody": body},
            },
            f"{BASE}/requests/{{number}}.{{kind}}": {
                "get": get | {"parameters": kind + asked("path", True, number=TEXT)}
            },
            f"{BASE}/tokens/{{token}}.{{kind}}": {
                "get": get | {"parameters": kind + asked("path", True, token=TEXT)}
            },
        },
    }


def in_the_shape_of_the_standard(answer: Any) -> None:
    """JSON or XML that can be read, errors with code and description; HTML only where no address of ours was asked."""
    kind = answer.headers["content-type"][0]
    if kind.startswith("application/json"):
        rows = json.loads(answer.content)
        assert answer.status_code < 400 or set(rows[0]) == {"code", "description"}
    elif kind.startswith("text/xml"):
        root = ElementTree.fromstring(answer.content)  # noqa: S314  our own output
        assert answer.status_code < 400 or root.tag == "errors"
    else:
        assert answer.status_code in (404, 405)


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"]
)
def test_nothing_that_is_sent_breaks_open311(park: World, mode: GenerationMode) -> None:
    limits = {"per_minute": 100_000, "needs_per_hour": 100_000, "needs_per_day": 100_000}
    headers = {"X-Api-Key": key_for(park, **limits)}
    seen = attack(schema(), headers, mode, in_the_shape_of_the_standard, examples=25)
    if mode is GenerationMode.POSITIVE:
        assert seen[f"GET {BASE}/services.{{kind}}"] == {200}
        assert {200, 400} <= seen[f"GET {BASE}/requests.{{kind}}"]
    assert seen[f"POST {BASE}/requests.{{kind}}"] & {400, 404}
