"""What holds for any words: how they are written, how often and in which order they come, decides nothing."""

import random
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaimen.logic.triage import Lexicon, Message, Model, Settings, Vocabulary, cold, lexicon_of, train
from kaimen.logic.triage.reasons import deciding_words
from kaimen.logic.triage.texts import BUCKETS, END, OPENING, gram_counts, plain

from .messages import made, taught, words

LONG = 20_000


def network() -> Lexicon:
    return lexicon_of({"网": Vocabulary(strong=("wifi",)), "行": Vocabulary(strong=("停车", "停车位"))})


@lru_cache(maxsize=1)
def numbered() -> Model:
    """Of two domains one has nine of ten lessons; each lesson holds numbers."""
    messages, labels = made(120)
    often = [Message(f"{n}号楼的停车位{n * 37}怎么办", f"第{n}回") for n in range(240)]
    with_numbers = [Message(f"{m.subject}{n}", m.detail) for n, m in enumerate(messages)]
    return train([*with_numbers, *often], [*labels, *["行"] * 240], words())


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("廠門口沒有地方停車", "厂门口没有地方停车"),
        ("宿舍熱水壞了", "宿舍热水坏了"),
        ("工資拖欠兩個月", "工资拖欠两个月"),
    ],
)
def test_traditional_characters_say_the_same(traditional: str, simplified: str) -> None:
    for model in (taught(), cold(words())):
        one, other = model.predict([Message(traditional), Message(simplified)])
        assert one == other and one.known


@given(st.text("abwifiWIFI3 停车位，。的", max_size=30))
@settings(max_examples=40, deadline=None)
def test_width_and_capitals_change_nothing(text: str) -> None:
    for other in (full_width(text), text.upper(), text.lower()):
        assert plain(other) == plain(text)


def test_english_among_chinese_is_read_and_hides_nothing() -> None:
    model = cold(network())
    said = ["A3栋 WiFi 连不上 please fix", "ｗｉｆｉ又断了", "parking lot 停车 please HELP", "WIFI"]
    assert [p.best.label for p in model.predict([Message(t) for t in said])] == ["网", "网", "行", "网"]
    assert not model.predict([Message("please help me")])[0].known


@given(st.from_regex(r"[0-9０-９ .,:：-]{1,40}", fullmatch=True))
@settings(max_examples=40, deadline=None)
def test_digits_alone_say_nothing_also_where_most_lessons_hold_some(text: str) -> None:
    """One domain has nearly all the lessons, each with a number: digits must not be a guess for it."""
    for model in (numbered(), cold(network())):
        for message in (Message(text), Message("", text), Message(text, text)):
            prediction = model.predict([message])[0]
            assert not prediction.known and not prediction.sure(0.0)


def test_which_number_it_is_decides_nothing() -> None:
    one, other = numbered().predict([Message("3号楼停车位"), Message("118号楼停车位")])
    assert one == other and one.known


def test_of_twenty_thousand_characters_opening_and_end_are_read() -> None:
    opening, end = "宿舍热水没有了，" * OPENING, "一直没人管" * END
    middles = ["停车位" * 6_100, "工资拖着" * 4_575]
    for model in (taught(), cold(words())):
        one, other = model.predict([Message(opening[:OPENING] + m + end[:END]) for m in middles])
        assert one == other and one.best.label == "住"
        tail = model.predict([Message("的" * LONG + "停车位停车位")])[0]
        assert tail.best.label == "行" and tail.known


@pytest.mark.parametrize("text", ["停" * LONG, "停车位，" * (LONG // 4), "ﷺ" * LONG, "㍿" * (OPENING + END)])
def test_no_text_is_read_longer_than_the_limit(text: str) -> None:
    """Some characters unfold to eighteen."""
    assert len(plain(text)) <= 2 * (OPENING + END)


@given(st.randoms(use_true_random=False))
@settings(max_examples=5, deadline=None)  # each example learns from 150 texts: some 0.3 s
def test_the_order_of_lessons_decides_nothing(dice: random.Random) -> None:
    messages, labels = made(150)
    order = dice.sample(range(150), 150)
    other = train([messages[n] for n in order], [labels[n] for n in order], words())
    asked = made(30, seed=4)[0]
    assert other.labels == taught().labels
    for one, two in zip(taught().predict(asked), other.predict(asked), strict=True):
        assert one.best.label == two.best.label


def test_a_letter_sent_again_and_again_is_one_voice() -> None:
    """Without being told who wrote it: what is nearly the same counts once."""
    messages, labels = made(150)
    letter = "鱼腥草老王住在四零二，床位从来没有换过，说了又说也没有人来看"
    again = [Message(letter + "！" * n) for n in range(10)]
    told = Message("鱼腥草老王的床位")
    once = train([*messages, *again], [*labels, *["住"] * 10], words(), settings=Settings(fewest=2))
    reasons = deciding_words(once, told, "住")
    assert "床位" in reasons and not any("鱼腥草" in word or "老王" in word for word in reasons)
    people = list(range(160))  # said by ten people, it would come in
    many = train([*messages, *again], [*labels, *["住"] * 10], words(), groups=people)
    assert any("老王" in word for word in deciding_words(many, told, "住"))


def test_what_is_checked_on_has_not_been_seen_in_another_copy() -> None:
    """Sixty letters that mean nothing, each sent three times under a class drawn by lot: nobody can know better."""
    dice = random.Random(1)
    han = [chr(0x4E00 + n) for n in range(400)]
    letters = ["".join(dice.choices(han, k=30)) for _ in range(60)]
    drawn = [dice.choice("住行薪") for _ in letters]
    sent = [Message(letter) for letter in letters for _ in range(3)]
    model = train(sent, [label for label in drawn for _ in range(3)], words())
    assert model.notes["accuracy"] < 0.6


def test_one_text_twice_in_a_batch_of_many_gets_the_same_numbers() -> None:
    many = [*made(400, seed=7)[0], Message("停车位"), *made(300, seed=8)[0], Message("停车位")]
    found = taught().predict(many)
    assert len(found) == len(many)
    assert found[400] == found[-1]
    assert found[0] == taught().predict(many[:2])[0]


def test_no_texts_no_predictions() -> None:
    for model in (taught(), cold(words())):
        assert model.predict([]) == []
    assert gram_counts([]).shape in ((0, BUCKETS), (1, BUCKETS))
