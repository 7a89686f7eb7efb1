"""Each server process has a core of its own, and leaves it when it ends."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kaimen.config import cores

CORES = cores.usable()
pytestmark = pytest.mark.skipif(
    CORES < 2 or not hasattr(os, "sched_setaffinity"), reason="needs Linux and two cores"
)
SERVER = """
import os, pathlib, sys, threading, time
from kaimen.config import cores
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
cores.keep_to_one(pathlib.Path(sys.argv[1]))
print(sorted({core for thread in os.listdir("/proc/self/task") for core in os.sched_getaffinity(int(thread))}), flush=True)
sys.stdin.read()
"""


class Server:
    """A process that has taken its place; `cores`: where its threads may run."""

    def __init__(self, house: Path, **env: str) -> None:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("KAIMEN_")}
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-c", SERVER, str(house)],
            env={**plain, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.cores = eval(self.process.stdout.readline())  # noqa: S307  # a list that our own line above printed

    def now(self) -> set[int]:
        """Where all its threads may run at this moment."""
        cores = set[int]()
        for thread in Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(OSError):  # the one that waited for the core has just ended
                cores |= os.sched_getaffinity(int(thread.name))
        return cores

    def policies(self) -> set[int]:
        """How the system chooses between its threads."""
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        return {os.sched_getscheduler(int(thread.name)) for thread in threads}

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def test_each_process_has_a_core_of_its_own_until_it_is_killed(tmp_path: Path) -> None:
    everywhere = sorted(os.sched_getaffinity(0))
    servers = [Server(tmp_path) for _ in everywhere]
    try:
        assert sorted(server.cores for server in servers) == [[core] for core in everywhere]
        servers.append(Server(tmp_path / "another house"))
        assert servers[-1].cores == everywhere[:1]
        assert servers[-1].policies() == {os.SCHED_BATCH}
        servers[0].kill()
        servers.append(Server(tmp_path))
        assert servers[-1].cores == servers[0].cores
    finally:
        for server in servers:
            server.kill()


def test_who_starts_before_the_last_one_has_ended_follows_it(tmp_path: Path) -> None:
    """Takes a fifth of a second: that is how often the next one looks."""
    everywhere = sorted(os.sched_getaffinity(0))
    servers = [Server(tmp_path) for _ in everywhere]
    try:
        servers.append(Server(tmp_path))
        assert servers[-1].cores == everywhere
        servers[0].kill()
        until = time.monotonic() + 20
        while servers[-1].now() == set(everywhere) and time.monotonic() < until:
            time.sleep(0.02)
        assert servers[-1].now() == set(servers[0].cores)
    finally:
        for server in servers:
            server.kill()


@pytest.mark.parametrize("env", [{"KAIMEN_WORKERS": str(CORES + 1)}, {"KAIMEN_DEMO": "1"}])
def test_another_number_of_processes_is_left_to_the_system(tmp_path: Path, env: dict[str, str]) -> None:
    server = Server(tmp_path, **env)
    assert server.policies() == {os.SCHED_OTHER}
    server.kill()
    assert server.cores == sorted(os.sched_getaffinity(0))
