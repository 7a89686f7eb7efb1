"""A worker is killed in the middle of what it does: the next one finishes it, and it is done once in effect."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import Count
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kaimen.cases.actions.escalating import BATCH
from kaimen.cases.models import Escalation, Promise, TimelineEntry
from kaimen.foundation import delivering, jobs
from kaimen.foundation.enums import DeliveryState
from kaimen.foundation.models import Delivery, JobRun, Notice, Person
from kaimen.foundation.notices import notify
from kaimen.foundation.roster import CHUNK
from tests.cast import World
from tests.faults.house import ROOT, Process, database_url, wait_for, work
from tests.faults.stalling import stalled

pytestmark = pytest.mark.django_db(transaction=True)
LATE = 150


@contextmanager
def killed_at_the_end(*processes: Process) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.kill()


def test_escalation_killed_between_two_batches_climbs_each_promise_once(park: World) -> None:
    """Two starts of a real worker, one of them killed."""
    long_ago = timezone.now() - timedelta(days=30)
    cases = [park.case(now=long_ago) for _ in range(LATE)]
    wanted = LATE * 2  # first answer and solution of each are late
    first = work()
    with killed_at_the_end(first):
        wait_for(lambda: Escalation.objects.exists())
    assert Escalation.objects.count() == BATCH, "part of a batch, or nothing left to do"

    with killed_at_the_end(work()):
        for _ in range(2):  # its turn would come in a quarter of an hour; once more when all is done
            JobRun.objects.update(next_due_at=timezone.now())
            wait_for(lambda: turn().next_due_at > timezone.now())
            wait_for(lambda: Escalation.objects.filter(level=1).count() >= wanted)
    twice = Escalation.objects.values("promise", "level").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice.exists()
    assert not Promise.objects.filter(case__in=cases, level=0).exists()
    said = TimelineEntry.objects.filter(code="late_supervisor").values("case").annotate(n=Count("pk"))
    assert {row["n"] for row in said} == {2}
    assert Notice.objects.filter(code="late_supervisor").count() == wanted


def turn() -> JobRun:
    return JobRun.objects.get(name="kaimen.cases.jobs.escalate_late_cases")


class PostOffice:
    """A mail server that keeps what it accepted, and may hold its breath before or after it says so."""

    def __init__(self, hold: str) -> None:
        self.hold = (
            hold  # "before" it accepts the mail, or "after": accepted, but the worker does not hear of it
        )
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.letters: list[bytes] = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=[line], daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        try:
            with line, line.makefile("rb") as heard:
                line.sendall(b"220 here\r\n")
                for said in heard:
                    if not self._answer(said.upper(), line, heard):
                        return
        except OSError:  # the worker was killed
            return

    def _answer(self, said: bytes, line: socket.socket, heard: object) -> bool:
        if said.startswith(b"DATA"):
            line.sendall(b"354 go on\r\n")
            letter = b"".join(iter(heard.readline, b".\r\n"))  # type: ignore[attr-defined]
            self.letters.append(letter)
            if not self.go_on.is_set():
                self.reached.set()
                self.go_on.wait(20)
                return False
        line.sendall(b"250 ok\r\n")
        return not said.startswith(b"QUIT")

    def close(self) -> None:
        self.go_on.set()
        self.listening.close()


def test_a_mail_whose_worker_was_killed_arrives_and_counts_once(park: World) -> None:
    """Killed while the mail server has the letter and has not said yes: nobody can know what becomes of it. It is sent
    again under the same Message-ID, by which mail programs show it once. Two starts of a real worker."""
    office = PostOffice("after")
    Person.objects.filter(pk=park.officer.pk).update(email="officer@example.org")
    park.officer.refresh_from_db()
    notify(person=park.officer, code="case_received", params={"number": "KM-2026-00001", "title": "停车"})
    delivery = Delivery.objects.get()
    mail = {"KAIMEN_SMTP_HOST": "127.0.0.1", "KAIMEN_SMTP_PORT": str(office.port)}
    try:
        with killed_at_the_end(work(**mail)):
            assert office.reached.wait(20)
        office.go_on.set()
        delivery.refresh_from_db()
        assert delivery.state == DeliveryState.SENDING
        # the leases of the killed worker are over
        long_ago = timezone.now() - jobs.LEASE - timedelta(minutes=1)
        Delivery.objects.update(claimed_at=long_ago)
        DBTaskResult.objects.filter(status="RUNNING").update(started_at=long_ago)
        with killed_at_the_end(work(**mail)):
            wait_for(lambda: Delivery.objects.get().state == DeliveryState.SENT)
            wait_for(lambda: not DBTaskResult.objects.filter(status__in=("READY", "RUNNING")).exists())
    finally:
        office.close()
    assert len(office.letters) == 2
    assert len({_message_id(letter) for letter in office.letters}) == 1


@contextmanager
def killed_and_waited_for(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _message_id(letter: bytes) -> bytes:
    return next(line for line in letter.splitlines() if line.lower().startswith(b"message-id:"))


def test_two_deliveries_never_share_a_message_id(park: World) -> None:
    Person.objects.filter(pk=park.officer.pk).update(email="officer@example.org")
    park.officer.refresh_from_db()
    for _ in range(2):
        notify(person=park.officer, code="case_received")
    assert len({delivering.message_id(delivery) for delivery in Delivery.objects.all()}) == 2


def test_a_roster_import_killed_half_way_and_started_again_adds_everybody_once(
    park: World, tmp_path: Path
) -> None:
    """Three starts of the real command: killed in the middle of a chunk, then after one, then not."""
    people = 1500
    table = tmp_path / "roster.csv"
    rows = "\n".join(f"示例{n},139{n:08},示例模具厂" for n in range(people))
    table.write_text(f"姓名,手机号,单位\n{rows}\n", encoding="utf-8")
    before = Person.objects.count()
    command = [sys.executable, "-m", "kaimen", "import_roster", str(table), "--community", "park"]
    env = os.environ | {"KAIMEN_DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT)}

    def start() -> AbstractContextManager[None]:
        return killed_and_waited_for(subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL))

    with stalled("foundation_employment") as stuck, start():  # people and their audit are written by then
        wait_for(stuck)
    assert Person.objects.count() == before, "people without the rest of their row"
    with start():
        wait_for(lambda: Person.objects.count() > before)
    half = Person.objects.count() - before
    assert half % CHUNK == 0, "part of a chunk"
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert Person.objects.count() == before + people
    assert (
        Person.objects.values("phone_digest")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .exclude(phone_digest="")
        .count()
        == 0
    )
    assert park.firm.employments.count() == people + 1
    assert f"{half}" in done.stdout  # those that were there already
