"""Names, titles, ids that stay, weights as bytes, and what one voice counts."""

import numpy as np
import pytest

from kaimen.logic.hotspots.heat import Voice, heat, people_in, trend
from kaimen.logic.hotspots.keeping import keep_ids
from kaimen.logic.hotspots.messages import Message
from kaimen.logic.hotspots.names import mentioned, named_in
from kaimen.logic.hotspots.packing import packed, unpacked
from kaimen.logic.hotspots.terms import Weights, grams_of
from kaimen.logic.hotspots.titles import title_of
from kaimen.logic.hotspots.traditional import simplified
from tests.logic.hotspots.heard import DAY, NOW, PARKING, many, message


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("投诉A2区丽发新城附近建搅拌站", "丽发新城"),
        ("请看看灵峰路口的坑", "灵峰路口"),
        ("我在宏达模具有限公司上班", "宏达模具有限公司"),
        ("东门没地方停车", "东门"),
    ],
)
def test_names_are_found_by_their_endings(text: str, name: str) -> None:
    assert name in named_in(text)


def test_offices_and_bare_words_are_no_names() -> None:
    assert named_in("请有关部门和市政府管管小区的学校") == frozenset()


def test_places_and_firms_are_told_apart() -> None:
    places, firms = mentioned(["丽发新城的富绿物业不管", "富绿物业在丽发新城乱收费"])
    assert (places, firms) == (["丽发新城"], ["富绿物业"])


def test_a_title_is_never_taken_from_who_asked_to_stay_unknown() -> None:
    hidden = message(1, "张三在东门打人", shown=False)
    assert title_of([hidden]) == ""
    assert title_of([hidden, message(2, PARKING[1])]) == "东门外面停车位太少，每天抢"


def test_a_title_is_the_one_whose_words_most_others_use() -> None:
    said = [
        "绿地海外滩业主被噪音烦死了",
        "绿地海外滩离高铁太近",
        "高铁离绿地海外滩只有三十米",
        "绿地海外滩与高铁的几点疑惑",
    ]
    titles = [Message(str(n), "", NOW, subject) for n, subject in enumerate(said)]
    assert title_of(titles) == "绿地海外滩离高铁太近"
    assert title_of(titles[:1]) == said[0]
    assert title_of([titles[3], titles[0]]) == said[0], "what only says that there are problems comes last"


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("再次反映A市金毛湾配套入学的问题", "A市金毛湾配套入学的问题"),
        ("请问凉塘路的旧城改造要拖到何时？", "凉塘路的旧城改造要拖到何时？"),
        ("关于月亮岛路架设高压线的投诉", "关于月亮岛路架设高压线的投诉"),
        ("反映停车难", "反映停车难"),
    ],
)
def test_a_title_drops_what_says_only_that_somebody_asks(subject: str, title: str) -> None:
    assert title_of([Message("1", "", NOW, subject)]) == title


def test_a_title_leads_to_nobodys_phone() -> None:
    assert "138" not in title_of([message(1, "东门停车找我13800000000谈一谈")])


def test_one_voice_counts_once_and_unknown_ones_by_their_root() -> None:
    assert people_in(["a", "a", "a", "b"]) == 2
    assert people_in([""] * 9) == 3
    loud = heat([Voice("a", NOW)] * 30, NOW)
    crowd = heat([Voice(str(n), NOW) for n in range(30)], NOW)
    assert crowd.points > loud.points + 40


def test_a_hundredfold_support_is_felt_and_does_not_drown() -> None:
    def points(support: int) -> float:
        return heat([Voice("a", NOW, support)], NOW).points

    assert 40 < points(2000) - points(20) < 50


def test_growth_and_recency_fade() -> None:
    rising = heat([Voice(str(n), NOW - n * DAY) for n in range(8)], NOW)
    old = heat([Voice(str(n), NOW - (300 + n) * DAY) for n in range(8)], NOW)
    codes = {part.code: part.points for part in rising.parts}
    assert codes["growth"] == 10
    assert codes["recency"] == 10
    assert {part.code: part.points for part in old.parts}["growth"] == 0
    assert rising.points > old.points


def test_trend_counts_weeks_to_now() -> None:
    assert trend([NOW, NOW - DAY, NOW - 8 * DAY, NOW - 900 * DAY], NOW, weeks=3) == [0, 1, 2]


def test_ids_go_to_the_largest_part_and_to_what_is_held() -> None:
    before = {0: 7, 1: 7, 2: 7, 3: 9, 4: 9}
    assert keep_ids([[0, 1], [2], [3, 4]], before, {}) == [7, None, 9]
    assert keep_ids([[0, 1, 2, 3, 4]], before, {}) == [7]
    assert keep_ids([[0, 1], [2], [3, 4]], before, {2: 7}) == [None, 7, 9]
    assert keep_ids([[5]], before, {}) == [None]


def test_weights_come_back_as_they_were() -> None:
    weights = Weights()
    weights.learn(grams_of(many(*PARKING)))
    again = unpacked(packed(weights))
    assert again.messages == weights.messages
    for name in ("used", "all", "inside", "touching"):
        assert np.allclose(getattr(again, name), getattr(weights, name))
    assert unpacked(b"").messages == 0


def test_only_traditional_characters_change() -> None:
    assert simplified("停車難 Parking 停车") == "停车难 Parking 停车"
