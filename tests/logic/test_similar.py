from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.similar import ALIKE, similarity

HOT_WATER = "三号宿舍楼热水器坏了，晚上没有热水洗澡"
OTHERS = ["食堂晚班没有饭吃，希望延长时间", "厂门口路灯不亮，夜班回家害怕", "班车早上不准时"]
said = st.text(alphabet="停车位热水食堂路灯的，ab ", max_size=40)


def test_the_same_trouble_in_other_words_is_alike_and_another_is_not() -> None:
    again = "宿舍楼三号没有热水，热水器坏了"
    assert similarity(again, HOT_WATER) >= ALIKE
    assert max(similarity(again, other) for other in OTHERS) < ALIKE
    assert similarity("", HOT_WATER) == 0


@given(said, said)
def test_likeness_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert 0 <= similarity(a, b) <= 1
    assert abs(similarity(a, b) - similarity(b, a)) < 1e-9


@given(said)
def test_a_text_is_itself(text: str) -> None:
    assert similarity(text, text) in (0, 1) or similarity(text, text) > 0.999
