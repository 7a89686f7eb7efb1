"""Promise: the door takes 600 needs a second on two cores, each with owner, promises, timeline, audit and notice.

Real HTTP against the server as production starts it, eight visitors at a time, the public form with all that a browser
sends. Beside it, in the same run, what the ORM alone does with three rows in a transaction. Options: --json,
--posts N, --only sqlite|postgresql.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _house import House, house

PROMISE = 600  # posts a second
CLIENTS = 8
EACH = 4  # needs of one visitor: the limits of logic.flood are in force


def main() -> None:
    options = _options()
    figures: dict[str, Any] = {}
    for database in options.only or ("sqlite", "postgresql"):
        with house(database) as built:
            figures[database] = posts(built, options.posts)
    print(json.dumps(figures)) if options.json else _table(figures)


def posts(built: House, number: int) -> dict[str, Any]:
    """Needs come in; then the database is asked whether all that was promised for each of them is there."""
    warm_up = number // 8
    needs = built.inside("needs", {"seed": 7, "number": number + warm_up})
    bare = [built.inside("orm")["per_s"]]
    with built.open() as port:
        got = built.ask(port, "posts", CLIENTS, needs=needs, each=EACH, warm_up=warm_up)
    bare.append(built.inside("orm")["per_s"])  # before and after: the machine is not the same for long
    tokens = [
        place.rsplit("/", 1)[1] for _ms, status, place, _ in got["done"] if status == 302 and "/t/" in place
    ]
    problems = built.inside("check", {"tokens": tokens})
    if problems:
        raise SystemExit(f"acknowledged, but not whole: {problems}")
    failed = [answer for answer in got["done"] if answer[1] != 302 or "/t/" not in answer[2]]
    for answer in failed[:3]:
        print("failed:", answer, file=sys.stderr)
    times = [ms for ms, *_ in got["done"]]
    print(
        f"cpu per post: server {1000 * got['server_cpu'] / len(times):.2f} ms, client {1000 * got['cpu'] / len(times):.2f} ms",
        file=sys.stderr,
    )
    return {
        "posts_per_s": round(len(tokens) / got["seconds"], 1),
        **_percentiles(times),
        "failed": len(failed),
        "bare_orm_per_s": round(statistics.mean(bare), 1),
    }


def _percentiles(times: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {f"p{n}_ms": round(cuts[n - 1], 2) for n in (50, 95, 99)}


def _table(figures: dict[str, Any]) -> None:
    print(
        f"{'':12}{'posts/s':>9}{'/ promise':>11}{'/ bare ORM':>12}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'failed':>8}"
    )
    for name in ("sqlite", "postgresql"):
        if row := figures.get(name):
            per_s = row["posts_per_s"]
            print(
                f"{name:12}{per_s:9.0f}{per_s / PROMISE:11.2f}{per_s / row['bare_orm_per_s']:12.2f}"
                f"{row['p50_ms']:9.1f}{row['p95_ms']:9.1f}{row['p99_ms']:9.1f}{row['failed']:8}"
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench door", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--posts", type=int, default=4000, help="needs per database")
    parser.add_argument("--only", action="append", choices=("sqlite", "postgresql"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
