"""GB/T 9704-2012, measured on the finished PDF. Lengths in mm."""

import itertools
from dataclasses import replace

import pytest

from kaimen.letters.papers import make_pdf
from kaimen.logic.letters import parse

from .cast import LONG, OFFICIAL
from .reading import Page, pages

RIGHT_EDGE = 28 + 156
CELL = 156 / 28


@pytest.fixture(scope="module")
def paper() -> list[Page]:
    return pages(make_pdf("official", OFFICIAL))


def test_a_full_page_has_22_lines_of_28_characters_in_156_by_225(paper: list[Page]) -> None:
    *lines, _number = paper[1].lines()
    assert len(lines) == 22
    assert [len(line) for line in lines].count(28) > 18
    assert max(len(line) for line in lines) == 28
    assert lines[0][0].top == pytest.approx(37, abs=0.1)
    assert lines[-1][0].bottom <= 37 + 225
    tops = [line[0].top for line in lines]
    assert [b - a for a, b in itertools.pairwise(tops)] == pytest.approx([225 / 22] * 21, abs=0.05)
    full = next(line for line in lines if len(line) == 28)
    assert (full[0].left, full[-1].right) == pytest.approx((28, RIGHT_EDGE), abs=0.2)
    assert {mark.size for line in lines for mark in line} == {16.0}


def test_the_head_stands_where_the_standard_says(paper: list[Page]) -> None:
    first = paper[0]
    (rule,) = first.rules
    assert (rule.left, rule.right) == pytest.approx((28, RIGHT_EDGE), abs=0.1)
    name = first.line("示例市总工会文件")
    assert name[0].top == pytest.approx(37 + 35, abs=0.5)
    assert (name[0].left + name[-1].right) / 2 == pytest.approx(28 + 78, abs=0.6)
    number = first.line("〔2026〕")
    assert rule.top - number[0].bottom == pytest.approx(4, abs=0.3)  # 7.2.7: 4 mm below the number
    title = first.line("示例市总工会关于")
    assert {mark.size for mark in title} == {22.0}
    assert title[0].top > rule.bottom + 2 * 225 / 22
    assert "园区停车一直" in "".join(m.text for m in first.characters), "the first page must show the text"


def test_paragraphs_are_indented_by_two_characters_and_go_on_at_the_edge(paper: list[Page]) -> None:
    line = paper[0].line("园区停车一直是")
    assert line[0].left == pytest.approx(28 + 2 * CELL, abs=0.1)
    assert paper[0].line("各企业工会")[0].left == pytest.approx(28, abs=0.1)


def test_page_numbers_stand_outside_below_the_type_area(paper: list[Page]) -> None:
    for n, page in enumerate(paper, 1):
        number = page.lines()[-1]
        assert "".join(mark.text for mark in number) == f"—{n}—"
        assert {mark.size for mark in number} == {14.0}
        assert number[0].top - (297 - 35) == pytest.approx(7, abs=0.5)
        if n % 2:
            assert RIGHT_EDGE - number[-1].right == pytest.approx(14 * 25.4 / 72, abs=1)
        else:
            assert number[0].left - 28 == pytest.approx(14 * 25.4 / 72, abs=1)


def test_the_date_ends_four_characters_in_and_the_name_stands_over_it(paper: list[Page]) -> None:
    date = paper[-1].line("2026年11月22日")
    assert RIGHT_EDGE - date[-1].right == pytest.approx(4 * CELL, abs=0.3)
    above = paper[-1].lines()[paper[-1].lines().index(date) - 1]
    assert "".join(mark.text for mark in above) == "示例市总工会"
    assert (above[0].left + above[-1].right) / 2 == pytest.approx(
        (date[0].left + date[-1].right) / 2, abs=0.3
    )


@pytest.mark.parametrize(
    ("name", "longer"), [("示例市总工会", True), ("示例市示例区示例工业社区工会联合会", False)]
)
@pytest.mark.parametrize("kind", ["official", "reply"])
def test_without_a_seal_name_and_date_stand_two_characters_in(kind: str, name: str, longer: bool) -> None:
    """7.3.5.2: the name two characters before the edge and the date two further than its beginning; a date longer than
    the name ends two characters before the edge instead."""
    last = pages(make_pdf(kind, replace(OFFICIAL, sealed=False, signature=(name,))))[-1]
    signed, date = last.line(name), last.line("2026年11月22日")
    assert date[0].left - signed[0].left == pytest.approx(2 * CELL, abs=0.2)
    assert RIGHT_EDGE - (date if longer else signed)[-1].right == pytest.approx(2 * CELL, abs=0.3)
    assert date[0].top - signed[0].top == pytest.approx(225 / 22, abs=0.05)
    before = last.lines()[last.lines().index(signed) - 1]
    assert signed[0].top - before[0].top == pytest.approx(2 * 225 / 22, abs=0.05)  # one empty line between


@pytest.mark.parametrize("before", range(4))
def test_a_heading_is_never_alone_at_the_end_of_a_page(before: int) -> None:
    """Whatever stands before it: one of these lengths brings it to the last line."""
    text = "\n\n".join(
        [*(f"{LONG}" for _n in range(before)), *(f"第{n}段。\n\n# 标题{n}" for n in range(9)), LONG]
    )
    for page in pages(make_pdf("official", replace(OFFICIAL, body=parse(text)))):
        *_lines, last, _number = page.lines()
        assert "标题" not in "".join(mark.text for mark in last)


@pytest.mark.parametrize("kind", ["motion", "reply"])
def test_a_letter_has_its_number_right_below_the_double_rule(kind: str) -> None:
    """10.1: flush right, the first line below the first double rule, 7/8 of a 3号 character away from it."""
    first = pages(make_pdf(kind, OFFICIAL))[0]
    rules = sorted(first.rules, key=lambda rule: rule.top)
    number = first.line("〔2026〕")
    assert "".join(mark.text for mark in number) == OFFICIAL.number
    assert number[-1].right == pytest.approx(RIGHT_EDGE, abs=0.4)
    assert number[0].top - rules[1].bottom == pytest.approx(7 / 8 * 16 * 25.4 / 72, abs=0.6)
    assert first.line("示例市总工会关于")[0].top > number[0].bottom + 2 * 225 / 22 - 16 * 25.4 / 72


def test_the_last_rule_is_the_lower_edge_of_the_type_area(paper: list[Page]) -> None:
    rules = sorted(paper[-1].rules, key=lambda rule: rule.top)
    assert len(rules) == 3
    assert rules[-1].bottom == pytest.approx(37 + 225, abs=0.2)
    assert {round(rule.right - rule.left) for rule in rules} == {156}


def test_a_title_breaks_between_words_into_lines_of_like_length(paper: list[Page]) -> None:
    lines = ["".join(m.text for m in line) for line in paper[0].lines() if line[0].size == 22]
    assert "".join(lines) == OFFICIAL.title
    assert len(lines) == 2
    assert not lines[0].endswith("停")  # 停车 is one word
    assert abs(len(lines[0]) - len(lines[1])) <= 4


def test_the_letter_form_has_its_double_rules_and_no_number_on_its_first_page() -> None:
    first, *rest = pages(make_pdf("motion", OFFICIAL))
    rules = sorted(first.rules, key=lambda rule: rule.top)
    assert len(rules) == 4
    assert {round(rule.right - rule.left) for rule in rules} == {170}
    assert rules[0].left == pytest.approx(20, abs=0.5)
    assert 297 - rules[-1].bottom == pytest.approx(20, abs=1)
    assert first.line("示例市总工会")[0].top == pytest.approx(30, abs=1)
    assert first.line("〔2026〕")[-1].right == pytest.approx(RIGHT_EDGE, abs=0.4)
    assert "— 1" not in "".join(mark.text for mark in first.characters)
    assert "— 2 —" in "".join(mark.text for mark in rest[0].characters)
