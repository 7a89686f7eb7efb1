"""Server and job worker as children in the launcher's own process group: they start, stop and fail together."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from kaimen.launcher.home import PYTHON, ROOT
from kaimen.launcher.say import Stop, line

PATIENCE = 10.0  # seconds a child may take to finish what it is doing before it is killed


class Asked(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP: somebody asked for the end."""

    def __init__(self, signal_number: int) -> None:
        self.signal_number = signal_number


class Children:
    """Named children; leaving the `with` block ends all of them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = dict(env)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.interrupted = False

    def __enter__(self) -> "Children":
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), _asked)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.interrupted = isinstance(error, Asked) and error.signal_number == signal.SIGINT
        self._stop()

    def start(self, name: str, command: Sequence[str | Path]) -> None:
        arguments = [str(PYTHON), *(str(part) for part in command)]
        self.running[name] = subprocess.Popen(arguments, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL)

    def look(self) -> None:
        """Raise Stop when a child has ended by itself: the others are of no use without it."""
        for name, process in self.running.items():
            code = process.poll()
            if code is not None:
                raise Stop(
                    f"{name} 意外退出（{code}），一起停下。· {name} ended unexpectedly ({code}).", code or 1
                )

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            self.look()
            if time.monotonic() > deadline:
                raise Stop(f"{seconds:.0f} 秒还没有就绪。· Not ready after {seconds:.0f} s.")
            time.sleep(0.05)

    def wait(self) -> None:
        """Until somebody asks for the end, or a child dies."""
        while True:
            self.look()
            time.sleep(0.2)

    def _stop(self) -> None:
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # a second Ctrl-C must not interrupt the cleaning up
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
        alive = [process for process in self.running.values() if process.poll() is None]
        if self.interrupted:
            # Ctrl-C in a terminal has reached the children already; a second signal would cut a running job short.
            _wait_for(alive, 1.0)
        for process in alive:
            if process.poll() is None:
                process.terminate()
        _wait_for(alive, PATIENCE)
        for process in alive:
            if process.poll() is None:
                process.kill()
                process.wait()


def healthy(url: str) -> bool:
    try:
        # Straight to the child, whatever proxy the shell has set.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        if error.code == 503:
            return False  # up, but not ready yet
        raise Stop(f"{url}: {error.code}", 1) from None
    except OSError:
        return False


def _asked(number: int, frame: FrameType | None) -> None:
    raise Asked(number)


def _wait_for(processes: Sequence[subprocess.Popen[bytes]], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(process.poll() is None for process in processes) and time.monotonic() < deadline:
        time.sleep(0.05)


def together(children: Children, then: Callable[[], None]) -> int:
    """Run until asked to stop (0) or until a child dies (its code)."""
    try:
        with children:
            then()
            children.wait()
    except Asked:
        line("已停下，数据都在。· Stopped; the data is kept.")
        return 0
    except Stop as stop:
        print(stop, file=sys.stderr, flush=True)
        return stop.code
    return 0
