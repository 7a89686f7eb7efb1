"""Messages for the tests of the ear, and the groups it makes of them."""

from kaimen.logic.hotspots.finding import Found, Heap, find, in_fixed_order
from kaimen.logic.hotspots.messages import Message

NOW = 1_800_000_000.0
DAY = 86_400.0
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
OTHERS = ["食堂的菜太咸。", "孩子上小学要哪些材料？", "宿舍热水十点就没有了。", "公司没有给我缴公积金。"]


def message(number: int, text: str, **more: object) -> Message:
    wanted = {"id": f"m{number:04d}", "user": f"u{number}", "at": NOW - DAY * (number % 50), "subject": ""}
    return Message(**{**wanted, "detail": text, **more})  # type: ignore[arg-type]


def many(*texts: str) -> list[Message]:
    return [message(number, text) for number, text in enumerate(texts)]


def found_in(messages: list[Message]) -> tuple[Heap, list[Found]]:
    heap = Heap()
    heap.take(in_fixed_order(messages))
    return heap, find(heap, heap.vectors(), NOW)


def groups(messages: list[Message]) -> set[frozenset[str]]:
    """The ids, issue by issue."""
    heap, issues = found_in(messages)
    return {frozenset(heap.messages[row].id for row in issue.rows) for issue in issues}
