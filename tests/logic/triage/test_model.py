"""Laws of understanding: any text is answered, order changes nothing, what is stored is what was learnt."""

import io
import pickle
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaimen.logic.triage import (
    BadModel,
    Message,
    Model,
    NotEnough,
    Settings,
    cold,
    load,
    near_duplicates,
    score,
    train,
)
from kaimen.logic.triage.reasons import deciding_words
from kaimen.logic.triage.texts import gram_counts, hash_terms, plain

from .messages import made, taught, words

STRANGE = [
    "",
    " \n\u200b",
    "停" * 20_000,
    "12345678901234567890",
    "😀😀🅿️",
    "parking lot 停车 please HELP",
    "\x00\ud800",
    "廠門口沒有地方停車",
    "？？！！",
]


@pytest.fixture(name="taught", scope="module")
def a_taught_one() -> Model:
    return taught()


def test_names_and_everyday_words_are_enough_for_the_first_day() -> None:
    said = cold(words()).predict([Message("宿舍没有热水"), Message("末班公交太早"), Message("社保断了")])
    assert [p.best.label for p in said] == ["住", "行", "薪"]


def test_what_was_learnt_goes_beyond_the_words_that_were_given(taught: Model) -> None:
    told = Message("隔壁太吵，试试说一声")
    assert cold(words()).predict([told])[0].known is False
    assert taught.predict([told])[0].best.label == "住"
    messages, labels = made(60, seed=9)
    assert [p.best.label for p in taught.predict(messages)] == labels


def test_nothing_known_is_said_so(taught: Model) -> None:
    for model in (taught, cold(words())):
        unknown = model.predict([Message(""), Message("😀"), Message("zzz qqq")])
        assert not any(p.known or p.sure(0.0) for p in unknown)


@given(st.lists(st.sampled_from(STRANGE) | st.text(max_size=60), max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_text_gets_all_classes_with_shares_that_add_up(texts: list[str]) -> None:
    model = cold(words())
    predictions = model.predict([Message(t, t[::-1]) for t in texts])
    assert len(predictions) == len(texts)
    for prediction in predictions:
        assert sorted(c.label for c in prediction.ranked) == ["住", "行", "薪"] or len(prediction.ranked) == 3
        assert sum(c.confidence for c in prediction.ranked) == pytest.approx(1, abs=1e-5)
        confidences = [c.confidence for c in prediction.ranked]
        assert confidences == sorted(confidences, reverse=True)


def test_company_and_order_in_a_batch_change_nothing(taught: Model) -> None:
    messages = [Message(t) for t in STRANGE] + made(30, seed=4)[0]
    together = taught.predict(messages)
    alone = [taught.predict([m])[0] for m in messages]
    dice = list(range(len(messages)))
    random.Random(3).shuffle(dice)
    shuffled = taught.predict([messages[n] for n in dice])
    for n, prediction in enumerate(together):
        for other in (alone[n], shuffled[dice.index(n)]):
            assert other.best.label == prediction.best.label
            assert other.best.confidence == pytest.approx(prediction.best.confidence, abs=1e-5)


@given(st.lists(st.sampled_from(STRANGE) | st.text(max_size=60), min_size=2, max_size=6), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_message_alone_gets_the_numbers_that_it_gets_among_others(
    taught: Model, texts: list[str], learnt: bool
) -> None:
    model = taught if learnt else cold(words())
    messages = [Message(t, u) for t, u in zip(texts, reversed(texts), strict=True)] + made(3, seed=5)[0]
    scores, known = model.scores(messages)
    for n, message in enumerate(messages):
        alone, anything = model.scores([message])
        assert alone.shape == (1, 3) and bool(anything[0]) == bool(known[n])
        np.testing.assert_allclose(alone[0], scores[n], rtol=1e-5, atol=1e-6)


def test_the_same_lessons_give_the_same_model(taught: Model) -> None:
    messages, labels = made(150)
    assert train(messages, labels, words()).to_bytes() == taught.to_bytes()


def test_stored_and_loaded_it_says_the_same(taught: Model) -> None:
    messages, _labels = made(40, seed=5)
    for model in (taught, cold(words())):
        again = load(model.to_bytes())
        assert [p.best.label for p in again.predict(messages)] == [
            p.best.label for p in model.predict(messages)
        ]
        assert again.notes == model.notes


class Trap:
    """What would run if anything here unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (pytest.fail, ("a stored model ran code",))


def test_a_stored_model_never_runs_code_and_a_broken_one_is_refused(taught: Model) -> None:
    evil = io.BytesIO()
    np.savez(evil, about=np.array([Trap()], dtype=object), allow_pickle=True)
    good = taught.to_bytes()
    for stored in (b"", b"PK", pickle.dumps({"form": 1}), evil.getvalue(), good[: len(good) // 2]):
        with pytest.raises(BadModel):
            load(stored)


def test_a_stored_model_with_tables_that_do_not_fit_is_refused(taught: Model) -> None:
    with np.load(io.BytesIO(taught.to_bytes())) as tables:
        kept = {name: tables[name] for name in tables.files}
    for name in ("weights0", "base", "buckets1", "words_weights"):
        changed = io.BytesIO()
        np.savez(changed, **(kept | {name: kept[name][:-1]}))
        with pytest.raises(BadModel):
            load(changed.getvalue())


def test_too_little_teaches_nothing() -> None:
    messages, labels = made(150)
    with pytest.raises(NotEnough):
        train(messages[:10], labels[:10], words())
    with pytest.raises(NotEnough):
        train(messages, ["住"] * 150, words())


def test_a_class_without_lessons_is_still_answered_from_its_words() -> None:
    messages, labels = made(150)
    kept = [n for n, label in enumerate(labels) if label != "薪"]
    model = train([messages[n] for n in kept], [labels[n] for n in kept], words(), labels=["薪"])
    assert set(model.labels) == {"住", "行", "薪"}
    assert model.predict([Message("工资 加班费 社保")])[0].ranked[0].label == "薪"


def test_deciding_words_are_of_the_text_and_said_by_several() -> None:
    messages, labels = made(150)
    # One person tells a secret ten times: it must not come out as a reason to anybody else.
    secret = [Message("鱼腥草老王住四零二的床位") for _ in range(10)]
    voices = [*range(150), *[150] * 10]
    model = train(
        [*messages, *secret], [*labels, *["住"] * 10], words(), groups=voices, settings=Settings(fewest=3)
    )
    told = Message("鱼腥草老王的床位")
    reasons = deciding_words(model, told, "住")
    assert "床位" in reasons
    assert not any("鱼腥草" in reason or "老王" in reason for reason in reasons)
    assert deciding_words(cold(words()), Message("zzz"), "住") == ()


def test_the_buckets_of_words_are_those_of_their_grams() -> None:
    counts = gram_counts([plain("停车位，停车")])
    assert counts[0, hash_terms(["停车"])[0]] == 2
    assert counts[0, hash_terms(["位停"])[0]] == 0  # not across punctuation


def test_near_duplicates_stay_together_and_others_apart() -> None:
    letter = "我们小区门口的路灯坏了三个月，打了好多次电话都没有人来修，晚上老人孩子走路很危险。"
    groups = near_duplicates(
        [
            Message("路灯坏了", letter),
            Message("再次反映路灯坏了", letter + "请尽快。"),
            Message("食堂", "饭菜太贵"),
            Message(""),
            Message("", "……"),
        ]
    )
    assert groups[0] == groups[1] and len(set(groups)) == 4


def test_measures_are_right_on_an_example_worked_by_hand() -> None:
    found = score(["a", "a", "b", "b"], ["a", "b", "b", "b"], [0.9, 0.6, 0.9, 0.9])
    assert found.accuracy == 0.75
    assert found.per_class == {"a": pytest.approx(2 / 3), "b": pytest.approx(0.8)}
    # bin of 0.6: one wrong, gap 0.6, a quarter; bin of 0.9: all right, gap 0.1, three quarters
    assert found.ece == pytest.approx(0.25 * 0.6 + 0.75 * 0.1)
