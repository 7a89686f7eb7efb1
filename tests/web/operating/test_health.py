"""Alive is one question, ready another: the first asks nobody, the second says by codes what is missing."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.jobs import HEARTBEAT, run_due
from kaimen.foundation.models import AuditEntry, JobRun
from kaimen.foundation.organisations import add_organisation
from kaimen.web.operating.health import CHECKS, DISK_FREE, WORKER_SILENT, not_ready
from tests.cast import at


def test_alive_without_any_database(client: Client) -> None:
    """pytest-django refuses every query here: this test has no database."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.fixture
def beating(db: None) -> Iterator[None]:
    JobRun.objects.update_or_create(
        name=HEARTBEAT, defaults={"last_started_at": timezone.now(), "next_due_at": timezone.now()}
    )
    yield


@pytest.mark.usefixtures("beating")
def test_a_house_in_order_is_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.json() == {"ready": True, "reasons": []}
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_worker_that_never_came_or_fell_silent(client: Client) -> None:
    now = timezone.now()
    assert not_ready(now) == ["worker_missing"]
    run_due(now)
    assert not_ready(timezone.now()) == []
    assert not_ready(now + WORKER_SILENT + timedelta(minutes=1)) == ["worker_late"]
    JobRun.objects.filter(name=HEARTBEAT).update(last_started_at=now - WORKER_SILENT * 2)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "reasons": ["worker_late"]}
    assert client.get("/readyz?exclude=worker").status_code == 200, "a balancer keeps the door open"


@pytest.mark.usefixtures("beating")
def test_a_migration_that_was_not_applied() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'cases'")
    assert not_ready(timezone.now()) == ["migrations_missing"]


@pytest.mark.usefixtures("beating")
def test_a_clock_that_went_back() -> None:
    add_organisation(key="some", name="示例", kind=OrganisationKind.COMMUNITY, parent=None, by=None)
    newest = AuditEntry.objects.order_by("-pk")[0].at
    assert not_ready(newest) == []
    assert not_ready(newest - timedelta(minutes=2)) == ["clock_behind"]


@pytest.mark.usefixtures("beating")
@pytest.mark.only_on("postgresql", why="SQLite has no clock of its own")
@pytest.mark.parametrize("by", [-120, 120])
def test_a_clock_that_differs_from_the_databases(by: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = time.time
    assert not_ready(timezone.now()) == []
    monkeypatch.setattr(time, "time", lambda: ours() + by)
    assert not_ready(timezone.now(), frozenset(CHECKS) - {"clock"}) == ["clock_differs"]


@pytest.mark.usefixtures("beating")
@pytest.mark.parametrize(
    ("day", "code"),
    [("2026-03-02", []), ("2030-03-02", ["calendar_missing"]), ("2023-05-01", ["calendar_missing"])],
)
def test_a_year_whose_holidays_are_not_known(day: str, code: list[str]) -> None:
    assert not_ready(at(day), frozenset(CHECKS) - {"calendar"}) == code


@pytest.mark.usefixtures("beating")
def test_the_last_days_of_a_year_need_the_next_one() -> None:
    only = frozenset(CHECKS) - {"calendar"}
    assert not_ready(at("2024-12-31"), only) == []
    known_last = at("2027-12-20") if not not_ready(at("2027-03-01"), only) else at("2026-12-20")
    assert not_ready(known_last, only) == ["calendar_next_missing"]
    assert not_ready(known_last - timedelta(days=10), only) == []


@pytest.mark.usefixtures("beating")
def test_a_full_disk(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    free = shutil.disk_usage(os.environ["KAIMEN_VAR"]).free
    assert free > DISK_FREE, "this machine itself is short of disk"
    monkeypatch.setattr("kaimen.web.operating.health.DISK_FREE", free * 2)
    assert not_ready(timezone.now()) == ["disk_full"]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away(client: Client) -> None:
    """A name that is not there stands for a server that does not answer; both raise the same error."""
    kept, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], "/nowhere/at/all"
    pooled = connection.settings_dict["OPTIONS"].pop("pool", None)  # it would wait 20 seconds
    connection.close()
    try:
        answer = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept
        if pooled:
            connection.settings_dict["OPTIONS"]["pool"] = pooled
    assert answer.status_code == 503
    assert answer.json()["reasons"][0] == "database_away"
    assert "nowhere" not in answer.content.decode()
