import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.phrasing import cores
from kaimen.logic.text import (
    beyond,
    clean,
    grams,
    han_spaced,
    is_meaningful,
    normalise,
    pinyin_full,
    pinyin_initials,
)


def test_normalise_makes_texts_comparable() -> None:
    assert normalise("  Ａ３\u3000停\u200b车\u202e位 \n\n 满了\ufeff\x00 ") == "A3 停车位 满了"


def test_clean_keeps_the_persons_own_words() -> None:
    assert (
        clean("\ufeff停车，满了！\r\n第二行\u202e\x00\u200b 👨\u200d👩\u200d👧 ")
        == "停车，满了！\n第二行 👨\u200d👩\u200d👧"
    )


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert clean(clean(text)) == clean(text)
    assert "\x00" not in clean(text)
    clean(text).encode()  # no lone surrogate is left


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("停车A3", "停 车 A3"),
        ("A3停车，满", "A3 停 车 , 满"),
        ("wifi", "wifi"),
        ("", ""),
        ("𠮷野家", "𠮷 野 家"),
    ],
)
def test_han_characters_are_spaced_out(text: str, spaced: str) -> None:
    assert han_spaced(text) == spaced


@given(st.text(alphabet="停车位aA3， 🙂", max_size=40))
def test_spacing_loses_nothing_and_repeats_harmlessly(text: str) -> None:
    assert han_spaced(text).replace(" ", "") == normalise(text).replace(" ", "")
    assert han_spaced(han_spaced(text)) == han_spaced(text)


def test_grams() -> None:
    assert grams("停车位WiFi") == ("停", "车", "位", "停车", "车位", "停车位", "wifi")
    assert grams("停，车", (2,)) == ()


def test_pinyin_is_read_in_context() -> None:
    assert pinyin_full("停车位") == "tingchewei"
    assert pinyin_initials("停车位") == "tcw"
    assert pinyin_full("银行") == "yinhang"
    assert pinyin_initials("重庆A3") == "cqa3"


@pytest.mark.parametrize("text", ["", "  ", "🙂🙂🙂", "……！！", "？", "啊啊啊啊", "1", "1111"])
def test_nothing_can_be_read_from(text: str) -> None:
    assert not is_meaningful(text)


@pytest.mark.parametrize("text", ["停车", "没水了！", "wifi", "🙂停车"])
def test_something_can_be_read_from(text: str) -> None:
    assert is_meaningful(text)


def test_an_official_title_is_cut_to_what_it_is_about() -> None:
    assert cores("职工食堂与用餐意见") == ["食堂", "用餐"]
    assert cores("园区停车位增设与管理") == ["停车位"]
    assert cores("隐患随手拍") == []


@pytest.mark.parametrize(
    ("title", "words", "rest"),
    [
        ("没地方停车", "没地方停车。", ""),
        ("没地方停车", "没地方停车\n东门早上七点半就满了", "东门早上七点半就满了"),
        ("没地方停…", "没地方停车，东门", "…车，东门"),
        ("停车", "东门没地方停", "东门没地方停"),
    ],
)
def test_what_goes_beyond_the_title(title: str, words: str, rest: str) -> None:
    assert beyond(title, words) == rest
