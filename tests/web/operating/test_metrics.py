"""Numbers for Prometheus: only with the token, right over several processes, and nobody's data in them."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.parser import text_string_to_metric_families

from kaimen.foundation.enums import DeliveryState
from kaimen.foundation.models import Delivery
from tests.cast import World, at

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "a-token-for-watchers"


def read(client: Client) -> dict[str, float]:
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    return {
        f"{s.name}{sorted(s.labels.values())}": s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


@pytest.mark.django_db
def test_without_the_token_there_is_nothing(client: Client, settings: Any) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_requests_are_counted_by_name_never_by_address(park: World, client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    before = read(client).get("kaimen_requests_total['404', 'GET', 'track']", 0)
    client.get("/t/some-secret-token-00000")
    client.get("/nothing/at/this/address")
    client.generic("STEAL", "/")
    after = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert read(client)["kaimen_requests_total['404', 'GET', 'track']"] == before + 1
    assert "some-secret-token" not in after
    assert "/nothing" not in after
    assert "STEAL" not in after
    assert 'kaimen_request_seconds_bucket{le="+Inf",route="track"}' in after


def test_the_state_of_the_house(park: World, client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    start = read(client)
    case = park.case(now=at("2026-03-02"))
    now = timezone.now()
    DBTaskResult.objects.all().delete()
    for status, age in (("READY", 90), ("READY", 30), ("FAILED", 10)):
        row = DBTaskResult.objects.create(
            status=status, task_path="x.y", args_kwargs={}, backend_name="default", run_after=now
        )
        DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=now - timedelta(seconds=age))
    Delivery.objects.update(state=DeliveryState.SENT)
    numbers = read(client)
    assert numbers["kaimen_cases_opened_total[]"] == start["kaimen_cases_opened_total[]"] + 1
    assert numbers["kaimen_promises_late[]"] == case.promises.count() == 2
    assert numbers["kaimen_jobs_queued[]"] == 2
    assert numbers["kaimen_jobs_failed[]"] == 1
    assert 90 <= numbers["kaimen_jobs_oldest_seconds[]"] < 120
    assert not [name for name in numbers if name.startswith("kaimen_deliveries")]


def test_failed_mails_are_counted(park: World, client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    park.case()
    delivery = Delivery.objects.first()
    assert delivery, "opening a case queues a notice for the officer"
    Delivery.objects.exclude(pk=delivery.pk).update(state=DeliveryState.SENT)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.FAILED, channel="email")
    assert read(client)["kaimen_deliveries['email', 'failed']"] == 1


def test_asking_costs_the_same_however_many_cases(
    park: World, client: Client, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.METRICS_TOKEN = TOKEN
    for _ in range(5):
        park.case()
    with django_assert_max_num_queries(5):
        read(client)


def test_several_processes_add_up(tmp_path: Path) -> None:
    """Two processes that really are two: each starts Python (0.3 s), as the server's own workers do."""
    count = (
        "from kaimen.foundation import metrics\n"
        "metrics.observe(route='say', method='GET', status=200, seconds=0.01)\n"
    )
    told = "from prometheus_client import generate_latest as g; print(g(metrics.counted()).decode())"
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def run(code: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code], env=env, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout

    run(count)
    assert 'kaimen_requests_total{method="GET",route="say",status="200"} 2.0' in run(count + told)
