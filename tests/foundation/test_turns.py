"""One process writes at a time, the next is woken when it ends, and a killed one holds up nobody."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from kaimen.foundation import turns

HOLDS = """
import fcntl, os, sys, time
handle = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(handle, fcntl.LOCK_EX)
print("mine", flush=True)
time.sleep(60)
"""


@contextlib.contextmanager
def somebody_else() -> Iterator["subprocess.Popen[bytes]"]:
    """Another process that has the turn."""
    file = f"{connection.settings_dict['NAME']}-turn"
    with subprocess.Popen([sys.executable, "-c", HOLDS, file], stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout and other.stdout.readline() == b"mine\n"
            yield other
        finally:
            other.kill()


@pytest.mark.only_on("sqlite", why="PostgreSQL's writers queue by themselves")
@pytest.mark.django_db
def test_who_is_killed_gives_the_turn_back() -> None:
    had = threading.Event()

    def wait_for_it() -> None:
        with turns.my_turn():
            had.set()

    with somebody_else() as other:
        waiting = threading.Thread(target=wait_for_it)
        waiting.start()
        assert not had.wait(0.2)  # long enough to be sure that it waits
        other.send_signal(signal.SIGKILL)
        waiting.join(10)
        assert had.is_set()


def free() -> bool:
    """Could another process have the turn now?"""
    with Path(f"{connection.settings_dict['NAME']}-turn").open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.mark.only_on("sqlite", why="PostgreSQL's writers queue by themselves")
@pytest.mark.django_db
def test_a_turn_is_given_back_at_its_end_and_after_an_error() -> None:
    with turns.my_turn():
        assert not free()
    assert free()
    with pytest.raises(ValueError, match="inside"), turns.my_turn():
        raise ValueError("inside")
    assert free()


@pytest.mark.only_on("sqlite", why="PostgreSQL's writers queue by themselves")
@pytest.mark.django_db
def test_a_child_of_fork_waits_for_its_parent() -> None:
    """The servers' processes are made by fork: who shared the parent's open file would share its turn."""
    with turns.my_turn():
        child = os.fork()
        if not child:
            signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
            signal.setitimer(signal.ITIMER_REAL, 0.2)  # long enough to be sure that it waits
            with turns.my_turn():
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0, "parent and child had the turn at once"
