"""The rig itself: it runs on the database it was asked for, and reaches nothing but this machine."""

import os
import socket
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, OperationalError, connection

from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import AuditEntry, Organisation
from kaimen.foundation.organisations import add_person, give_role, phone_digest
from tests.cast import World
from tests.rig import missing
from tests.rig.browser import DESK, PHONE, Visitor
from tests.rig.network import OutsideRequest, is_loopback


def skipped() -> pytest.TestReport:
    why = ("test_x.py", 1, "Skipped: no browser")
    return pytest.TestReport("test_x.py::test_x", ("test_x.py", 1, "test_x"), {}, "skipped", why, "setup")


@pytest.mark.parametrize(
    ("in_ci", "mark", "outcome"),
    [("1", "", "failed"), ("1", "may_be_missing", "skipped"), ("", "", "skipped")],
)
def test_a_skip_in_ci_is_a_failure_unless_it_is_marked(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, in_ci: str, mark: str, outcome: str
) -> None:
    monkeypatch.setenv("KAIMEN_REQUIRE_ALL", in_ci)
    if mark:
        request.node.add_marker(mark)
    report = skipped()
    missing.refuse_skip(request.node, report)
    assert report.outcome == outcome
    assert "no browser" in str(report.longrepr)


@pytest.mark.django_db
def test_runs_on_the_database_asked_for() -> None:
    assert connection.vendor == os.environ.get("KAIMEN_TEST_DATABASE", "sqlite")
    assert connection.introspection.table_names()


def test_another_machine_cannot_be_reached() -> None:
    with pytest.raises(OutsideRequest), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (("127.0.0.1", 80), True),
        (("::1", 80, 0, 0), True),
        (("localhost", 80), True),
        ("/run/socket", True),
        (("192.0.2.1", 80), False),
        (("example.org", 80), False),
        (("127.0.0.1.example.org", 80), False),
    ],
)
def test_only_loopback_counts_as_this_machine(address: object, expected: bool) -> None:
    assert is_loopback(address) is expected


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_tables_that_refuse_deleting_are_empty_again_for_the_next_test(time: int) -> None:
    assert not AuditEntry.objects.exists()
    AuditEntry.objects.create(verb="test", subject_kind="test", subject_id=time, params={})
    with pytest.raises((IntegrityError, OperationalError)):
        AuditEntry.objects.all().delete()


def test_phone_and_desk_open_the_live_server(phone: Any, desk: Any, live_server: Any) -> None:
    for page, width in ((phone, PHONE["viewport"]["width"]), (desk, DESK["viewport"]["width"])):
        answer = page.goto("/healthz")
        assert answer.status == 200
        assert page.url == f"{live_server.url}/healthz"
        assert page.evaluate("window.innerWidth") >= width
    assert phone.evaluate("navigator.maxTouchPoints") > 0


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ('<img src="http://192.0.2.1/x.png">', "outside request: http://192.0.2.1/x.png"),
        ("<script>throw new Error('broken')</script>", "broken"),
    ],
)
def test_a_page_that_misbehaves_fails_its_journey(
    chromium: Any, live_server: Any, html: str, complaint: str
) -> None:
    visitor = Visitor(chromium, live_server.url)
    page = visitor.context.new_page()
    page.goto("about:blank")
    page.set_content(html, wait_until="load")
    with pytest.raises(AssertionError, match=complaint):
        visitor.leave()


def test_the_cast_is_what_the_verbs_would_have_written(park: World) -> None:
    """`tests.cast` writes its people in bulk; a column that a verb fills must not be empty there."""
    phone = "13800000099"
    person = add_person(name=park.worker.name, phone=phone, by=None)
    role = give_role(person=person, kind=RoleKind.OFFICER, organisation=park.community, by=None)
    own = {"id", "person_id", "created_at", "phone", "phone_digest"}
    for made, cast in ((person, park.worker), (role, park.officer.roles.get())):
        cast.refresh_from_db()
        made.refresh_from_db()
        names = [field.attname for field in made._meta.concrete_fields if field.attname not in own]
        assert {n: getattr(made, n) for n in names} == {n: getattr(cast, n) for n in names}
    assert park.worker.phone_digest == phone_digest(park.worker.phone) != ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2, 3])  # the first is emptied by Django, the next by us, if it can be
def test_what_django_writes_itself_is_there_after_every_emptying(time: int) -> None:
    assert ContentType.objects.get_for_model(AuditEntry).pk and Permission.objects.count() > 100
    assert not Organisation.objects.exists()
    Organisation.objects.create(key="left", name="示例", kind="community")
    Permission.objects.all().delete()  # and even then
