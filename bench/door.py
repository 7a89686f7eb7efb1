"""Promise: the door takes 600 needs a second on two cores, each with owner, promises, timeline, audit and notice.

Real HTTP against the server as production starts it, eight visitors at a time, the public form with all that a browser
sends. Beside it, in the same run, what the ORM alone does with three rows in a transaction, for one writer and for eight at
once. Then suggestions on a list
of 2,000 services and pages at 100,000 cases. Options: --json, --posts N, --cases N, --only sqlite|postgresql|pages,
--database sqlite|postgresql (of the pages).
"""

import argparse
import json
import statistics
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _house import House, cores, house

PROMISE = 600  # posts a second
PAGE_MS, SUGGEST_MS = 100, 150
CLIENTS = 8
EACH = 4  # needs of one visitor: the limits of logic.flood are in force
SUGGESTIONS = 400
READY = 8  # seconds until every process is loaded
ROUNDS = 3  # times that each page is asked for


def main() -> None:
    options = _options()
    figures: dict[str, Any] = {}
    beside: dict[str, float] = {}
    for part in options.only or ("sqlite", "postgresql", "pages"):
        database = options.database if part == "pages" else part
        with house(database) as built:
            if part == "pages":
                figures |= pages(built, options.cases, beside)
            else:
                figures[part] = posts(built, options.posts, beside)
    print(json.dumps(figures)) if options.json else _table(figures, beside)


def posts(built: House, number: int, beside: dict[str, float]) -> dict[str, Any]:
    """Needs come in; then the database is asked whether all that was promised for each of them is there."""
    warm_up = number // 8
    needs = built.inside("needs", {"seed": 7, "number": number + warm_up})
    bare = [_bare(built)]
    with built.open() as port:
        got = built.ask(port, "posts", CLIENTS, needs=needs, each=EACH, warm_up=warm_up)
    bare.append(_bare(built))  # before and after: the machine is not the same for long
    tokens = [
        place.rsplit("/", 1)[1] for _ms, status, place, _ in got["done"] if status == 302 and "/t/" in place
    ]
    if problems := built.inside("check", {"tokens": tokens}):
        raise SystemExit(f"acknowledged, but not whole: {problems}")
    failed = [answer for answer in got["done"] if answer[1] != 302 or "/t/" not in answer[2]]
    for answer in failed[:3]:
        print("failed:", answer, file=sys.stderr)
    times = [ms for ms, *_ in got["done"]]
    name = "postgresql" if built.on_postgresql else "sqlite"
    beside[f"{name} server ms"] = 1000 * got["server_cpu"] / len(times)
    beside[f"{name} client ms"] = 1000 * got["cpu"] / len(times)
    return {
        "posts_per_s": round(len(tokens) / got["seconds"], 1),
        **_percentiles(times),
        "failed": len(failed),
        **{name: round(statistics.mean(told[name] for told in bare), 1) for name in bare[0]},
    }


def _bare(built: House) -> dict[str, float]:
    """The ORM's bare transactions a second: of one writer, and of as many at once as there are visitors, in as many
    processes as the server has."""
    processes = cores.usable()
    given = {"threads": CLIENTS // processes, "seconds": 3.0, "start": time.time() + READY}
    at_once = sum(got["per_s"] for got in built.at_once("orm_beside_others", processes, given))
    return {"bare_orm_per_s": built.inside("orm")["per_s"], "bare_orm_at_once_per_s": at_once}


def pages(built: House, cases: int, beside: dict[str, float]) -> dict[str, Any]:
    """What takes longest to find in a full house: suggestions while somebody types, lists, search, board, one case."""
    built.inside("grow", {"cases": cases})
    asked = built.inside("pages")
    words = [need["words"] for need in built.inside("needs", {"seed": 8, "number": SUGGESTIONS})]
    typed = [said[: 6 + n % 30] for n, said in enumerate(words)]  # as far as they have got
    with built.open() as port:
        built.ask(port, "suggest", CLIENTS, words=typed[:100])  # every process builds its index once
        alone = _p95(built.ask(port, "suggest", 1, words=typed))
        beside["suggest 8 at once"] = _p95(built.ask(port, "suggest", CLIENTS, words=typed))
        shown = {}
        for name, wanted in asked["pages"].items():
            built.ask(port, "pages", 2, pages=list(islice(wanted, 20)))
            p95 = _p95(built.ask(port, "pages", 1, pages=wanted * ROUNDS))
            shown[name] = {"p95_ms": p95, "queries": asked["queries"][name]}
    return {"suggest_p95_ms": alone, "pages": shown}


def _p95(got: dict[str, Any]) -> float:
    wrong = [answer for answer in got["done"] if answer[1] != 200]
    if wrong:
        raise SystemExit(f"{len(wrong)} pages were not shown, the first: {wrong[0]}")
    return _percentiles([ms for ms, *_ in got["done"]])["p95_ms"]


def _percentiles(times: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {f"p{n}_ms": round(cuts[n - 1], 2) for n in (50, 95, 99)}


def _table(figures: dict[str, Any], beside: dict[str, float]) -> None:
    head = (
        "posts/s",
        "/ promise",
        "/ bare ORM",
        "/ same, 8 at once",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "failed",
        "server CPU ms",
        "client",
    )
    print(f"{'':12}" + "".join(f"{name:>18}" for name in head))
    for name in ("sqlite", "postgresql"):
        if row := figures.get(name):
            per_s = row["posts_per_s"]
            cells = [f"{per_s:.0f}", f"{per_s / PROMISE:.2f}", f"{per_s / row['bare_orm_per_s']:.2f}"]
            cells.append(f"{per_s / row['bare_orm_at_once_per_s']:.2f}")
            cells += [f"{row[cut]:.1f}" for cut in ("p50_ms", "p95_ms", "p99_ms")]
            cells += [
                f"{row['failed']}",
                *(f"{beside[f'{name} {who} ms']:.2f}" for who in ("server", "client")),
            ]
            print(f"{name:12}" + "".join(f"{cell:>18}" for cell in cells))
    if "pages" in figures:
        print(f"\n{'':24}{'p95 ms':>9}{'/ promise':>11}{'queries':>9}")
        alone, eight = figures["suggest_p95_ms"], beside["suggest 8 at once"]
        print(f"{'suggest, 1 at a time':24}{alone:9.1f}{alone / SUGGEST_MS:11.2f}")
        print(f"{'suggest, 8 at a time':24}{eight:9.1f}{eight / SUGGEST_MS:11.2f}")
        for name, row in figures["pages"].items():
            print(f"{name:24}{row['p95_ms']:9.1f}{row['p95_ms'] / PAGE_MS:11.2f}{row['queries']:9}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench door", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--posts", type=int, default=4000, help="needs per database")
    parser.add_argument("--cases", type=int, default=100_000, help="cases behind the pages")
    parser.add_argument("--only", action="append", choices=("sqlite", "postgresql", "pages"))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite", help="of the pages")
    return parser.parse_args()


if __name__ == "__main__":
    main()
