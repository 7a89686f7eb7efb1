"""Jobs are tried again with growing patience, given back when their worker dies, and timed ones run once."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kaimen.foundation import jobs
from kaimen.foundation.models import JobRun, Organisation
from tests.foundation.work_for_tests import broken, effect, sleepy

ROOT = Path(__file__).resolve().parents[2]
MINUTE = timedelta(minutes=1)


def drain() -> None:
    jobs.PatientWorker(interval=0, worker_id="w").run()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> dict[str, jobs.Timed]:
    """A timetable with nothing in it yet."""
    table: dict[str, jobs.Timed] = {}
    monkeypatch.setattr(jobs, "TIMETABLE", table)
    return table


@pytest.mark.django_db(transaction=True)
def test_a_failing_job_is_tried_again_later_and_later_and_then_given_up() -> None:
    job = broken.enqueue()
    waits = []
    for _ in range(jobs.ATTEMPTS - 1):
        before = timezone.now()
        drain()
        row = DBTaskResult.objects.get(pk=job.id)
        assert row.status == "READY"
        waits.append(round((row.run_after - before).total_seconds()))
        drain()  # not yet: nothing happens before its time
        assert len(DBTaskResult.objects.get(pk=job.id).worker_ids) == len(waits)
        DBTaskResult.objects.update(run_after=timezone.now())
    drain()
    row = DBTaskResult.objects.get(pk=job.id)
    assert waits == [10, 40, 160, 640]
    assert (row.status, len(row.worker_ids)) == ("FAILED", jobs.ATTEMPTS)


@pytest.mark.django_db
def test_a_job_whose_worker_is_gone_is_given_back_and_others_are_left() -> None:
    now = timezone.now()
    lost, busy, ready = (effect.enqueue(key) for key in "abc")
    running = DBTaskResult.objects.filter(pk__in=[lost.id, busy.id])
    running.update(status="RUNNING", started_at=now - 9 * MINUTE, worker_ids=["w"])
    DBTaskResult.objects.filter(pk=lost.id).update(started_at=now - 11 * MINUTE)
    assert jobs.reap(now) == 1
    assert jobs.reap(now) == 0
    states = {str(row.pk): row.status for row in DBTaskResult.objects.all()}
    assert states == {lost.id: "READY", busy.id: "RUNNING", ready.id: "READY"}


@pytest.mark.django_db
def test_a_job_that_kills_every_worker_is_given_up() -> None:
    now = timezone.now()
    job = effect.enqueue("a")
    workers = [f"w{n}" for n in range(jobs.ATTEMPTS)]
    DBTaskResult.objects.update(status="RUNNING", started_at=now - 11 * MINUTE, worker_ids=workers)
    assert jobs.reap(now) == 0
    assert DBTaskResult.objects.get(pk=job.id).status == "FAILED"


@pytest.mark.django_db
def test_the_timetable_runs_each_job_when_its_time_has_come(alone: dict[str, jobs.Timed]) -> None:
    ran: list[datetime] = []

    @jobs.timetable(every=timedelta(hours=1))
    def hourly(now: datetime) -> None:
        ran.append(now)

    start = timezone.now()
    for minutes in (0, 1, 59, 60, 61, 200):
        jobs.run_due(start + minutes * MINUTE)
    assert [(at - start) // MINUTE for at in ran] == [0, 60, 200]


@pytest.mark.django_db
def test_one_failing_job_stops_no_other_and_comes_again_soon(
    alone: dict[str, jobs.Timed], caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    @jobs.timetable(every=timedelta(days=1))
    def falls(now: datetime) -> None:
        ran.append("falls")
        raise RuntimeError

    @jobs.timetable(every=timedelta(days=1))
    def stands(now: datetime) -> None:
        ran.append("stands")

    start = timezone.now()
    for minutes in (0, 1, 6):
        jobs.run_due(start + minutes * MINUTE)
    assert ran == ["falls", "stands", "falls"]
    assert "falls failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_with_many_workers_at_once_each_timed_job_runs_once(alone: dict[str, jobs.Timed]) -> None:
    ran: list[str] = []
    for n in range(5):
        name = f"job{n}"
        run = lambda now, name=name: ran.append(name)  # noqa: E731 - reads better in one line
        alone[name] = jobs.Timed(name=name, every=timedelta(hours=1), run=run)
    now, start = timezone.now(), threading.Barrier(4)

    def work() -> None:
        start.wait()
        jobs.run_due(now)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == [f"job{n}" for n in range(5)]
    assert JobRun.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_long_jobs_do_not_keep_the_timetable_waiting(
    alone: dict[str, jobs.Timed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many wait: after TURN seconds due notices and escalations have their turn."""
    ran: list[datetime] = []
    jobs.timetable(every=timedelta(0))(ran.append)
    for n in range(3):
        effect.enqueue(f"job{n}")
    worker = jobs.PatientWorker(interval=0, worker_id="w")
    done = []
    monkeypatch.setattr(jobs, "TURN", 0.0)
    for _ in range(4):
        idle = worker._turn()
        done.append((len(ran), DBTaskResult.objects.filter(status="SUCCESSFUL").count(), idle))
    assert done == [(1, 1, False), (2, 2, False), (3, 3, False), (4, 3, True)]


def worker(*options: str, **more: str) -> subprocess.Popen[bytes]:
    """A real worker process on the database of this test."""
    database = settings.DATABASES["default"]
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        host, user = database["HOST"], database["USER"]
        url = (
            f"postgresql://{user}@/{database['NAME']}?host={host}"
            if host.startswith("/")
            else (f"postgresql://{user}@{host}:{database['PORT']}/{database['NAME']}")
        )
    environment = os.environ | {"KAIMEN_DATABASE_URL": url, "PYTHONPATH": str(ROOT)} | more
    return subprocess.Popen(
        [sys.executable, "-m", "kaimen", "work", "--interval", "0.05", *options], cwd=ROOT, env=environment
    )


def wait_for(condition: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_the_effect_exactly_once(tmp_path: Path) -> None:
    """Two processes are started, which takes some seconds."""
    marker = tmp_path / "begun"
    job = sleepy.enqueue("once", 60, str(marker))
    first = worker()
    try:
        wait_for(marker.exists)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    row = DBTaskResult.objects.get(pk=job.id)
    assert row.status == "RUNNING"
    assert not Organisation.objects.filter(key="once").exists()
    DBTaskResult.objects.filter(pk=job.id).update(started_at=row.started_at - jobs.LEASE)

    second = worker()
    try:
        wait_for(lambda: DBTaskResult.objects.get(pk=job.id).status == "SUCCESSFUL")
    finally:
        second.terminate()
        second.wait()
    assert Organisation.objects.filter(key="once").count() == 1
    assert len(DBTaskResult.objects.get(pk=job.id).worker_ids) == 2
    assert JobRun.objects.filter(name="kaimen.foundation.jobs.seal_audit").exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_waited_for(
    alone: dict[str, jobs.Timed], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Between two naps the database comes back; the worker has not ended meanwhile, and does what is due."""
    ran: list[datetime] = []
    jobs.timetable(every=timedelta(days=1))(ran.append)
    worker = jobs.PatientWorker(interval=0, worker_id="w")
    there, pool = connection.settings_dict["NAME"], connection.settings_dict["OPTIONS"].pop("pool", None)
    naps = 0

    def nap(seconds: float) -> None:
        nonlocal naps
        naps += 1
        connection.settings_dict["NAME"] = "/nowhere/at/all" if naps < 3 else there
        worker.running = naps < 5

    connection.close()
    connection.settings_dict["NAME"] = "/nowhere/at/all"
    monkeypatch.setattr(time, "sleep", nap)
    try:
        worker.run_forever()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = there
        if pool:
            connection.settings_dict["OPTIONS"]["pool"] = pool
    assert len(ran) == 1
    assert caplog.text.count("the database is away") == 3
