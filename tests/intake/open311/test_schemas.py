"""Every answer against the schemas that Open311 publishes, and against its rules where they are not there."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

import kaimen
from kaimen.cases import actions
from tests.cast import World
from tests.intake.open311.cast import get, key_for, plain, post

HERE = Path(kaimen.__file__).parents[1]
DATA = Path(os.environ.get("KAIMEN_DATA") or HERE.parent / "shared" / "data")
SCHEMAS = DATA / "schemas" / "open311" / "georeport-v2"
HOW_TO_GET = (
    f"no Open311 schemas in {SCHEMAS}: set KAIMEN_DATA to the folder with schemas/open311/georeport-v2 from "
    "https://github.com/open311/schema-validation"
)
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=HOW_TO_GET)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00")
REQUEST = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address",
    "address_id", "zipcode", "lat", "long", "media_url",
}  # fmt: skip


def validator(name: str) -> Draft4Validator:
    files = {path.name: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.json")}
    registry: Any = Registry().with_resources(
        (file, Resource.from_contents(schema, default_specification=DRAFT4)) for file, schema in files.items()
    )
    return Draft4Validator(files[name], registry=registry, format_checker=FormatChecker())


@pytest.fixture
def lived_in(park: World) -> str:
    """A list with something to ask, and requests in several states; the secret of a key that brought some of them."""
    park.service.documents = ["行驶证"]
    park.service.phrases = ["没地方停车", "车位,不够"]
    park.service.audience = "enterprise"
    park.service.save()
    now = timezone.now()
    answered = park.case(now=now)
    actions.answer_case(case=answered, text="办好了", by=park.officer, now=now)
    park.case(now=now)
    key = key_for(park)
    post(key, lat="29.9", long="121.8", media_url="https://pictures.example/1.jpg")
    return key


@pytest.mark.may_be_missing  # no part of the project
@needs_schemas
def test_every_answer_is_valid(lived_in: str) -> None:
    for path, name in (
        ("/services.json", "services.json"),
        ("/services/parking.json", "service-definition.json"),
        ("/requests.json", "requests.json"),
    ):
        found = get(path, key=lived_in if "requests" in path else "")
        schema = validator(name)
        assert [error.message for error in schema.iter_errors(found)] == []
    request = validator("request.json")
    for row in get("/requests.json", key=lived_in):
        one = get(f"/requests/{row['service_request_id']}.json", key=lived_in)
        assert one == [row]
        assert [error.message for error in request.iter_errors(row)] == []
        assert set(row) == set(request.schema["properties"])  # no name that the standard does not have


@pytest.mark.may_be_missing  # no part of the project
@needs_schemas
def test_the_check_itself_would_notice(lived_in: str) -> None:
    row = get("/requests.json", key=lived_in)[0]
    for wrong in (
        {"status": "answered"},
        {"lat": "29.9"},
        {"service_code": None},
        {"requested_datetime": None},
    ):
        assert not validator("requests.json").is_valid([row | wrong])
    service = get("/services.json")[0]
    assert not validator("services.json").is_valid([service | {"type": "later"}])


def test_rules_of_the_standard(lived_in: str) -> None:
    """What must hold also where the schemas are not there; and XML says the same as JSON."""
    rows = get("/requests.json", key=lived_in)
    assert len(rows) == 3
    for row in rows:
        assert set(row) == REQUEST
        assert row["status"] in {"open", "closed"}
        for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
            assert row[name] is None or MOMENT.fullmatch(row[name])
        for name in ("lat", "long"):
            assert row[name] is None or isinstance(row[name], float)
    services = get("/services.json")
    assert {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"} == set(
        services[0]
    )
    assert services[0]["type"] in {"realtime", "batch", "blackbox"} and services[0]["metadata"] is True
    assert all(row["service_code"] == services[0]["service_code"] for row in rows)
    assert services[0]["keywords"].split(",") == ["没地方停车", "车位，不够"]  # the comma parts keywords
    for order, attribute in enumerate(get("/services/parking.json")["attributes"], 1):
        assert attribute["order"] == order
        assert {
            "variable",
            "code",
            "datatype",
            "required",
            "datatype_description",
            "order",
            "description",
            "values",
        } == (set(attribute))
    for path in ("/services", "/requests"):
        same = get(f"{path}.json", key=lived_in if "req" in path else "")
        xml = plain(get(f"{path}.xml", key=lived_in if "req" in path else ""))
        assert xml == [{name: _said(value) for name, value in row.items()} for row in same]


def _said(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
