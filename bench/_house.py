"""A house to measure: a database of its own, filled, and the server in front of it, started as production starts it."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kaimen.config import cores  # noqa: E402
from kaimen.launcher import demo, prepare  # noqa: E402
from tests.rig import postgresql  # noqa: E402

HOST = "door.example"
# What a PostgreSQL out of the box does: a commit is on the disk before it is acknowledged.
AS_PRODUCTION = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=256MB")


class House:
    """Everything one run needs; `inside` runs bench/_inside.py on the database, `ask` sends the visitors."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.on_postgresql = folder, database.startswith("postgresql")
        self.server: subprocess.Popen[bytes] | None = None
        plain = {name: value for name, value in os.environ.items() if not name.startswith("KAIMEN_")}
        self.env = {
            **plain,
            "DJANGO_SETTINGS_MODULE": "kaimen.config.settings",
            "PYTHONUTF8": "1",
            "KAIMEN_VAR": str(folder),
            "KAIMEN_SECRET_KEY": secrets.token_urlsafe(48),
            "KAIMEN_FIELD_KEY": secrets.token_urlsafe(48),
            "KAIMEN_PUBLIC_URL": f"https://{HOST}",
            "KAIMEN_HOSTS": HOST,
            "KAIMEN_BEHIND_PROXY": "1",
            "KAIMEN_DATABASE_URL": database,
        }
        for name in ("static", "media"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        prepare.PYTHON = Path(sys.executable)
        self.run([sys.executable, "-m", "kaimen", "migrate", "--no-input", "-v0"])
        self.inside("settle")

    def run(self, command: list[str], given: Any = None) -> Any:
        """The last line a command prints, as JSON; its errors go through to the terminal."""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**self.env, "PYTHONPATH": str(ROOT)},
            input=json.dumps(given) if given is not None else "",
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command[:4])} ended with {done.returncode}\n{done.stdout[-2000:]}")
        lines = done.stdout.strip().splitlines()
        return json.loads(lines[-1]) if lines and lines[-1][:1] in "[{" else None

    def inside(self, what: str, given: Any = None) -> Any:
        return self.run([sys.executable, str(ROOT / "bench" / "_inside.py"), what], given)

    def at_once(self, what: str, processes: int, given: Any) -> list[Any]:
        """What each of several processes says that do the same beside each other."""
        with ThreadPoolExecutor(processes) as waiting:
            return list(waiting.map(lambda _: self.inside(what, given), range(processes)))

    def ask(self, port: int, what: str, clients: int, **more: Any) -> dict[str, Any]:
        server = self.server.pid if self.server else 0
        asked = {"port": port, "what": what, "clients": clients, "server": server, **more}
        got: dict[str, Any] = self.run([sys.executable, "-S", str(ROOT / "bench" / "_visitors.py")], asked)
        return got

    @contextlib.contextmanager
    def open(self) -> Iterator[int]:
        """The port of a running server: the arguments are those of `./run serve`."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        arguments = demo.server("127.0.0.1", port, workers=cores.usable(), grace=30)
        with (self.folder / "server.log").open("ab") as log:
            server = self.server = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        try:
            self._wait(server, port)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=60)

    def _wait(self, server: "subprocess.Popen[bytes]", port: int) -> None:
        healthy = Request(
            f"http://127.0.0.1:{port}/healthz", headers={"Host": HOST, "X-Forwarded-Proto": "https"}
        )
        for _ in range(300):
            with contextlib.suppress(OSError), urlopen(healthy, timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
            if server.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(f"the server did not start:\n{(self.folder / 'server.log').read_text()[-3000:]}")


@contextlib.contextmanager
def house(database: str) -> Iterator[House]:
    """A house on `sqlite` or `postgresql` in a temporary folder; afterwards nothing is left."""
    folder = Path(tempfile.mkdtemp(prefix="kaimen-bench-"))
    cluster = None
    try:
        if database == "postgresql":
            programs = postgresql.programs()
            if programs is None:
                raise SystemExit(postgresql.HOW_TO_GET)
            cluster = postgresql.Cluster(programs, AS_PRODUCTION)
        yield House(folder, cluster.url if cluster else "")
    finally:
        if cluster:
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
