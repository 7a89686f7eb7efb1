"""Promise: 1,036 personal letters as PDF and as one file for the printer in 15 s on two cores, with less than 500 MB.

Every letter has a name, a unit, a sentence and a QR code of its own. First each as PDF (`seconds`), then all as one
file (`merged_seconds`), as a mailing does it. Options: --json, --count N.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator

from kaimen.letters.papers import Sender, Sheet, make_many
from kaimen.logic.letters import fill, fill_body, parse

PROMISE_S = 15
PROMISE_MB = 500
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
    sizes: list[int] = []
    began = time.perf_counter()
    made = make_many("personal", _sheets(options.count), lambda _sheet, pdf: sizes.append(len(pdf)))
    seconds = time.perf_counter() - began
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        bound = make_many("personal", _sheets(options.count), merged=out, duplex=False)
        merged_seconds = time.perf_counter() - began
        merged_mb = out.tell() / 1e6
    if not made.letters == bound.letters == bound.pages == len(sizes) == options.count:
        raise SystemExit(f"not all there: {made}, {bound}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 * 1024 if sys.platform == "darwin" else 1024
    )
    figures = {
        "letters": made.letters,
        "seconds": round(seconds, 2),
        "merged_seconds": round(merged_seconds, 2),
        "peak_mb": round(peak),
        "letter_kb": round(sum(sizes) / len(sizes) / 1000, 1),
        "merged_mb": round(merged_mb, 2),
    }
    if options.json:
        print(json.dumps(figures))
        return
    promise = PROMISE_S * options.count / LETTERS
    print(f"{made.letters} letters of {figures['letter_kb']} kB; one file of {figures['merged_mb']} MB")
    print(f"{'':12}{'seconds':>9}{'/ promise':>11}")
    for name, took in (("each", seconds), ("merged", merged_seconds), ("both", seconds + merged_seconds)):
        print(f"{name:12}{took:9.2f}{took / promise:11.2f}")
    print(f"peak {peak:.0f} MB, {peak / PROMISE_MB:.2f} of the promise")


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
    return parser.parse_args()


if __name__ == "__main__":
    main()
