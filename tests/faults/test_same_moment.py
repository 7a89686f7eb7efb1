"""Two processes take the same need while neither can see what the other one has written."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from kaimen.cases.models import Case
from kaimen.foundation.models import Person
from kaimen.foundation.roster import RosterReport, import_roster
from kaimen.intake.models import Submission
from tests.cast import World
from tests.faults.house import ROOT, database_url, wait_for
from tests.faults.stalling import somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def knocking(park: World, *hold: str) -> Iterator[subprocess.Popen[str]]:
    env = os.environ | {
        "KAIMEN_DATABASE_URL": database_url(),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "kaimen.config.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.knocking", "one-key", park.community.key, *hold],
        cwd=ROOT,
        env=env,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout and process.stderr
    said = process.stdout.readline().strip()
    return said or f"died: {process.stderr.read()[-2000:]}"


def test_the_same_key_in_two_processes_is_one_case(park: World) -> None:
    """The second comes while the first has written and not committed. Two processes: some seconds.

    PostgreSQL lets the second write too, and then refuses it the key: `knock` answers with the first one's case.
    SQLite keeps it waiting before it looks (transaction_mode IMMEDIATE): it finds the key.
    """
    with knocking(park, "hold") as first:
        assert [line(first), line(first)] == ["comes", "taken"]
        with knocking(park) as second:
            assert line(second) == "comes"
            if connection.vendor == "postgresql":
                wait_for(somebody_waits)
            else:
                time.sleep(0.5)  # nobody can see that it waits
            assert first.stdin
            first.stdin.write("go on\n")
            first.stdin.flush()
            number = line(first)
            assert [line(second), line(second)] == ["taken", number]
    assert Case.objects.get().number == number
    assert Submission.objects.count() == 1


def test_two_rosters_with_the_same_person_at_one_moment(park: World) -> None:
    """The second has looked, found nobody of that number, and waits to write while the first commits.

    Waits for half a second on SQLite.
    """
    written, go_on = threading.Event(), threading.Event()
    reports: dict[str, RosterReport] = {}

    def bring(who: str) -> None:
        rows = [{"姓名": "示例甲", "手机号": "13811110001", "单位": park.firm.name}]
        reports[who] = import_roster(rows=rows, community=park.community, by=None)

    def first() -> None:
        with transaction.atomic():
            bring("first")
            written.set()
            go_on.wait(20)
        connection.close()

    def second() -> None:
        bring("second")
        connection.close()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert written.wait(20)
    threads[1].start()
    if connection.vendor == "postgresql":
        wait_for(somebody_waits)
    else:
        time.sleep(0.5)  # nobody can see that it waits
    go_on.set()
    for thread in threads:
        thread.join()
    assert (reports["first"].added, reports["second"].added, reports["second"].same) == (1, 0, 1)
    assert Person.objects.filter(name="示例甲").count() == 1
