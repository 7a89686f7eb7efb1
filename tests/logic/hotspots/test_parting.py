"""What is held together by a name alone is taken apart again; what shares a matter, and what was held, stays."""

import numpy as np
import pytest

from kaimen.logic.hotspots.alike import ORDINARY
from kaimen.logic.hotspots.finding import Heap
from kaimen.logic.hotspots.parting import parted
from tests.logic.hotspots.heard import LIGHTS, OTHERS, PARKING, many

ESTATE = [  # one estate, five matters, one of them said twice; its name is once seen to be one
    "星海蓝天里地下车库垃圾成堆，臭气熏天",
    "星海蓝天里小区外墙渗水严重，墙皮掉了一地",
    "星海蓝天里有人把房子改成群租房，楼道住满了人",
    "星海蓝天里群租房没有人查，改成十几间出租",
    "星海蓝天里粉店的音响吵到半夜",
    "星海蓝天里要求重新选聘管家公司",
]


def parts_of(texts: list[str], hold: int | None = None) -> set[frozenset[int]]:
    """All texts as one group: the positions that are together afterwards."""
    heap = Heap()
    elsewhere = [text.replace("星海蓝天里", "松涛苑") for text in ESTATE]
    heap.take(many(*texts, *elsewhere, *OTHERS * 5, *LIGHTS))
    count = len(heap.messages)
    groups = np.maximum(np.arange(count) - len(texts) + 1, 0)
    after = parted(heap.vectors(), heap.weights, ORDINARY, groups, np.arange(count) == hold)
    rest = after[len(texts) :].tolist()
    assert rest == list(range(1, len(rest) + 1)), "nobody else is moved"
    mine = after[: len(texts)].tolist()
    assert not set(mine) & set(rest)
    return {frozenset(n for n, group in enumerate(mine) if group == one) for one in mine}


def test_one_estate_with_five_matters_is_five_issues() -> None:
    assert parts_of(ESTATE) == {frozenset(one) for one in ({0}, {1}, {2, 3}, {4}, {5})}


@pytest.mark.parametrize("texts", [PARKING, [ESTATE[0]] * 6, ["停车"] * 6, [ESTATE[2], ESTATE[3]] * 3])
def test_what_shares_a_matter_or_was_sent_again_stays_together(texts: list[str]) -> None:
    assert parts_of(texts) == {frozenset(range(len(texts)))}


def test_what_is_held_and_what_is_too_few_or_too_many_to_be_judged_stays() -> None:
    assert len(parts_of(ESTATE, hold=1)) == 1
    assert len(parts_of([*ESTATE[:2], *ESTATE[4:]])) == 1
    assert len(parts_of(ESTATE * 7)) == 1
