"""Promise: hot issues are found in a time that grows like the number of messages, a million of them in under 4 GB.

Messages are recombined, seeded, from the phrases below: a place, what is wrong there in one of many wordings, how long,
and a plea. With --stream FILE (columns as for `hotspots find`) heads and bodies of real messages are recombined instead.
Each size is one run of `./run manage hotspots find` in a process of its own. --sizes 10000,100000 for fewer.

--heard measures how well instead of how fast (_heard.py); with --stream FILE on the marked messages of one city too.
"""

import argparse
import csv
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Hashable
from datetime import datetime, timedelta
from pathlib import Path

SIZES = "10000,100000,1000000"
EXPONENT, GIGABYTES = 1.15, 4
FIRST = "丽金宏锦瑞恒安和万盛嘉泰景华荣凯德润翠碧海山江湖云星月天阳春"
SECOND = "发茂源城泉福达康龙利晟河园庭居汇峰岸湾桂枫兰桥沙田溪岭港"
KINDS = ["小区", "花园", "路", "新城", "公寓", "广场", "小学", "社区", "大道", "村"]
MATTERS = {
    "搅拌站": [
        "旁边的搅拌站通宵开工，灰大声音响",
        "新建的混凝土搅拌站吵得人睡不着",
        "门口搅拌站的粉尘把窗户都糊住了",
    ],
    "停车": ["没有地方停车，下班绕半小时", "车位太少，天天为停车吵架", "停车位都被外来的车占满了", "停车难"],
    "油烟": ["楼下餐馆的油烟直接排到窗口", "烧烤摊油烟熏得开不了窗", "饭店没有烟道，油烟全进了家里"],
    "路灯": ["路灯坏了一个多月没人修", "晚上一盏路灯都不亮", "路灯半边不亮，骑车摔了两回"],
    "水压": ["自来水水压太小，热水器打不着火", "早晚停水，水压不够", "六楼以上没有水"],
    "电梯": ["电梯三天两头坏，老人下不了楼", "电梯困人没有人管", "电梯年检过期还在用"],
    "公交": ["公交车一个小时才来一趟", "早上公交挤不上去，上班迟到", "公交站撤了以后要走两公里"],
    "垃圾": ["垃圾堆了一个星期没有清运", "垃圾站离窗户不到十米，臭得吃不下饭", "垃圾没有人收，苍蝇成群"],
    "麻将馆": ["一楼麻将馆开到凌晨三点", "麻将馆吵得孩子写不了作业", "住改商开麻将馆，噪音扰民"],
    "积水": ["一下雨就积水，水没过膝盖", "下水道堵了，雨天路面全是水", "排水沟不通，积水几天不退"],
    "产证": ["交房三年办不下产权证", "开发商拖着不给办房产证", "产权证一直没有下来，孩子上不了学"],
    "学位": ["配套小学迟迟不开学", "学位不够，孩子被分到五公里外", "配套学校说好的没有兑现"],
    "工资": ["工地拖欠工资四个月了", "老板欠着工钱不给", "干了半年活，工资一分没有结"],
    "渣土车": ["渣土车整夜从门口过，房子都在抖", "渣土车闯红灯，过马路提心吊胆", "渣土车洒得满路是泥"],
}
OPENINGS = ["您好，", "尊敬的领导，", "", "", "我是这里的住户，", "反映一个问题，", "请问有人管吗？"]
SINCE = [
    "，已经半年了",
    "，打了好几次电话",
    "，物业说不归他们管",
    "，老人孩子都受不了",
    "",
    "，从去年拖到现在",
]
PLEAS = ["。请有关部门看一看。", "。希望尽快解决！", "。到底归谁管？", "。", "。盼回复，谢谢。"]


def made(count: int, rng: random.Random) -> list[tuple[str, str, Hashable]]:
    """(subject, detail, what it is about): half of them at places spoken of a hundred times as often as others, half anywhere."""
    places = [a + b + kind for a in FIRST for b in SECOND for kind in KINDS]
    rng.shuffle(places)
    matters = list(MATTERS)
    rows = []
    for _ in range(count):
        hot = int(rng.paretovariate(0.6)) - 1
        place = places[hot] if hot < len(places) and rng.random() < 0.5 else rng.choice(places)
        matter = matters[hash_of(place) % len(matters)] if rng.random() < 0.7 else rng.choice(matters)
        said, more = rng.choice(MATTERS[matter]), rng.choice(MATTERS[matter])
        detail = rng.choice(OPENINGS) + place + said + rng.choice(SINCE) + "，" + more + rng.choice(PLEAS)
        rows.append((place + said[:14], detail, (place, matter)))
    return rows


def hash_of(text: str) -> int:
    return sum(ord(char) * 31**n for n, char in enumerate(text))


def recombined(count: int, rng: random.Random, stream: Path) -> list[tuple[str, str]]:
    """Subjects of real messages with bodies of others, half of them with their own."""
    csv.field_size_limit(10_000_000)
    with stream.open(encoding="utf-8-sig", newline="") as file:
        real = [(row["subject"], row["detail"].strip()[:300]) for row in csv.DictReader(file)]
    rows = []
    for _ in range(count):
        subject, detail = rng.choice(real)
        rows.append((subject, detail if rng.random() < 0.5 else rng.choice(real)[1]))
    return rows


def write(path: Path, rows: list[tuple[str, str]], rng: random.Random) -> None:
    start = datetime(2026, 1, 1)  # noqa: DTZ001 - a table has no time zone
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "user", "time", "subject", "detail", "likes", "dislikes"])
        for number, (subject, detail) in enumerate(rows):
            at = start + timedelta(minutes=number * 500_000 // len(rows))
            likes = int(rng.paretovariate(1.2)) - 1
            out.writerow([number, rng.randrange(len(rows)), at.isoformat(), subject, detail, likes, 0])


def measure(size: int, stream: Path | None, folder: Path) -> dict[str, float]:
    rng = random.Random(size)
    path = folder / f"{size}.csv"
    write(path, recombined(size, rng, stream) if stream else [row[:2] for row in made(size, rng)], rng)
    command = [sys.executable, "-m", "kaimen", "hotspots", "find", "--input", str(path), "--json"]
    before = os.times()
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    after = os.times()
    path.unlink()
    figures: dict[str, float] = json.loads(done.stdout)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return figures | {"cpu_seconds": round(cpu, 1)}


def exponent(rows: list[dict[str, float]]) -> float:
    """Least squares of log CPU seconds over log messages: 1 is linear. On a shared machine the clock on the wall lies."""
    points = [(math.log(row["members"]), math.log(row["cpu_seconds"])) for row in rows]
    x, y = (sum(p[axis] for p in points) / len(points) for axis in (0, 1))
    spread = sum((p[0] - x) ** 2 for p in points)
    return sum((p[0] - x) * (p[1] - y) for p in points) / spread if spread else float("nan")


def tell_heard(stream: Path | None, *, as_json: bool) -> None:
    from bench._heard import heard

    tables = heard(stream, made)
    if as_json:
        print(json.dumps(tables))
        return
    for name, figures in tables.items():
        print(
            f"{name:8}",
            "  ".join(f"{what} {figure:.3f}".rstrip("0").rstrip(".") for what, figure in figures.items()),
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--stream", type=Path)
    parser.add_argument("--heard", action="store_true")
    options, _others = parser.parse_known_args()
    if options.heard:
        tell_heard(options.stream, as_json=options.json)
        return
    with tempfile.TemporaryDirectory() as folder:
        sizes = [int(size) for size in options.sizes.split(",")]
        rows = [measure(size, options.stream, Path(folder)) for size in sizes]
    if options.json:
        print(json.dumps({"runs": rows, "exponent": round(exponent(rows), 3)}))
        return
    print(
        f"{'messages':>10}{'issues':>10}{'seconds':>10}{'CPU s':>8}{'msg/s':>8}{'peak MB':>9}{'MB / promise':>14}"
    )
    for row in rows:
        speed = row["members"] / row["seconds"]
        share = row["peak_mb"] / 1024 / GIGABYTES
        print(
            f"{row['members']:10}{row['issues']:10}{row['seconds']:10.1f}{row['cpu_seconds']:8.1f}{speed:8.0f}{row['peak_mb']:9.0f}{share:14.2f}"
        )
    print(f"exponent {exponent(rows):.3f}, to stay under {EXPONENT}")


if __name__ == "__main__":
    main()
