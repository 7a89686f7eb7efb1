"""The house as it really runs: a web server and workers as processes of their own, on the database of this test.

They are started as the launcher starts them, in a session of their own, so that a test can kill all of one at once.
"""

import contextlib
import http.client
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from kaimen.launcher import demo

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
FORM = "application/x-www-form-urlencoded"


def database_url() -> str:
    """Where this test's database is, as KAIMEN_DATABASE_URL says it."""
    database = settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    host, name = quote(database["HOST"], safe="/"), database["NAME"]
    place = f"/{name}?host={host}" if host.startswith("/") else f"{host}:{database['PORT']}/{name}"
    return f"postgresql://{database['USER']}@{place}"


def wait_for(condition: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
    return found


class Process:
    """A process group of its own; `kill` is SIGKILL to all of it, without a warning to anybody."""

    def __init__(self, arguments: list[str], **environment: str) -> None:
        env = os.environ | {"KAIMEN_DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT)} | environment
        self.log = Path(settings.ENV.var) / f"process-{secrets.token_hex(4)}.log"
        with self.log.open("wb") as log:
            self.child = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def memory(self) -> int:
        """The most memory that one process of the group has ever held, in bytes (Linux)."""
        peaks = []
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                if os.getpgid(int(status.parent.name)) == self.child.pid:
                    peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
                    peaks.append(int(peak[1]) * 1024 if peak else 0)
        return max(peaks, default=0)


class Server(Process):
    """Granian with the arguments of `./run serve`."""

    def __init__(self, workers: int = 2, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = int(probe.getsockname()[1])
        super().__init__(
            demo.server(HOST, self.port, workers=workers, grace=5),
            **(
                {"DJANGO_SETTINGS_MODULE": "kaimen.config.settings", "KAIMEN_BEHIND_PROXY": "1"} | environment
            ),
        )

    def ready(self) -> "Server":
        wait_for(self._answers)
        return self

    def _answers(self) -> bool:
        assert self.child.poll() is None, self.said()
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            contextlib.closing(Visitor(self.port, 2)) as visitor,
        ):
            return visitor.get("/healthz").status == 200
        return False


def work(*options: str, **environment: str) -> Process:
    """A worker as `./run work` starts it, but looking for work more often."""
    return Process(["-m", "kaimen", "work", "--interval", "0.05", *options], **environment)


@contextlib.contextmanager
def open_house(workers: int = 2, **environment: str) -> Iterator[Server]:
    server = Server(workers, **environment)
    try:
        yield server.ready()
    finally:
        server.kill()


class Answer:
    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.text = body.decode("utf-8", "replace")
        self.location = headers.get("Location") or ""

    def field(self, name: str) -> str:
        """The value of a hidden field of the page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"no {name} in the page"
        return found[1]


class Visitor:
    """Somebody with a browser: one connection, cookies, and the token of the forms."""

    def __init__(self, port: int, timeout: float = 30) -> None:
        self.http = http.client.HTTPConnection(HOST, port, timeout=timeout)
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, fields: dict[str, str], photo: tuple[str, bytes] | None = None) -> Answer:
        if "csrftoken" not in self.cookies:
            self.get("/say")
        fields = {"csrfmiddlewaretoken": self.cookies["csrftoken"], **fields}
        if photo is None:
            return self.ask("POST", path, urlencode(fields).encode(), FORM)
        return self.ask("POST", path, *multipart(fields, photo))

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        # as behind the proxy, everybody from an address of their own: the limits of one address are not the matter here
        headers["X-Forwarded-For"] = f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}"
        if kind:
            headers["Content-Type"] = kind
        self.http.request(method, path, body, headers)
        got = self.http.getresponse()
        for cookie in got.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            if name == "csrftoken":  # the others would make all of a test one device
                self.cookies[name] = value
        return Answer(got.status, got.headers, got.read())

    def close(self) -> None:
        self.http.close()


def multipart(fields: dict[str, str], photo: tuple[str, bytes], field: str = "files") -> tuple[bytes, str]:
    """A form with a file, and its content type. The file stands last, as on our page."""
    edge = secrets.token_hex(12)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    name, content = photo
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    body = b"".join([*parts, head.encode(), content, f"\r\n--{edge}--\r\n".encode()])
    return body, f"multipart/form-data; boundary={edge}"


def need(n: int, **more: str) -> dict[str, str]:
    """The fields of one person's form; another number is another person."""
    return {
        "key": f"form-of-person-{n:010}",
        "words": f"第{n}个人说：东门早上没地方停车，绕了三圈",
        "service": "parking",  # chosen: the page had shown it
        "phone": f"139{n:08}",
        "consent": "on",
    } | more
