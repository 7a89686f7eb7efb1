"""A database cluster of several machines on this one: etcd, Patroni, PostgreSQL, HAProxy, PgBouncer.

Each is started from its file in docs/deploy/, with nothing changed but addresses, folders and passwords, so that
what the document tells to do is what was tried.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.rig.postgresql import _unprivileged_user, programs

DEPLOY = Path(__file__).parents[1] / "docs" / "deploy"
TOOLS = {"etcd": "etcd-server", "patroni": "patroni", "haproxy": "haproxy", "pgbouncer": "pgbouncer"}


class NotReady(RuntimeError):
    """Something did not come up in time."""


def missing() -> list[str]:
    """Debian packages to install before this can run; empty if all are there."""
    lacking = [package for tool, package in TOOLS.items() if not where(tool)]
    return lacking if programs() else [*lacking, "postgresql"]


def where(tool: str) -> str | None:
    return shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait(what: str, ready: Callable[[], Any], seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := ready()):
        if time.monotonic() > deadline:
            raise NotReady(f"{what}: not ready after {seconds:.0f} s")
        time.sleep(0.1)
    return found


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class Machine:
    """One database machine: Patroni and the PostgreSQL that it runs."""

    def __init__(self, name: str, cluster: "Cluster") -> None:
        self.name, self.cluster = name, cluster
        self.port, self.rest = free_ports(2)
        self.home = cluster.home / name
        self.home.mkdir(mode=0o700)
        self.data = self.home / "data"
        self.config = self.home / "patroni.yml"
        self.config.write_text(yaml.safe_dump(self._configuration()))
        cluster.own(self.home, self.config)
        self.patroni: subprocess.Popen[bytes] | None = None

    def _configuration(self) -> dict[str, Any]:
        told: dict[str, Any] = yaml.safe_load((DEPLOY / "patroni.yml").read_text())
        told["name"] = self.name
        told["bootstrap"]["dcs"]["synchronous_mode"] = self.cluster.synchronous
        told["restapi"] = dict.fromkeys(told["restapi"], f"127.0.0.1:{self.rest}")
        told["etcd3"] = {"hosts": f"127.0.0.1:{self.cluster.etcd_port}"}
        database = told["postgresql"]
        database |= dict.fromkeys(("listen", "connect_address"), f"127.0.0.1:{self.port}")
        database |= {
            "data_dir": str(self.data),
            "bin_dir": str(programs()),
            "pgpass": str(self.home / "pgpass"),
        }
        database["pg_hba"] = [line.replace("10.0.0.0/24", "127.0.0.1/32") for line in database["pg_hba"]]
        for role in database["authentication"].values():
            role["password"] = self.cluster.password
        database["parameters"]["unix_socket_directories"] = str(self.home)
        # another zone than Kaimen asks for: a session setting that the pooler lost would show
        database["parameters"]["timezone"] = "Asia/Shanghai"
        return told

    def start(self) -> None:
        self.patroni = self.cluster.run(
            f"patroni-{self.name}", ["patroni", str(self.config)], unprivileged=True
        )

    def is_(self, role: str) -> bool:
        return status(f"http://127.0.0.1:{self.rest}/{role}") == 200

    def postmaster(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def fall_silent(self) -> None:
        """Nothing leaves for the replicas any more: a network that was slow just before the machine died."""
        for pid in _children(self.postmaster()):
            if b"walsender" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGSTOP)

    def vanish(self) -> None:
        """The machine is gone: Patroni and every process of PostgreSQL, by SIGKILL."""
        assert self.patroni
        self.patroni.kill()
        self.patroni.wait()
        self.crash()

    def crash(self) -> None:
        """PostgreSQL alone is killed; Patroni lives and sees it."""
        main = self.postmaster()
        doomed = [main, *_children(main)]
        for pid in doomed:
            _kill(pid)


class Cluster:
    """Two database machines under Patroni, one address that means the primary, and a pooler before it."""

    def __init__(self, synchronous: bool = True) -> None:
        self.synchronous = synchronous
        self.user = _unprivileged_user()
        self.home = Path(tempfile.mkdtemp(prefix="kaimen-cluster-"))
        self.own(self.home)
        self.password = secrets.token_urlsafe(18)
        self.running: list[subprocess.Popen[bytes]] = []
        self.etcd_port, peer, self.address_port, self.pooler_port = free_ports(4)
        self._etcd(peer)
        self.machines = [Machine(name, self) for name in ("db1", "db2")]

    def start(self) -> None:
        for machine in self.machines:
            machine.start()
        wait("a primary", lambda: any(m.is_("primary") for m in self.machines), 90)
        wait("a replica", self.whole, 90)
        self._haproxy()
        self._owner_and_database()
        self._pgbouncer()

    @property
    def url(self) -> str:
        """What KAIMEN_DATABASE_URL gets."""
        return f"postgresql://kaimen:{self.password}@127.0.0.1:{self.pooler_port}/kaimen?pooler=transaction"

    def direct(self, machine: Machine, user: str = "kaimen", database: str = "kaimen") -> dict[str, Any]:
        """psycopg's arguments for one machine, past pooler and proxy."""
        return {
            "host": "127.0.0.1",
            "port": machine.port,
            "user": user,
            "password": self.password,
            "dbname": database,
        }

    def whole(self) -> bool:
        """Two machines hold everything."""
        return any(m.is_("synchronous" if self.synchronous else "replica?lag=100kB") for m in self.machines)

    def primary(self) -> Machine:
        found = wait("a primary", lambda: [m for m in self.machines if m.is_("primary")], 90)
        return found[0]

    def other(self, machine: Machine) -> Machine:
        return next(m for m in self.machines if m is not machine)

    def own(self, *paths: Path) -> None:
        if self.user:
            for path in paths:
                shutil.chown(path, self.user)

    def run(self, name: str, command: list[str], unprivileged: bool = False) -> subprocess.Popen[bytes]:
        log = (self.home / f"{name}.log").open("ab")
        process = subprocess.Popen(
            [where(command[0]) or command[0], *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.home,
            user=self.user if unprivileged else None,
            env={"PATH": f"{os.environ['PATH']}:/usr/sbin", "HOME": str(self.home), "LC_ALL": "C.UTF-8"},
        )
        self.running.append(process)
        return process

    def stop(self) -> None:
        """Patroni first, while etcd still answers it: it stops its PostgreSQL in order."""
        last_first = [m.patroni for m in self.machines if m.patroni] + self.running[::-1]
        for process in last_first:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
        for machine in self.machines:  # one that vanished may have left PostgreSQL behind
            if (machine.data / "postmaster.pid").exists():
                _kill(machine.postmaster())
        shutil.rmtree(self.home, ignore_errors=True)

    def _etcd(self, peer: int) -> None:
        mine, others = f"http://127.0.0.1:{self.etcd_port}", f"http://127.0.0.1:{peer}"
        options = {
            "name": "etcd1",
            "data-dir": str(self.home / "etcd"),
            "listen-client-urls": mine,
            "advertise-client-urls": mine,
            "listen-peer-urls": others,
            "initial-advertise-peer-urls": others,
            "initial-cluster": f"etcd1={others}",
        }
        self.run("etcd", ["etcd", *(f"--{key}={value}" for key, value in options.items())], unprivileged=True)
        wait("etcd", lambda: status(f"{mine}/health") == 200)

    def _haproxy(self) -> None:
        lines = []
        for line in (DEPLOY / "haproxy.cfg").read_text().splitlines():
            if line.strip().startswith("server "):
                continue
            lines.append(line.replace("127.0.0.1:5000", f"127.0.0.1:{self.address_port}"))
        lines += [f"    server {m.name} 127.0.0.1:{m.port} check port {m.rest}" for m in self.machines]
        path = self.home / "haproxy.cfg"
        path.write_text("\n".join(lines) + "\n")
        self.run("haproxy", ["haproxy", "-db", "-f", str(path)])
        wait("haproxy", lambda: _listens(self.address_port))

    def _owner_and_database(self) -> None:
        import psycopg

        with psycopg.connect(
            **self.direct(self.primary(), "postgres", "postgres"), autocommit=True
        ) as connection:
            connection.execute(f"CREATE ROLE kaimen LOGIN PASSWORD '{self.password}'")
            connection.execute("CREATE DATABASE kaimen OWNER kaimen ENCODING 'UTF8' TEMPLATE template0")

    def _pgbouncer(self) -> None:
        text = (DEPLOY / "pgbouncer.ini").read_text()
        users = self.home / "userlist.txt"
        users.write_text(f'"kaimen" "{self.password}"\n')
        for here, there in (
            ("port=5000", f"port={self.address_port}"),
            ("listen_port = 6432", f"listen_port = {self.pooler_port}"),
            ("/etc/pgbouncer/userlist.txt", str(users)),
        ):
            assert here in text
            text = text.replace(here, there)
        path = self.home / "pgbouncer.ini"
        path.write_text(text)
        self.own(users, path)
        self.run("pgbouncer", ["pgbouncer", str(path)], unprivileged=True)
        wait("pgbouncer", lambda: _listens(self.pooler_port))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _children(pid: int) -> Iterable[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
