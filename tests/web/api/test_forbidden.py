"""What the published schema forbids is refused in the documented shape, and nothing is written.

The wrong values are made from the schema itself, one fault at a time on a body that is taken without it: so a limit
that is only promised, and held by no code, is found.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from kaimen.cases import actions
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.organisations import give_role
from tests.cast import World, signed_in

API = "/api/v1"
JSON = "application/json"
WRONG_TYPES: dict[str, tuple[Any, ...]] = {
    "string": (None, 7, True, [], {}),
    "boolean": (None, "yes", "true", 1, 0, [], {}),
}
VALID: dict[str, dict[str, Any]] = {
    "/needs": {"words": "宿舍热水晚上十点就停"},
    "/cases/{number}/progress": {"text": "已经问过物业，明天去看。"},
    "/cases/{number}/answer": {"text": "热水已经改成全天供应。"},
    "/tasks/{pk}/accept": {},
    "/tasks/{pk}/finish": {"text": "修好了。"},
    "/tasks/{pk}/return": {"text": "这件不归我们管。"},
}


def schema() -> dict[str, Any]:
    return Client().get(f"{API}/openapi.json").json()  # type: ignore[no-any-return]  # JSON


def wrong_values(shape: dict[str, Any]) -> Iterator[Any]:
    """Values that `shape` forbids, for each constraint that it states."""
    yield from WRONG_TYPES[shape["type"]]
    if "maxLength" in shape:
        yield "好" * (shape["maxLength"] + 1)
    if "pattern" in shape:
        yield "不合 #"


def wrong_bodies(shape: dict[str, Any], valid: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """(the field that is at fault, the body)"""
    for name, of in shape["properties"].items():
        for value in wrong_values(of):
            yield name, valid | {name: value}
    for name in shape.get("required", []):
        yield name, {key: value for key, value in valid.items() if key != name}
    assert shape["additionalProperties"] is False
    yield "nobody_knows", valid | {"nobody_knows": "x"}


def rows() -> dict[str, int]:
    ours = [one for one in apps.get_models() if one.__module__.startswith("kaimen.")]
    return {one._meta.label: one._default_manager.count() for one in ours}


def refused(answer: Any, what: object) -> dict[str, Any]:
    assert 400 <= answer.status_code < 500, (what, answer.status_code, answer.content)
    told = answer.json()
    assert set(told) == {"code", "message", "fields"}, what
    assert told["message"], what
    return told  # type: ignore[no-any-return]  # JSON


def staff_with_everything(park: World) -> tuple[Client, dict[str, Any]]:
    """Somebody who may do all of it, on a case and a task that exist: so that only the fault stands in the way."""
    give_role(person=park.officer, kind=RoleKind.HANDLER, organisation=park.department, by=None)
    now = timezone.now()
    case = park.case(now=now)
    task = actions.give_task(
        cases=[case],
        organisation=park.department,
        title="看一看",
        detail="",
        days=3,
        by=park.officer,
        now=now,
    )
    return signed_in(Client(), park.officer), {"number": case.number, "pk": task.pk}


def posts(published: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The shape of the body of each POST that the schema names."""
    found = {}
    for path, verbs in published["paths"].items():
        if "post" in verbs:
            name = verbs["post"]["requestBody"]["content"][JSON]["schema"]["$ref"].rsplit("/", 1)[1]
            found[path.removeprefix(API)] = published["components"]["schemas"][name]
    return found


def test_a_body_that_the_schema_forbids_is_refused_and_leaves_nothing(park: World) -> None:
    client, known = staff_with_everything(park)
    shapes, before = posts(schema()), rows()
    assert set(shapes) == set(VALID)
    for path, shape in shapes.items():
        address = API + path.format(**known)
        for field, body in wrong_bodies(shape, VALID[path]):
            told = refused(client.post(address, json.dumps(body), content_type=JSON), (path, field, body))
            assert any(one.endswith(field) for one in told["fields"]), (path, body, told)
    assert rows() == before
    for path in ("/needs", "/tasks/{pk}/accept", "/cases/{number}/progress"):
        taken = client.post(API + path.format(**known), json.dumps(VALID[path]), content_type=JSON)
        assert taken.status_code in (200, 201), (path, taken.content)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_json_that_does_not_say_so_is_not_read(park: World, kind: str) -> None:
    """A form on another page can send any text with the visitor's cookies, but not as JSON."""
    client, known = staff_with_everything(park)
    before = rows()
    for path, body in VALID.items():
        answer = client.post(API + path.format(**known), json.dumps(body), content_type=kind)
        assert (answer.status_code, refused(answer, path)["code"]) == (415, "not_json")
    assert rows() == before
    taken = client.post(
        API + "/needs", json.dumps(VALID["/needs"]), content_type="application/json; charset=utf-8"
    )
    assert taken.status_code == 201, taken.content


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", JSON),
        ("{", JSON),
        ('{"words": "热水", "text": "热水"} 还有', JSON),
        (b'{"words": "\xff\xfe", "text": "\xff"}', JSON),
        ("[]", JSON),
        ("null", JSON),
        ('"热水"', JSON),
        ("words=x&text=x", "application/x-www-form-urlencoded"),
        ("<words>x</words>", "text/xml"),
        ('{"words": "' + "x" * 5_000_001 + '"}', JSON),
        ("[" * 100_000, JSON),
    ],
    ids=["empty", "cut", "more", "bytes", "list", "null", "text", "form", "xml", "huge", "deep"],
)
def test_a_body_that_is_no_json_object_is_refused_and_leaves_nothing(
    park: World, body: str | bytes, kind: str
) -> None:
    client, known = staff_with_everything(park)
    before = rows()
    for path in VALID:
        refused(client.post(API + path.format(**known), body, content_type=kind), path)
    assert rows() == before


def wrong_parameters(shape: dict[str, Any]) -> Iterator[str]:
    if shape["type"] == "integer":
        yield from ("x", "1.5", "")
        yield str(shape["minimum"] - 1)
        yield str(shape["maximum"] + 1)
    elif shape["type"] == "boolean":
        yield from ("perhaps", "2")
    elif shape.get("format") == "date":
        yield from ("x", "2026-02-30", "1999-12-31", "2100-01-02")
    elif "pattern" in shape:
        yield "不合 #"


def wrong_addresses(
    path: str, named: list[dict[str, Any]], right: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """(the parameter at fault, the address), all the others right"""
    asked = {one["name"]: right[one["name"]] for one in named if one["in"] == "query" and one.get("required")}
    for one in named:
        name = one["name"]
        for value in wrong_parameters(one["schema"]):
            if one["in"] == "query":
                yield name, f"{path.format(**right)}?{urlencode(asked | {name: value})}"
            elif value:  # nothing there is another address
                yield name, f"{path.format(**(right | {name: quote(value)}))}?{urlencode(asked)}"


def test_a_parameter_that_the_schema_forbids_is_refused_and_leaves_nothing(park: World) -> None:
    client, known = staff_with_everything(park)
    before, tried = rows(), 0
    right = known | {"key": "parking", "first": "2026-11-23", "last": "2026-11-24"}
    right |= {"start": "2026-11-23", "days": 3}
    for path, verbs in schema()["paths"].items():
        for verb, operation in verbs.items():
            body = json.dumps(VALID[path.removeprefix(API)]) if verb == "post" else None
            sent = {"data": body, "content_type": JSON} if body else {}
            named = [one for one in operation.get("parameters", []) if one["in"] in ("path", "query")]
            for name, address in wrong_addresses(path, named, right):
                told = refused(getattr(client, verb)(address, **sent), address)
                assert told["fields"] == [name], (address, told)
                tried += 1
    assert tried > 40
    assert rows() == before
