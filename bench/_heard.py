"""How well issues are heard: against marked real messages, against made ones whose place and matter are known, and
against the demo's older book.
"""

import csv
import random
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path

import yaml

from kaimen.hotspots.sheet import read
from kaimen.logic.hotspots.finding import Heap, find, in_fixed_order
from kaimen.logic.hotspots.messages import Message

PACK = Path(__file__).parent.parent / "kaimen" / "packs" / "demo"
# Issues of the city's messages, each by what stands in the subjects of its messages.
KNOWN = (
    "搅拌[站厂]", "伊景园|滨河苑", "58车", "绿地海外滩.*(高铁|铁路)|(高铁|铁路).*绿地海外滩", "K9县",
    "魅力之城.*(油烟|噪音|夜宵|门面)", "魅力之城.*开裂", "月亮岛路.*高压", "人才.*补[贴助]|人才新政|人才.*购房",
    "凉塘路.*旧城", "江山帝景.*(隐患|质量|脏乱)", "松雅.*站", "辉煌国际城", "郝家坪", "诺亚山林", "泉星公园项目",
    "和包支付", "时代年华", "温斯顿", "中茂城", "老地方美食", "圣力华苑.*(合一|合并)", "恒大文化旅游城",
)  # fmt: skip
# Two matters at one estate: each pair has to stay apart.
DIFFERENT = (
    ("云时代.*垃圾", "云时代.*质量"), ("云时代.*垃圾", "云时代.*幼儿园"), ("云时代.*质量", "云时代.*幼儿园"),
    ("丽发新城.*搅拌", "丽发新城.*(断业主|道路坑)"), ("魅力之城.*开裂", "魅力之城.*(油烟|夜宵)"),
    ("魅力之城.*(油烟|夜宵)", "魅力之城.*(降价|开盘)"), ("伊景园|滨河苑", "武广新城.*捆绑"),
    ("翡翠华庭.*麻将", "翡翠华庭.*(幼儿园|转学|产证|水压)"), ("翡翠华庭.*幼儿园", "翡翠华庭.*(产证|水压|地通)"),
    ("谷山庭[院苑].*电梯", "谷山庭[院苑].*(人防|避难|停车|办公)"), ("凯乐国际城.*路灯", "凯乐国际城.*停"),
    ("海外滩.*高铁", "海外滩.*(沉降|豆腐)"), ("十里天池.*质量", "十里天池.*(路|门前)"), ("凯旋门.*幼儿园", "凯旋门.*漏水"),
    ("松雅.*站", "松雅.*(传销|飙车|夜宵)"), ("江山帝景.*隐患", "江山帝景.*(公交|大风车)"), ("橄榄城.*违", "橄榄城.*(货车|小学)"),
    ("时代中心.*停车", "时代中心.*(幼儿园|垃圾)"), ("麓谷林语.*地铁", "麓谷林语.*(渗水|坑)"), ("金域蓝湾.*烟道", "金域蓝湾.*质量"),
)  # fmt: skip
MADE = 10_000

Made = Callable[[int, random.Random], list[tuple[str, str, Hashable]]]


def heard(stream: Path | None, made: Made) -> dict[str, dict[str, float]]:
    """The figures, table by table."""
    tables = {"made": of_made(made), "demo": of_demo()}
    return ({"marked": of_marked(stream)} if stream else {}) | tables


def of_marked(stream: Path) -> dict[str, float]:
    """Recall: share of a known issue in its largest group; precision: share of that group that is of it.

    wrong: pairs of messages of two different matters that are together, as a share, summed over DIFFERENT.
    """
    csv.field_size_limit(10_000_000)
    messages = list(read(stream))
    groups = _groups(messages)
    group_of = {number: at for at, group in enumerate(groups) for number in group}
    recall = precision = wrong = 0.0
    for pattern in KNOWN:
        members = _saying(messages, pattern)
        best, there = Counter(group_of[number] for number in members).most_common(1)[0]
        recall += there / len(members) / len(KNOWN)
        precision += there / len(groups[best]) / len(KNOWN)
    for one, other in DIFFERENT:
        pairs = [(a, b) for a in _saying(messages, one) for b in _saying(messages, other)]
        wrong += sum(group_of[a] == group_of[b] for a, b in pairs) / max(1, len(pairs))
    return {"recall": recall, "precision": precision, "wrong": wrong, "issues": len(groups)}


def of_made(made: Made) -> dict[str, float]:
    """Of the average message: share of its group about the same place and matter, and of those how many are there."""
    rows = made(MADE, random.Random(7))
    messages = [
        Message(str(n), str(n), float(n), subject, detail) for n, (subject, detail, _) in enumerate(rows)
    ]
    groups = _groups(messages)
    precision, recall = _shares(groups, {str(n): about for n, (_s, _d, about) in enumerate(rows)})
    return {"recall": recall, "precision": precision, "issues": len(groups)}


def of_demo() -> dict[str, float]:
    """`parking`: of the needs about parking that name the east gate, the share in one issue; `service`: precision by service."""
    pack = yaml.safe_load((PACK / "voices.yaml").read_text(encoding="utf-8"))
    places = yaml.safe_load((PACK / "places.yaml").read_text(encoding="utf-8"))["places"]
    names = {place["key"]: place["name"] for place in places}
    rng = random.Random(20260701)
    messages, about = [], {}
    for voice in pack["voices"]:
        for core in voice["says"] * voice["each"]:
            text = rng.choice(pack["starts"]) + core + rng.choice(pack["ends"])
            place = names.get(rng.choice(voice.get("places") or [""]), "")
            number = str(len(messages))
            messages.append(
                Message(number, number, float(len(messages)), "", text, places=(place,) if place else ())
            )
            about[number] = voice["service"]
    groups = _groups(messages)
    wanted = {m.id for m in messages if about[m.id] == "parking" and "东门" in m.detail}
    precision, _recall = _shares(groups, about)
    best = max(len(wanted & set(group)) for group in groups)
    return {"parking": best / len(wanted), "service": precision, "issues": len(groups)}


def _groups(messages: Sequence[Message]) -> list[list[str]]:
    heap = Heap()
    heap.take(in_fixed_order(messages))
    now = max(message.at for message in messages)
    return [[heap.messages[row].id for row in issue.rows] for issue in find(heap, heap.vectors(), now)]


def _saying(messages: Iterable[Message], pattern: str) -> list[str]:
    return [message.id for message in messages if re.search(pattern, message.subject)]


def _shares(groups: Iterable[Sequence[str]], about: dict[str, Hashable]) -> tuple[float, float]:
    """B-cubed precision and recall (Bagga and Baldwin 1998)."""
    all_of = Counter(about.values())
    precision = recall = 0.0
    for group in groups:
        for matter, count in Counter(about[number] for number in group).items():
            precision += count * count / len(group)
            recall += count * count / all_of[matter]
    return precision / len(about), recall / len(about)
