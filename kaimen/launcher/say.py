"""What the launcher says while it works: one line per step, and the whole output only of a step that failed."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from kaimen.launcher.home import ROOT


class Stop(Exception):
    """The launcher cannot go on; the message says why and what to do."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def line(text: str = "") -> None:
    print(text, flush=True)


def step(title: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
    """Run a command quietly, show that time passes, raise Stop with its output if it fails."""
    live = sys.stdout.isatty()
    print(f"  {title} …", end="" if live else "\n", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            _wait(process, title, started, live)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        seconds = time.monotonic() - started
        if process.returncode:
            output.seek(0)
            text = output.read().decode("utf-8", "replace")
            raise Stop(f"{text}\n{title}: 没有成功 · failed ({process.returncode})", process.returncode)
    line(f"\r  {title} … {seconds:.1f} s" if live else f"  {title}: {seconds:.1f} s")


def _wait(process: subprocess.Popen[bytes], title: str, started: float, live: bool) -> None:
    said = 0
    while process.poll() is None:
        time.sleep(0.05)
        seconds = int(time.monotonic() - started)
        # A terminal sees the seconds run; a log file gets one line every ten.
        if seconds > said and (live or seconds % 10 == 0):
            print(
                f"\r  {title} … {seconds} s" if live else f"    {seconds} s …",
                end="" if live else "\n",
                flush=True,
            )
            said = seconds
