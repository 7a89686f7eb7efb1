from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from kaimen.logic.identity import (
    PROVINCES,
    birth_date,
    check_id,
    check_phone,
    check_uscc,
    find_personal_data,
    mask_id,
    mask_name,
    mask_phone,
    mask_text,
)


def _id(region: str, born: str, sequence: str = "001") -> str:
    body = region + born + sequence
    return body + ric.calc_check_digit(body + "0")


VALID = _id("330206", "19900307")


@given(
    st.sampled_from(sorted(PROVINCES)),
    st.dates(date(1930, 1, 1), date(2020, 1, 1)),
    st.integers(0, 999),
)
def test_wellformed_identity_numbers_pass_and_give_the_birth_date(p: str, born: date, n: int) -> None:
    number = _id(p + "0000", born.strftime("%Y%m%d"), f"{n:03}")
    assert check_id(number).value == number
    assert birth_date(number) == born


@given(st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(at: int, shift: int) -> None:
    if at == 17:
        wrong = VALID[:17] + next(c for c in "0123456789X" if c != VALID[17])
    else:
        wrong = VALID[:at] + str((int(VALID[at]) + shift) % 10) + VALID[at + 1 :]
    assert not check_id(wrong).ok


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("  ", "empty"),
        ("33020619900307", "length"),
        ("33020619900307A01X", "characters"),
        (_id("990206", "19900307"), "region"),
        (_id("330206", "19900231"), "birth_date"),
        (_id("330206", "18000101"), "birth_date"),
        (_id("330206", "20300101"), "birth_date"),
        (VALID[:17] + ("1" if VALID[17] != "1" else "2"), "check_digit"),
    ],
)
def test_the_problem_of_an_identity_number_is_named(text: str, problem: str) -> None:
    checked = check_id(text, today=date(2026, 11, 22))
    assert checked.problem == problem
    assert checked.value is None


def test_identity_numbers_are_normalised() -> None:
    ten = next(n for i in range(100) if (n := _id("330206", "19900307", f"{i:03}")).endswith("X"))
    wide = "".join(chr(ord(c) + 0xFEE0) for c in ten.lower())
    assert check_id(f" {wide[:6]} {wide[6:]}\u200b").value == ten


def test_a_foreigners_permanent_residence_card_passes() -> None:
    assert check_id(_id("933840", "19800102")).ok


@pytest.mark.parametrize(
    "text",
    [
        "91110000600037341L",
        "９１１１００００６０００３７３４１l",
        "9111 0000-600037341L",
    ],
)
def test_credit_codes_pass_and_are_normalised(text: str) -> None:
    assert check_uscc(text).value == "91110000600037341L"


def test_a_village_collective_has_a_code_with_letters_in_front() -> None:
    body = "N2330206MF1234567"
    assert check_uscc(body + uscc.calc_check_digit(body)).ok


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("9111000060003734", "length"),
        ("91110000600037341O", "characters"),
        ("91A10000600037341L", "characters"),
        ("91990000600037341L", "region"),
        ("911100006000373411", "check_digit"),
    ],
)
def test_the_problem_of_a_credit_code_is_named(text: str, problem: str) -> None:
    assert check_uscc(text).problem == problem


@pytest.mark.parametrize(
    "text",
    [
        "13812342201",
        "138 1234 2201",
        "+86 138-1234-2201",
        "0086 13812342201",
        "８６１３８１２３４２２０１",
        "(+86)13812342201",
    ],
)
def test_phones_are_normalised(text: str) -> None:
    assert check_phone(text).value == "13812342201"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("1381234220", "length"),
        ("138123422011", "length"),
        ("12812342201", "prefix"),
        ("1381234220a", "characters"),
    ],
)
def test_the_problem_of_a_phone_is_named(text: str, problem: str) -> None:
    assert check_phone(text).problem == problem


def test_masks() -> None:
    assert mask_phone("+86 138 1234 2201") == "138****2201"
    assert mask_phone("1234") == "**34"
    assert mask_id(VALID) == "330" + "*" * 13 + VALID[-2:]
    assert mask_id("1234") == "****"
    assert [
        mask_name(n)
        for n in (
            "陈小明",
            "王芳",
            "欧阳小明",
            "古丽娜尔",
            "欧阳",
            "John Smith",
            "李",
            "",
        )
    ] == [
        "陈＊＊",
        "王＊",
        "欧阳＊＊",
        "古＊＊",
        "欧＊",
        "J＊＊",
        "＊",
        "",
    ]


def test_personal_data_in_free_text_is_found_and_masked() -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in VALID)
    text = f"我叫陈小明，电话138 1234 2201，身份证{VALID}，老婆的{wide}，厂里座机0574-86781234，单号20261122001。"
    assert [span.kind for span in find_personal_data(text)] == ["phone", "id", "id"]
    masked = mask_text(text)
    assert "138****2201" in masked
    assert "0574-86781234" in masked
    assert "20261122001" in masked
    assert VALID not in masked
    assert wide not in masked
    assert find_personal_data(masked) == ()


def test_a_mistyped_identity_number_is_masked_all_the_same() -> None:
    wrong = VALID[:17] + ("1" if VALID[17] != "1" else "2")
    assert wrong not in mask_text(f"身份证号{wrong}")


@given(st.text(alphabet="停车 0123456789-１３８xX，", max_size=60))
def test_spans_do_not_overlap_and_no_identity_number_is_left(text: str) -> None:
    spans = find_personal_data(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert not any(span.kind == "id" for span in find_personal_data(mask_text(text)))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("卡号6222 0213 2020 8000 001打错了", "卡号***************0001打错了"),
        ("合同号6222021320208000005", "合同号6222021320208000005"),  # no card: the check digit is wrong
        ("订单 1111111111111111", "订单 1111111111111111"),
        ("浙B·12345 占了我的车位", "浙B***45 占了我的车位"),
        ("车牌浙BD12345", "车牌浙B****45"),
        ("苏ABCDE 不是车牌", "苏ABCDE 不是车牌"),
        ("京A1234学", "京A***4学"),
    ],
)
def test_cards_and_plates_are_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked
    assert mask_text(mask_text(text)) == mask_text(text)
