"""Promise: a database machine that dies under load loses nothing that somebody was told was taken.

Starts the cluster of docs/deploy/ on this machine, two web servers and a job worker in production mode, lets people
send needs over HTTP, kills the primary and counts the seconds without service. Options: --kill machine,postgres,switchover,behind
(any list, one round each; behind: the replica was slow for two seconds before the machine died), --askers N, --json,
--keep-logs FOLDER, --asynchronous (to see that a loss would be seen).
"""

import argparse
import itertools
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench import _cluster
from bench._askers import Askers, Watcher
from kaimen.launcher.demo import server, worker

ROOT = Path(__file__).parents[1]
CALM, AFTER = 6.0, 8.0  # seconds of load before a kill, and after service is back
BEHIND = 2.0  # seconds that a slow network holds back before the machine dies
SEED = "import django; django.setup(); from tests.cast import world; world()"
WHOLE = """
SELECT s.key, c.track_digest,
       (SELECT count(*) FROM cases_promise p WHERE p.case_id = c.id),
       (SELECT count(*) FROM cases_timelineentry t WHERE t.case_id = c.id),
       (SELECT count(*) FROM cases_casetext x WHERE x.case_id = c.id),
       (SELECT count(*) FROM foundation_auditentry a WHERE a.subject_kind = 'cases.case' AND a.subject_id = c.id)
FROM intake_submission s JOIN cases_case c ON c.id = s.case_id
"""


def main() -> None:
    options = _options()
    lacking = _cluster.missing()
    if lacking:
        print(f"SKIPPED failover: apt install {' '.join(lacking)}", file=sys.stderr)
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # also then nothing is left running
    cluster = _cluster.Cluster(synchronous=not options.asynchronous)
    house = None
    try:
        cluster.start()
        house = House(cluster)
        house.start()
        rounds = [house.round(kind, options.askers) for kind in options.kill.split(",")]
        rounds_and_sum = {"rounds": rounds, "audit": house.audit(), "pooler": house.pooler()}
    finally:
        if options.keep_logs:
            options.keep_logs.mkdir(parents=True, exist_ok=True)
            for log in cluster.home.glob("*.log"):
                shutil.copy(log, options.keep_logs)
        if house:
            house.stop()
        cluster.stop()
    if options.json:
        print(json.dumps(rounds_and_sum, ensure_ascii=False))
    else:
        _table(rounds_and_sum)


class House:
    """Two web servers and a job worker, each a process of its own, in production mode on the pooler's address."""

    def __init__(self, cluster: _cluster.Cluster) -> None:
        self.cluster = cluster
        self.ports = _cluster.free_ports(2)
        var = cluster.home / "var"
        counts = var / "metrics"
        for folder in (var / "media", var / "static", counts):
            folder.mkdir(parents=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KAIMEN_")}
        self.env = clean | {
            "KAIMEN_SECRET_KEY": secrets.token_urlsafe(48),
            "KAIMEN_FIELD_KEY": secrets.token_urlsafe(48),
            "KAIMEN_HOSTS": "127.0.0.1",
            "KAIMEN_PUBLIC_URL": "https://127.0.0.1",
            "KAIMEN_BEHIND_PROXY": "1",
            "KAIMEN_DATABASE_URL": cluster.url,
            "KAIMEN_VAR": str(var),
            "KAIMEN_LOG": "json",
            "PROMETHEUS_MULTIPROC_DIR": str(counts),
            "DJANGO_SETTINGS_MODULE": "kaimen.config.settings",
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self.manage("migrate", "--no-input")
        self._python("-c", SEED)
        commands = [server("127.0.0.1", port, workers=1, grace=5) for port in self.ports]
        self.processes = [
            self._start(name, command)
            for name, command in zip(("web1", "web2", "work"), [*commands, worker()], strict=True)
        ]
        for port in self.ports:
            _cluster.wait("web", lambda port=port: _cluster.status(f"http://127.0.0.1:{port}/readyz") == 200)

    def manage(self, *arguments: str) -> str:
        return self._python("-m", "kaimen", *arguments)

    def _python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env=self.env, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def _start(self, name: str, arguments: list[str]) -> subprocess.Popen[bytes]:
        log = (self.cluster.home / f"{name}.log").open("ab")
        command = [sys.executable, *arguments]
        return subprocess.Popen(command, env=self.env, cwd=ROOT, stdout=log, stderr=log)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()

    def round(self, kind: str, askers: int) -> dict[str, Any]:
        """Load, one fault, load; then what became of everything that was acknowledged."""
        primary = self.cluster.primary()
        watcher = Watcher(self.ports[0])
        watcher.start()
        with Askers(self.ports, askers) as people:
            time.sleep(CALM)
            before = people.acknowledged()
            struck = time.monotonic() + (BEHIND if kind == "behind" else 0)
            self._strike(kind, primary)
            _cluster.wait(
                "service after the fault",
                lambda: any(need.sent > struck + 0.5 for need in people.acknowledged()),
                120,
            )
            time.sleep(AFTER)
        watcher.stopping.set()
        result = {"kill": kind, "per_s_before": round(len(before) / CALM)} | self._gap(people, struck)
        result |= self._fate(people) | {"healthz_slowest_s": round(max(watcher.alive), 1)}
        result["primary"] = f"{primary.name} -> {self.cluster.primary().name}"
        result["readyz"] = sorted({r for r in watcher.reasons if '"ready": true' not in r})
        result["whole_again_s"] = self._mend(kind, primary)
        result["worker_alive"] = self.processes[2].poll() is None
        print(result, file=sys.stderr, flush=True)
        return result

    def _strike(self, kind: str, primary: _cluster.Machine) -> None:
        if kind == "machine":
            primary.vanish()
        elif kind == "behind":
            primary.fall_silent()
            time.sleep(BEHIND)
            primary.vanish()
        elif kind == "postgres":
            primary.crash()
        else:
            goal = self.cluster.other(primary).name
            command = ["patronictl", "-c", str(primary.config), "switchover", "--force"]
            subprocess.run([*command, "--candidate", goal], check=True, capture_output=True)

    def _mend(self, kind: str, fallen: _cluster.Machine) -> float:
        """The old primary comes back as a replica; how long until two machines hold everything again."""
        started = time.monotonic()
        if kind in {"machine", "behind"}:
            fallen.start()
        _cluster.wait("a replica", self.cluster.whole, 120)
        return round(time.monotonic() - started, 1)

    @staticmethod
    def _gap(people: Askers, struck: float) -> dict[str, Any]:
        times = sorted(need.acknowledged for need in people.acknowledged())
        gaps = [(b - a, a, b) for a, b in itertools.pairwise(times) if b > struck]
        longest = max(gaps)
        waits = [need.acknowledged - need.sent for need in people.acknowledged()]
        refused = [reason for need in people.needs for reason in need.refused]
        return {
            "seconds_without_service": round(longest[0], 1),
            "longest_wait_of_one_person_s": round(max(waits), 1),
            "sent_again": sum(bool(need.refused) for need in people.needs),
            "answers_meanwhile": {reason: refused.count(reason) for reason in sorted(set(refused))},
        }

    def _fate(self, people: Askers) -> dict[str, int]:
        """Every acknowledged need, looked up on the primary that is in charge now."""
        import psycopg

        with psycopg.connect(**self.cluster.direct(self.cluster.primary())) as connection:
            rows = connection.execute(WHOLE).fetchall()
            cases = connection.execute("SELECT count(*) FROM cases_case").fetchone()
        kept = {row[0].removeprefix("say-"): row[1:] for row in rows}
        told = people.acknowledged()
        lost = [
            n for n in told if n.key not in kept or kept[n.key][0] != sha256(n.token.encode()).hexdigest()
        ]
        for need in lost[:3]:
            print(f"LOST {need.key} {need.token} kept as {kept.get(need.key)}", file=sys.stderr)
        half = [key for key, (_, *parts) in kept.items() if parts[0] != 2 or not all(parts)]
        return {
            "acknowledged": len(told),
            "lost": len(lost),
            "half_made": len(half),
            "without_submission": (cases[0] if cases else 0) - len(rows),
        }

    def audit(self) -> str:
        """Seal under the pooler what has settled, then recompute the chain."""
        time.sleep(31)  # rows younger than half a minute are not sealed
        return self.manage("audit", "seal").strip()

    def pooler(self) -> dict[str, str]:
        """What transaction pooling might break, asked through the pooler."""
        code = (
            "import django; django.setup()\n"
            "from django.db import connection, transaction\n"
            "from kaimen.foundation.models import AuditEntry\n"
            "n = sum(1 for _ in AuditEntry.objects.all().iterator(chunk_size=100))\n"
            "assert n == AuditEntry.objects.count()\n"
            "c = connection.cursor(); c.execute('SHOW TimeZone'); zone = c.fetchone()[0]\n"
            "c.execute('SELECT count(*) FROM pg_prepared_statements'); print(zone, c.fetchone()[0])\n"
        )
        zone, prepared = self._python("-c", code).split()
        return {"long_reads": "ok", "time_zone": zone, "prepared_statements": prepared}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kill", default="machine,postgres,switchover")
    parser.add_argument(
        "--asynchronous", action="store_true", help="without synchronous_mode: what would be lost?"
    )
    parser.add_argument("--askers", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep-logs", type=Path, default=None)
    return parser.parse_args()


def _table(told: dict[str, Any]) -> None:
    columns = (
        "kill",
        "per_s_before",
        "seconds_without_service",
        "longest_wait_of_one_person_s",
        "sent_again",
        "acknowledged",
        "lost",
        "half_made",
        "whole_again_s",
    )
    print("| " + " | ".join(columns) + " |")
    print("|" + " --- |" * len(columns))
    for row in told["rounds"]:
        print("| " + " | ".join(str(row[name]) for name in columns) + " |")
    for row in told["rounds"]:
        print(
            f"{row['kill']}: {row['primary']}; answers meanwhile {row['answers_meanwhile']}; readyz {row['readyz']}"
        )
    print(told["audit"])
    print(f"through the pooler: {told['pooler']}")


if __name__ == "__main__":
    main()
