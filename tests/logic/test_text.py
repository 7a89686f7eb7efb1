import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.phrasing import cores
from kaimen.logic.text import (
    beyond,
    clean,
    grams,
    is_meaningful,
    letters,
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
    ("text", "indexed"),
    [
        ("停车A3", "停 车 a3"),
        ("A3停车，满", "a3 停 车 满"),
        ("Wi_Fi", "wi fi"),
        ("", ""),
        ("𠮷野家", "𠮷 野 家"),
        ("〇二\n三", "〇 二 三"),
        ("差3.5个", "差 3 5 个"),
        ("ＡＢ①", "ab1"),
    ],
)
def test_what_an_index_of_words_holds(text: str, indexed: str) -> None:
    assert letters(text) == indexed


@given(st.text(max_size=60) | st.text(alphabet="停车位aA3，_ \n🙂é", max_size=40))
def test_an_index_holds_all_letters_and_digits_and_nothing_else(text: str) -> None:
    held = letters(text)
    assert held.replace(" ", "") == "".join(c for c in normalise(text).lower() if c.isalnum())
    assert letters(held) == held


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
