"""What another site could make a browser do, or make us say: forms without a token, `next`, a host of its own."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import World, signed_in
from tests.doors.test_every_door import WHO, quiet_refusals  # noqa: F401  a fixture
from tests.doors.world import furnish

# A key in the request says who asks there, a cookie means nothing: tests/intake/open311/test_posting.py.
BY_KEY_ALONE = {"open311_requests": 403}
OUR_REFUSAL, BY_API = "为了防止别人冒用".encode(), b'"code": "csrf"'
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "///evil.example",
    "javascript:alert(1)",
)


@pytest.mark.django_db
@pytest.mark.usefixtures("quiet_refusals")
def test_no_form_is_taken_without_its_token() -> None:
    """Every address of the house is sent a form by somebody who may do nearly everything, as another site would."""
    house = furnish()
    client = signed_in(Client(enforce_csrf_checks=True), house.people.supervisor)
    taken = {}
    for name in WHO:
        arguments = {"id": str(uuid4())} if name == "hsds_service" else house.arguments.get(name, {})
        address = reverse(name, kwargs=arguments)
        answer = client.post(address, {"words": "停车"})
        refused = answer.status_code == 403 and (OUR_REFUSAL in answer.content or BY_API in answer.content)
        if not refused and answer.status_code != 405:
            taken[name] = answer.status_code
    assert taken == BY_KEY_ALONE


@pytest.mark.parametrize("where", ELSEWHERE)
def test_next_leads_nowhere_else(park: World, where: str) -> None:
    inside = signed_in(Client(), park.officer)
    answers: dict[str, Any] = {
        "sign in": inside.get("/in", {"next": where}),
        "staff": inside.get("/in/staff", {"next": where}),
        "letters": Client().post("/look/elder", {"elder": "1", "next": where}),
        "language": Client().post("/i18n/", {"language": "en", "next": where}),
    }
    for name, answer in answers.items():
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/") and "evil" not in answer["Location"], name
        assert "javascript" not in answer["Location"], name
    shown = re.findall(r'name="next" value="([^"]*)"', Client().get("/in", {"next": where}).content.decode())
    assert all(re.match(r"/(?![/\\])|$", told) for told in shown), shown


def test_a_host_of_somebody_elses_is_refused(park: World, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["door.example"]
    assert Client().get("/", headers={"Host": "door.example"}).status_code == 200
    for host in ("evil.example", "door.example.evil.example", "door.example@evil.example", ""):
        assert Client(raise_request_exception=False).get("/", headers={"Host": host}).status_code == 400
