"""Made-up input against everything that the OpenAPI schema names. Seconds, because each of 20 addresses is asked often."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from schemathesis import GenerationMode

from kaimen.foundation.enums import KeyScope, RoleKind
from kaimen.foundation.models import Account
from kaimen.foundation.organisations import give_role
from tests.cast import World
from tests.intake.open311.cast import key_for
from tests.web.api.hostile import attack


def key_with_everything(park: World, person: Any) -> str:
    Account.objects.get_or_create(person=person, defaults={"username": f"p{person.pk}"})
    give_role(person=person, kind=RoleKind.HANDLER, organisation=park.department, by=None)  # for tasks too
    limits = {"per_minute": 100_000, "needs_per_hour": 100_000, "needs_per_day": 100_000}
    return key_for(park, tuple(scope.value for scope in KeyScope), acts_for=person, **limits)


def explains_itself(answer: Any) -> None:
    if answer.status_code >= 400 and answer.status_code != 405:
        assert set(json.loads(answer.content)) == {"code", "message", "fields"}


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"]
)
def test_nothing_that_is_sent_breaks_the_interface(park: World, mode: GenerationMode) -> None:
    park.case(now=timezone.now())
    schema = Client().get("/api/v1/openapi.json").json()
    headers = {"X-Api-Key": key_with_everything(park, park.officer)}
    seen = attack(schema, headers, mode, explains_itself)
    assert len(seen) == 16
    if mode is GenerationMode.POSITIVE:
        assert seen["GET /api/v1/services"] & {200, 404}
        assert seen["POST /api/v1/needs"] & {201, 422}
        assert 200 in seen["GET /api/v1/calendar/deadline"]
    else:
        assert {404, 422} & seen["POST /api/v1/needs"]
