"""One process writes at a time, the next is woken when it ends, and a killed one holds up nobody."""

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

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


@pytest.mark.django_db
def test_a_turn_ends_with_an_error_too() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="inside"), turns.my_turn():
            raise ValueError("inside")
    with turns.my_turn():
        pass
