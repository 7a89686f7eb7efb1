from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.similar import ALIKE, SimilarityIndex, similarity

OPEN = [
    (11, "三号宿舍楼热水器坏了，晚上没有热水洗澡"),
    (12, "食堂晚班没有饭吃，希望延长时间"),
    (13, "厂门口路灯不亮，夜班回家害怕"),
]
said = st.text(alphabet="停车位热水食堂路灯的，ab ", max_size=40)


def test_the_same_trouble_in_other_words_is_hinted_at() -> None:
    hits = SimilarityIndex(OPEN).query("宿舍楼三号没有热水，热水器坏了")
    assert [key for key, _ in hits] == [11]


def test_another_trouble_is_not() -> None:
    assert SimilarityIndex(OPEN).query("班车早上不准时") == []
    assert similarity("班车早上不准时", OPEN[0][1]) < ALIKE
    assert SimilarityIndex([]).query("热水") == []


@given(said, said)
def test_likeness_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert 0 <= similarity(a, b) <= 1
    assert abs(similarity(a, b) - similarity(b, a)) < 1e-9


@given(st.lists(said, min_size=1, max_size=6))
def test_a_text_is_most_like_itself(texts: list[str]) -> None:
    index = SimilarityIndex(enumerate(texts))
    for text in texts:
        hits = index.query(text)
        if hits:
            assert hits[0][1] > 0.999
            assert text == texts[hits[0][0]] or similarity(text, texts[hits[0][0]]) > 0.999
