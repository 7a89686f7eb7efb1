"""Promise: 1,036 personal letters as PDF and as one file for the printer in 15 s on two cores, with less than 500 MB.

Every letter has a name, a unit, a sentence and a QR code of its own. First each as PDF (`seconds`), then all as one
file (`merged_seconds`), as a mailing does it. Then the pages of a mailing to 100,000, over HTTP against the server as
production starts it: each under 100 ms. Options: --json, --count N, --recipients N, --only make|page, --database NAME.
"""

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _house import house

from kaimen.letters.papers import Sender, Sheet, make_many
from kaimen.logic.letters import fill, fill_body, parse

PROMISE_S = 15
PROMISE_MB = 500
PAGE_MS = 100
ROUNDS = 3  # times that each page is asked for
RECIPIENTS = 100_000
LETTERS = 1036
BODY = """见信好。

又到年底了。这一年，您在{单位}和各个班组之间来来回回，工友的大事小事，都是您先听到、先张罗的。谁家孩子要上学，谁的工伤还没定，\
谁夜里下班打不到车，{姓名}主席，您都记在心上。**谢谢您。**

我们想让这份操心有个着落：从今年起，工友说的每一件事，都有一个人管到底。您听到什么，不用自己跑，扫一扫下面的码，说一句就行。

天冷了，请多保重，也替我们向{单位}的工友问声好。"""
FAMILY = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文𠮷㛃"


def main() -> None:
    options = _options()
    figures: dict[str, Any] = {}
    for part in options.only or ("make", "page"):
        figures |= made(options.count) if part == "make" else shown(options.recipients, options.database)
    print(json.dumps(figures)) if options.json else _table(figures)


def made(count: int) -> dict[str, Any]:
    """Each as PDF, then all as one file."""
    sizes: list[int] = []
    began = time.perf_counter()
    each = make_many("personal", _sheets(count), lambda _sheet, pdf: sizes.append(len(pdf)))
    seconds = time.perf_counter() - began
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        bound = make_many("personal", _sheets(count), merged=out, duplex=False)
        merged_seconds = time.perf_counter() - began
        merged_mb = out.tell() / 1e6
    if not each.letters == bound.letters == bound.pages == len(sizes) == count:
        raise SystemExit(f"not all there: {each}, {bound}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "letters": each.letters,
        "seconds": round(seconds, 2),
        "merged_seconds": round(merged_seconds, 2),
        "peak_mb": round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024)),
        "letter_kb": round(sum(sizes) / len(sizes) / 1000, 1),
        "merged_mb": round(merged_mb, 2),
    }


def shown(recipients: int, database: str) -> dict[str, Any]:
    """The list read by the job, then the pages of the mailing over HTTP, one visitor at a time."""
    pages: dict[str, Any] = {}
    with house(database) as built:
        built.env["KAIMEN_SMTP_HOST"] = "127.0.0.1"  # nothing is sent; without one the draft warns
        read = built.inside("mailing", {"recipients": recipients})
        with built.open() as port:
            for draft in (True, False):
                if not draft:
                    built.inside("on_its_way", read)
                asked = built.inside("pages_of_mailing", {**read, "draft": draft})
                for name, wanted in asked["pages"].items():
                    built.ask(port, "pages", 2, pages=wanted[:10])
                    got = built.ask(port, "pages", 1, pages=wanted * ROUNDS)
                    pages[name] = {"p95_ms": _p95(got), "queries": asked["queries"][name]}
        posted = built.inside("posted", read)
        dropped = built.inside("dropped", built.inside("mailing", {"recipients": recipients}))
    return {
        "recipients": recipients,
        "database": database,
        "list_request_s": read["request_s"],
        "list_job_s": read["job_s"],
        "list_slice_s": read["longest_s"],
        "posted": posted,
        "dropped": dropped,
        "pages": pages,
    }


def _p95(got: dict[str, Any]) -> float:
    if wrong := [answer for answer in got["done"] if answer[1] != 200]:
        raise SystemExit(f"{len(wrong)} pages were not shown, the first: {wrong[0]}")
    times = [ms for ms, *_ in got["done"]]
    return round(statistics.quantiles(times, n=100, method="inclusive")[94], 1)


def _table(figures: dict[str, Any]) -> None:
    if "letters" in figures:
        promise = PROMISE_S * figures["letters"] / LETTERS
        each, merged = figures["seconds"], figures["merged_seconds"]
        sizes = (figures["letters"], figures["letter_kb"], figures["merged_mb"])
        print("{} letters of {} kB; one file of {} MB".format(*sizes))
        print(f"{'':12}{'seconds':>9}{'/ promise':>11}")
        for name, took in (("each", each), ("merged", merged), ("both", each + merged)):
            print(f"{name:12}{took:9.2f}{took / promise:11.2f}")
        print(f"peak {figures['peak_mb']} MB, {figures['peak_mb'] / PROMISE_MB:.2f} of the promise")
    if "pages" in figures:
        print(f"{figures['recipients']} recipients, {figures['database']}: the list took the request")
        print(f"{figures['list_request_s']} s and the jobs {figures['list_job_s']} s,")
        print(f"the longest of them {figures['list_slice_s']} s")
        for what in ("posted", "dropped"):
            row = figures[what]
            print(
                f"{what}: request {row['request_s']} s, jobs {row['job_s']} s, longest {row['longest_s']} s"
            )
        print(f"{'':12}{'p95 ms':>9}{'/ promise':>11}{'queries':>9}")
        for name, row in figures["pages"].items():
            print(f"{name:12}{row['p95_ms']:9.1f}{row['p95_ms'] / PAGE_MS:11.2f}{row['queries']:9}")


def _sheets(count: int) -> Iterator[Sheet]:
    body = parse(BODY)
    for n in range(count):
        name = f"示例{FAMILY[n % 20]}{GIVEN[n % 31]}{GIVEN[n * 7 % 29]}"
        values = {"姓名": name, "单位": f"示例第{n}精密机械有限公司"}
        yield Sheet(
            key=str(n),
            salutation=fill("尊敬的{姓名}主席：", values),
            body=fill_body(body, values),
            signature=("示例市总工会",),
            date="2026年12月18日",
            link=f"https://door.example/l/{n:06}-qwertyuiop",
            caption="扫一扫，回个话\n有事也在这里说",
            sender=Sender("示例市总工会", ("示例市示例路 1 号",)),
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench letters", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--count", type=int, default=LETTERS, help="how many letters")
    parser.add_argument(
        "--recipients", type=int, default=RECIPIENTS, help="of the mailing whose pages are shown"
    )
    parser.add_argument("--only", action="append", choices=("make", "page"))
    parser.add_argument("--database", default="sqlite", choices=("sqlite", "postgresql"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
