"""Many needs in few words: what the tests of hot issues hear."""

from datetime import datetime, timedelta
from typing import Any

from kaimen.cases.models import Case
from kaimen.foundation.models import Place
from tests.cast import MONDAY, World, world

PARKING = [
    "东门没地方停车，转了半小时上班迟到。",
    "东门外面停车位太少，每天抢。",
    "早上到东门，一个停车位都找不到。",
    "东门停车难，绕了三圈还是没位子停车。",
    "东门口车位都停满了，只好停到马路对面。",
    "在东门停车要提前一小时来，能不能多划几个停车位？",
]
LIGHTS = [
    "西门到宿舍的路灯坏了一个月，下夜班摔了一跤。",
    "西门那段路灯不亮，晚上骑车看不见。",
    "西门外的路灯又不亮了，没人修。",
    "路灯坏了，西门到公交站一路漆黑。",
]
OTHERS = [
    "食堂的菜太咸，能不能淡一点。",
    "孩子明年上小学，要准备哪些材料？",
    "宿舍热水到十点就没有了。",
    "想办一张图书室的卡。",
    "公司没有给我缴公积金。",
    "篮球场的篮筐歪了。",
]

__all__ = ["LIGHTS", "MONDAY", "OTHERS", "PARKING", "World", "heard", "place", "world"]


def place(park: World, key: str, name: str, **more: Any) -> Place:
    return Place.objects.create(community=park.community, key=key, name=name, **more)


def heard(park: World, words: list[str], now: datetime = MONDAY, **changes: Any) -> list[Case]:
    """One case a day for each of the words, each by somebody else, the last one now."""
    return [
        park.case(
            words=text,
            now=now - timedelta(days=len(words) - 1 - n),
            asker_phone=f"139{hash_of(text):08d}",
            **changes,
        )
        for n, text in enumerate(words)
    ]


def hash_of(text: str) -> int:
    return sum(ord(char) * (n + 7) for n, char in enumerate(text)) % 100_000_000
