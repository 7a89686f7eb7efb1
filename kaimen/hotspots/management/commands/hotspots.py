import csv
import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kaimen.hotspots.sheet import BadTable, read
from kaimen.logic.hotspots.finding import Found, Heap, find, in_fixed_order, told
from kaimen.logic.hotspots.messages import Message
from kaimen.logic.hotspots.terms import Vectors

SHOWN = 20
ALL_AT_ONCE = 200_000  # up to so many, the order of the file decides nothing; beyond, only equal likenesses


class Command(BaseCommand):
    help = "Finds hot issues in a table of messages: hotspots find --input FILE [--out clusters.csv] [--json]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        find_them = verbs.add_parser("find", help="group a table of messages into issues and rank them")
        find_them.add_argument("--input", type=Path, required=True, help="CSV: id,user,time,subject,detail,…")
        find_them.add_argument("--out", type=Path, help="CSV to write: id,issue,rank, one row per message")
        find_them.add_argument("--json", action="store_true", help="figures as JSON instead of the list")
        find_them.add_argument("--top", type=int, default=SHOWN, help="how many issues to list")

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.perf_counter()
        try:
            heap, vectors = _read(options["input"])
        except (OSError, BadTable) as error:
            raise CommandError(str(error)) from error
        now = max((message.at for message in heap.messages), default=0.0)
        issues = find(heap, vectors, now)
        seconds = time.perf_counter() - start
        if options["out"]:
            _write(options["out"], heap.messages, issues)
        if options["json"]:
            figures = {
                "issues": len(issues),
                "members": len(heap.messages),
                "seconds": round(seconds, 3),
                "peak_mb": _peak_mb(),
            }
            self.stdout.write(json.dumps(figures))
            return
        self._list(heap, vectors, issues[: options["top"]], now)
        self.stdout.write(f"{len(heap.messages)} messages, {len(issues)} issues, {seconds:.1f} s")

    def _list(self, heap: Heap, vectors: Vectors, issues: list[Found], now: float) -> None:
        summaries = told(heap, vectors, issues, now)
        for rank, (issue, shown) in enumerate(zip(issues, summaries, strict=True), start=1):
            parts = " + ".join(f"{part.code} {part.points:g}" for part in issue.heat.parts)
            self.stdout.write(f"{rank}. {shown.title}  [{issue.key}]")
            self.stdout.write(f"   {issue.heat.points:.1f} = {parts}")
            counts = f"{shown.messages} messages, {shown.people} people, {shown.support} support"
            self.stdout.write(f"   {counts}; {'、'.join([*shown.places[:3], *shown.firms[:2]])}")


def _read(path: Path) -> tuple[Heap, Vectors]:
    heap = Heap()
    messages = list(read(path)) if path.stat().st_size < ALL_AT_ONCE * 1000 else None
    heap.take(in_fixed_order(messages) if messages is not None else read(path))
    return heap, heap.vectors()


def _write(path: Path, messages: list[Message], issues: list[Found]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "issue", "rank"])
        for rank, issue in enumerate(issues, start=1):
            out.writerows((messages[row].id, issue.key, rank) for row in issue.rows)


def _peak_mb() -> float | None:
    """The largest size the process ever had; None where the system does not say (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(
        peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1
    )  # bytes there, kibibytes on Linux
