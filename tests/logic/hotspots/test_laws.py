"""What holds for any messages: nobody is lost, arrival decides nothing, odd texts harm nobody."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaimen.logic.hotspots.messages import Message
from kaimen.logic.hotspots.terms import grams_of
from tests.logic.hotspots.heard import LIGHTS, OTHERS, PARKING, found_in, groups, many, message

TEXTS = [*PARKING, *LIGHTS, *OTHERS]
odd = st.text(max_size=80) | st.sampled_from(TEXTS) | st.integers().map(str)
few = settings(max_examples=25, deadline=None)  # each example groups a list of messages: some 20 ms


@few
@given(st.lists(odd, max_size=12))
def test_every_message_is_in_exactly_one_issue(texts: list[str]) -> None:
    heap, issues = found_in(many(*texts))
    assert sorted(row for issue in issues for row in issue.rows) == list(range(len(texts)))
    assert len({issue.key for issue in issues}) == len(issues)
    assert len(heap.messages) == len(texts)


@settings(max_examples=12, deadline=None)  # each groups 150 messages twice: some 0.2 s
@given(st.randoms(use_true_random=False), st.lists(odd, max_size=6))
def test_order_of_arrival_decides_nothing(dice: random.Random, more: list[str]) -> None:
    """Among few it could decide nothing anyway: more messages stand under one gram than are all compared with each
    other, many of them equally alike, some the very same."""
    said = ["停车难", "停车位太少", "没有地方停车", "停车场满了", "乱停车没人管"]
    gates = ["东门", "西门", "南门", "丽发新城", "十里铺小学"]
    alike = [f"{gates[n % 5]}{said[n // 5 % 5]}，{said[n // 25 % 5]}" for n in range(125)]
    messages = many(*alike, *alike[:8], *TEXTS, *more)
    shuffled = dice.sample(messages, len(messages))
    assert told_of(shuffled) == told_of(messages)


def told_of(messages: list[Message]) -> list[tuple[str, frozenset[str], float]]:
    """Of each issue in its rank: key, members, heat."""
    heap, issues = found_in(messages)
    return [(i.key, frozenset(heap.messages[row].id for row in i.rows), i.heat.points) for i in issues]


def test_two_things_at_two_places_are_two_issues_and_the_rest_stays_alone() -> None:
    sizes = sorted((len(group) for group in groups(many(*TEXTS))), reverse=True)
    assert sizes == [6, 4, 1, 1, 1, 1]


def test_a_word_in_common_at_another_place_is_another_issue() -> None:
    west = [text.replace("东门", "十里铺小学") for text in PARKING]
    east = [text.replace("东门", "丽发新城") for text in PARKING]
    found = groups(many(*east, *west, *LIGHTS, *OTHERS))
    ids = {f"m{n:04d}" for n in range(6)}
    assert not any(group & ids and group - ids for group in found)


def test_duplicates_are_one_issue_and_one_voice() -> None:
    same = [message(n, PARKING[0], user="loud") for n in range(8)]
    _, issues = found_in([*same, *[message(50 + n, text) for n, text in enumerate([*LIGHTS, *OTHERS])]])
    loud = next(issue for issue in issues if len(issue.rows) == 8)
    counted = {part.code: part.counted for part in loud.heat.parts}
    assert (counted["number"], counted["people"]) == (8, 1)


@pytest.mark.parametrize("text", ["", " ", "……", "13800000000", "2026 12 31", "😀😀", "\x00\x01\x02\x03"])
def test_what_says_nothing_stays_alone(text: str) -> None:
    found = groups([message(0, text), message(1, text), *[message(5 + n, t) for n, t in enumerate(TEXTS)]])
    assert {"m0000"} in found
    assert {"m0001"} in found


def test_twenty_thousand_characters_are_heard_by_their_opening() -> None:
    opening = "".join(PARKING * 3)
    long = [opening + "".join(LIGHTS) * 300, opening + "".join(OTHERS) * 500]
    assert min(map(len, long)) > 20_000
    found = groups([message(98, long[0]), message(99, long[1]), *many(*TEXTS)])
    assert {"m0098", "m0099"} <= next(group for group in found if "m0099" in group)
    assert_same_grams(*long)
    subjects = [Message("1", "", 0.0, long_one, PARKING[0]) for long_one in long]
    assert grams_of(subjects[:1]).terms.tolist() == grams_of(subjects[1:]).terms.tolist()


def test_traditional_characters_meet_simplified_ones() -> None:
    said = [
        ("東門停車難，沒位子停車，繞了三圈", "东门停车难，没位子停车，绕了三圈"),
        ("路燈壞了", "路灯坏了"),
    ]
    for traditional, simple in said:
        assert_same_grams(traditional, simple)
    found = groups([*many(*TEXTS), message(90, said[0][0])])
    assert next(group for group in found if "m0090" in group) >= {"m0003"}


def test_mixed_english_and_width() -> None:
    assert_same_grams("ａ３栋ＷｉＦｉ连不上", "A3栋wifi连不上")
    assert len(grams_of([message(1, "wifi")]).terms) == 2, "wif and ifi: two letters say nothing"
    mixed = ["A3栋 WiFi 连不上，加班没法开会", "ａ３栋ＷｉＦｉ连不上很久了", "A3栋的wifi又连不上"]
    found = groups([message(70 + n, text) for n, text in enumerate(mixed)] + many(*TEXTS))
    assert {"m0070", "m0071", "m0072"} in found


def assert_same_grams(one: str, other: str) -> None:
    assert grams_of([message(1, one)]).terms.tolist() == grams_of([message(2, other)]).terms.tolist()


def test_many_likes_and_many_people_both_count() -> None:
    crowd = [message(n, text) for n, text in enumerate(PARKING)]
    liked = message(60, "汇金路的桥什么时候修好", likes=2_000)
    plain = message(61, "操场的门坏了")
    heap, issues = found_in([*crowd, liked, plain])
    order = [sorted(heap.messages[row].id for row in issue.rows)[0] for issue in issues]
    assert order[:2] == ["m0060", "m0000"], "the one with two thousand behind it, then the six"
    assert order[-1] == "m0061"


def test_dislikes_take_likes_away_and_no_more() -> None:
    assert message(1, "停车", likes=9, dislikes=4).support == 5
    assert message(1, "停车", likes=4, dislikes=9).support == 0


def test_parts_of_the_heat_add_up() -> None:
    _, issues = found_in([message(n, text, likes=n) for n, text in enumerate(TEXTS)])
    for issue in issues:
        tenths = [round(10 * part.points) for part in issue.heat.parts]
        assert [part.points for part in issue.heat.parts] == [tenth / 10 for tenth in tenths], "as shown"
        assert round(issue.heat.points, 1) == sum(tenths) / 10
        assert [part.code for part in issue.heat.parts] == [
            "number",
            "people",
            "support",
            "recency",
            "growth",
        ]
