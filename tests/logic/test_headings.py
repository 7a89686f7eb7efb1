"""Headings as real tables have them, and what must not be guessed from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.headings import HEADINGS, guess_columns


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (
            ["id", "user", "time", "subject", "detail", "likes"],
            {"id": "id", "time": "time", "subject": "subject", "detail": "detail"},
        ),
        (
            ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"],
            {"id": "留言编号", "subject": "留言主题", "time": "留言时间", "detail": "留言详情"},
        ),
        (
            ["序号", "您的姓名", "您所在的单位", "联系电话（必填）", "您最想解决的问题", "事发地点"],
            {
                "name": "您的姓名",
                "enterprise": "您所在的单位",
                "phone": "联系电话（必填）",
                "detail": "您最想解决的问题",
                "place": "事发地点",
            },
        ),
        # the whole heading wins over one that only contains the word; "video" does not contain an "id"
        (["内容分类", "内容", "video"], {"detail": "内容"}),
        (["", "  ", "a"], {}),
    ],
)
def test_guesses(headings: list[str], expected: dict[str, str]) -> None:
    assert guess_columns(headings) == expected


@given(st.lists(st.sampled_from([w for words in HEADINGS.values() for w in words] + ["", "甲", "电话2"])))
def test_no_heading_is_taken_twice_and_each_is_in_the_table(headings: list[str]) -> None:
    guessed = guess_columns(headings)
    assert len(set(guessed.values())) == len(guessed)
    assert set(guessed.values()) <= set(headings)
