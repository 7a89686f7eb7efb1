"""发文字号 by GB/T 9704-2012, 7.2.5."""

import pytest

from kaimen.logic.issuing import (
    IssuingNumber,
    WrongNumber,
    counts_itself,
    fill_number,
    is_code,
    read_number,
    tidy,
)

PATTERN = "{代字}发〔{年}〕{号}号"


def read(pattern: str, code: str = "示例工") -> str:
    return str(read_number(pattern, code=code, year=2026))


@pytest.mark.parametrize(
    "written",
    [
        "示例工发〔2026〕7号",
        "示例工发[2026]7号",
        "示例工发（2026）7号",
        "示例工发【2026】 7 号",
        "示例工发﹝２０２６﹞７号",
    ],
)
def test_brackets_and_digits_of_any_keyboard_become_those_of_the_standard(written: str) -> None:
    assert read(written) == tidy(written) == "示例工发〔2026〕7号"


def test_a_pattern_is_filled_and_counts_itself() -> None:
    assert read_number(PATTERN, code="示例工", year=2026) == IssuingNumber("示例工发", 2026, 1)
    assert counts_itself(PATTERN) and not counts_itself("示例工发〔2026〕7号")
    assert fill_number(PATTERN, code="示例工", year=2026, serial=None) == "示例工发〔2026〕\u3000号"
    assert read("示例工发〔2025〕{号}号") == "示例工发〔2025〕1号", "the year may be written out"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "number_missing"),
        ("  ", "number_missing"),
        ("{代字}发〔{年}〕{序号}号", "number_field"),
        ("示例工发2026-7号", "number_year"),
        ("示例工发〔26〕7号", "number_year"),
        ("示例工发〔2026〕第7号", "number_first"),
        ("示例工发〔2026〕007号", "number_noughts"),
        ("示例工发〔2026〕0号", "number_noughts"),
        ("示例工发〔2026〕7", "number_shape"),
        ("〔2026〕7号", "number_shape"),
        ("示例工发〔2026〕7号之二", "number_shape"),
    ],
)
def test_what_breaks_the_standard_is_told_by_its_rule(written: str, code: str) -> None:
    with pytest.raises(WrongNumber) as wrong:
        read(written)
    assert wrong.value.code == code


def test_without_its_code_an_office_has_no_number() -> None:
    with pytest.raises(WrongNumber, match="number_no_code"):
        read(PATTERN, code="")
    assert is_code("示例工") and not is_code("示例1") and not is_code("示例〔") and not is_code("示" * 21)
