"""Fields and marks of a letter's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.letters import (
    Block,
    EmptyField,
    Problem,
    Span,
    UnknownField,
    check_text,
    fields_in,
    fill,
    fill_body,
    parse,
)

KNOWN = {"姓名", "单位"}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("尊敬的{姓名}：", []),
        ("尊敬的｛姓名｝：", []),
        ("{姓名的信", [Problem("unpaired", {"around": "{姓名的信"})]),
        ("姓名}的信", [Problem("unpaired", {"around": "姓名}的信"})]),
        ("{{姓名}}", [Problem("unpaired", {"around": "{{姓名}}"})]),
        ("{性名}", [Problem("unknown", {"field": "性名", "nearest": "姓名"})]),
        ("您好{}", [Problem("empty")]),
        (" \n", [Problem("blank")]),
        ("**谢谢", [Problem("half_bold", {"around": "**谢谢"})]),
        ("**谢谢**", []),
    ],
)
def test_what_is_wrong_with_a_template_is_told_before_it_is_used(text: str, wrong: list[Problem]) -> None:
    assert check_text(text, KNOWN) == wrong


def test_fields_are_listed_once_in_reading_order() -> None:
    assert fields_in("{ 单位 }的{姓名}，{单位}{}") == ["单位", "姓名"]


def test_a_letter_with_a_hole_is_never_filled() -> None:
    with pytest.raises(EmptyField) as empty:
        fill("{姓名}在{单位}", {"姓名": "示例王", "单位": " "})
    assert empty.value.field == "单位"
    with pytest.raises(UnknownField) as unknown:
        fill_body(parse("{别的}"), {"姓名": "示例王"})
    assert unknown.value.field == "别的"


def test_blocks_and_their_marks() -> None:
    assert parse("# 题\n第一段\n第二行\n\n**粗**的\n\n> 示例工会\n> 某日\n完") == (
        Block("heading", (Span("题"),)),
        Block("paragraph", (Span("第一段\n第二行"),)),
        Block("paragraph", (Span("粗", True), Span("的"))),
        Block("right", (Span("示例工会\n某日"),)),
        Block("paragraph", (Span("完"),)),
    )
    assert parse(" \n\n　") == ()
    assert parse("甲\r\n\r\n乙") == (Block("paragraph", (Span("甲"),)), Block("paragraph", (Span("乙"),)))


@given(st.text(alphabet="{}*#> \n示例", min_size=1).filter(str.strip))
def test_a_value_is_plain_text_wherever_it_lands(name: str) -> None:
    assert fill("{姓名}好", {"姓名": name}) == f"{name}好"
    (block,) = fill_body(parse("见信，**{姓名}**。"), {"姓名": name})
    assert block.spans == (Span("见信，"), Span(name, True), Span("。"))


@given(st.text(alphabet="{}｛｝*#> \n姓名单位"))
def test_a_text_without_problems_fills_whole_or_by_blocks(text: str) -> None:
    if not check_text(text, KNOWN):
        values = {"姓名": "示例王", "单位": "示例厂"}
        assert not set("{}") & set(fill(text, values))
        assert not set("{}") & set("".join(block.text for block in fill_body(parse(text), values)))
