"""A throw-away PostgreSQL cluster: made in a temporary folder, reached by a socket, gone at the end."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

HOW_TO_GET = (
    "PostgreSQL is not installed: Debian/Ubuntu `apt install postgresql`, macOS `brew install postgresql`"
)
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
# Nothing in it outlives the tests, so it need not survive a power cut.
OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=64MB",
)


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, the newest version first."""
    found = [
        path for place in PLACES for path in Path("/").glob(place.lstrip("/")) if (path / "initdb").exists()
    ]
    if found:
        return max(found, key=_version)
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


class Cluster:
    """Started on construction; `url` is what KAIMEN_DATABASE_URL gets."""

    def __init__(self, folder: Path, options: Sequence[str] = OPTIONS) -> None:
        self.programs = folder
        self.user = _unprivileged_user()
        self.home = Path(tempfile.mkdtemp(prefix="kaimen-pg-"))
        if self.user:
            shutil.chown(self.home, self.user)
        self.data = self.home / "data"
        self._make()
        self.url, where = self._address()
        with (self.data / "postgresql.auto.conf").open("a") as settings:
            settings.write("\n".join([*options, *where]) + "\n")
        self._run("pg_ctl", "--wait", "--silent", f"--log={self.home / 'log'}", "start")

    def _make(self) -> None:
        self._run("initdb", "--username=kaimen", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")

    def stop(self) -> None:
        self._run("pg_ctl", "--wait", "--silent", "--mode=immediate", "stop", check=False)
        shutil.rmtree(self.home, ignore_errors=True)

    def _address(self) -> tuple[str, list[str]]:
        if os.name == "posix":
            where = ["listen_addresses=''", f"unix_socket_directories='{self.home}'"]
            return f"postgresql://kaimen@/postgres?host={quote(str(self.home), safe='/')}", where
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        return f"postgresql://kaimen@127.0.0.1:{port}/postgres", [
            f"port={port}",
            "listen_addresses='127.0.0.1'",
        ]

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        # Output goes to a file: the server inherits it, and would keep a pipe open for as long as it runs.
        with (self.home / "output").open("ab") as output:
            code = subprocess.run(
                [self.programs / program, "-D", self.data, *arguments],
                cwd=self.home,
                user=self.user,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            ).returncode
        if check and code:
            raise RuntimeError(f"{program} failed ({code}):\n{(self.home / 'output').read_text()}")


class Standby(Cluster):
    """A streaming replica of the server at `primary` (a connection string of libpq), until it is promoted."""

    def __init__(self, folder: Path, primary: str) -> None:
        self.primary = primary
        super().__init__(folder)

    def _make(self) -> None:
        self._run(
            "pg_basebackup",
            f"--dbname={self.primary}",
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
        )

    def promote(self) -> None:
        """Returns when it takes writes."""
        self._run("pg_ctl", "--wait", "--silent", "promote")


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _version(path: Path) -> float:
    digits = "".join(letter for letter in path.parent.name if letter.isdigit() or letter == ".")
    return float(digits or 0)
