"""The list as HSDS 3.0, against the schemas that Open Referral publishes."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

import kaimen
from kaimen.foundation.models import Organisation

HERE = Path(kaimen.__file__).parents[1]
DATA = Path(os.environ.get("KAIMEN_DATA") or HERE.parent / "shared" / "data")
SCHEMAS = DATA / "schemas" / "hsds" / "schema"
HOW_TO_GET = (
    f"no HSDS schemas in {SCHEMAS}: set KAIMEN_DATA to the folder with schemas/hsds/schema from "
    "https://github.com/openreferral/specification (tag 3.0)"
)
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=HOW_TO_GET)


def validator(name: str) -> Draft202012Validator:
    files = {path.name: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.json")}
    registry = Registry().with_resources(
        (file, Resource.from_contents(schema, default_specification=DRAFT202012))
        for file, schema in files.items()
    )
    return Draft202012Validator(files[name], registry=registry, format_checker=FormatChecker())


def get(address: str, **query: Any) -> Any:
    answer = Client().get(address, query)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    return answer.json()


def unknown(found: Any, schema: dict[str, Any]) -> Iterator[str]:
    """Names that the schema does not have: JSON Schema alone would let a spelling mistake pass."""
    yield from found.keys() - schema["properties"].keys()


@pytest.mark.may_be_missing  # no part of the project
@needs_schemas
def test_every_service_in_full_is_valid(lingfeng: Organisation) -> None:
    checks = validator("service.json")
    page = get("/hsds/services", full="true", per_page=200)
    assert page["total_items"] == len(page["contents"]) >= 55
    for service in page["contents"]:
        assert [error.message for error in checks.iter_errors(service)] == []
        assert list(unknown(service, checks.schema)) == []
    names = {name for service in page["contents"] for name in service}
    wanted = {"schedules", "phones", "required_documents", "cost_options", "attributes", "organization"}
    assert wanted <= names
    one = page["contents"][0]
    assert get(f"/hsds/services/{one['id']}") == one


@pytest.mark.may_be_missing  # no part of the project
@needs_schemas
def test_lists_and_organisations_are_valid(lingfeng: Organisation) -> None:
    checks = validator("service.json")
    for service in get("/hsds/services")["contents"]:
        assert [error.message for error in checks.iter_errors(service)] == []
    checks = validator("organization.json")
    for organisation in get("/hsds/organizations", full="true")["contents"]:
        assert [error.message for error in checks.iter_errors(organisation)] == []
        assert list(unknown(organisation, checks.schema)) == []


@pytest.mark.may_be_missing  # no part of the project
@needs_schemas
def test_the_check_itself_would_notice(lingfeng: Organisation) -> None:
    service = get("/hsds/services", full="true")["contents"][0]
    checks = validator("service.json")
    assert not checks.is_valid(service | {"id": "parking"})
    assert not checks.is_valid(service | {"status": "open"})
    assert not checks.is_valid(service | {"organization": {"id": service["organization"]["id"]}})


def test_pages_follow_the_api_reference(lingfeng: Organisation) -> None:
    assert get("/hsds")["version"] == "3.0"
    pages = [get("/hsds/services", page=n, per_page=30) for n in (1, 2, 3)]
    total = pages[0]["total_items"]
    assert [(p["first_page"], p["last_page"], p["size"]) for p in pages] == [
        (True, False, 30),
        (False, False, 30),
        (False, True, total - 60),
    ]
    ids = [service["id"] for page in pages for service in page["contents"]]
    assert len(set(ids)) == total
    found = get("/hsds/services", search="停车")["contents"]
    assert found and len(found) < 10
    term = get(f"/hsds/services/{found[0]['id']}")["attributes"][0]["taxonomy_term_id"]
    same = get("/hsds/services", taxonomy_term_id=term)["total_items"]
    assert 0 < same < total
    assert get("/hsds/services", modified_after="2999-01-01T00:00:00Z")["empty"] is True
    assert Client().get("/hsds/services/00000000-0000-0000-0000-000000000000").status_code == 404
