"""Names in braces: filled, and their mistakes found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.placeholders import GAP, Problem, fill, problems

KNOWN = {"编号": "KM-1", "专员": "示例林", "电话": ""}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("编号 {编号}。", "编号 KM-1。"),
        ("｛编号｝", "KM-1"),  # a Chinese keyboard's braces
        ("{ 专员 }", "示例林"),
        ("打 {电话}", f"打 {GAP}"),
        ("{别的} 照旧", "{别的} 照旧"),
        ("没有空", "没有空"),
    ],
)
def test_what_is_known_is_filled_in(text: str, read: str) -> None:
    assert fill(text, KNOWN) == read


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{编号}和{专员}", []),
        ("{编好}", [Problem("unknown", "编好", "编号")]),
        ("{xyz}{xyz}", [Problem("unknown", "xyz")]),
        ("您好{}", [Problem("empty")]),
        ("您好{ }", [Problem("empty")]),
        ("打{电话", [Problem("unpaired", "打{电话")]),
        ("打电话}吧", [Problem("unpaired", "打电话}吧")]),
        ("{编\n号}", [Problem("unpaired", "{编 号}")]),
        ("{{编号}}", [Problem("unpaired", "{{编号}}")]),
        ("{编好}再{", [Problem("unknown", "编好", "编号"), Problem("unpaired", "{编好}再{")]),
    ],
)
def test_mistakes_are_named_in_reading_order(text: str, wrong: list[Problem]) -> None:
    assert problems(text, KNOWN) == wrong


@given(st.text(alphabet="{}｛｝编号专员x \n"))
def test_a_text_without_problems_is_filled_to_the_last_brace(text: str) -> None:
    if not problems(text, KNOWN):
        assert not set("{}｛｝") & set(fill(text, KNOWN))
