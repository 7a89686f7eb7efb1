"""Letters on their way, without a post office."""

import pytest

from kaimen.logic.posting import (
    Pair,
    Scanned,
    one_line,
    pairs,
    postal_key,
    postcode_in,
    recipient_columns,
    scanned,
    smtp_verdict,
)


def test_columns_of_a_stranger_s_table_are_guessed() -> None:
    headings = ["序号", "企业名称", "工会主席姓名", "手机号码", "通信地址", "邮编", "送达方式", "孩子"]
    assert recipient_columns(headings) == {
        "unit": "企业名称",
        "name": "工会主席姓名",
        "phone": "手机号码",
        "address": "通信地址",
        "postcode": "邮编",
        "channel": "送达方式",
    }


def test_a_heading_is_taken_once() -> None:
    assert recipient_columns(["联系人电话"]) in ({"phone": "联系人电话"}, {"name": "联系人电话"})


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("315800 宁波市北仑区示例路 1 号", "315800"),
        ("宁波市北仑区示例路 1 号（315800）", "315800"),
        ("宁波示例路 1 号，邮编 315800，东门", "315800"),
        ("示例路 315800 号东门", ""),
        ("示例路 1 号 3158001", ""),
        ("", ""),
    ],
)
def test_a_postcode_is_found_where_people_write_it(address: str, code: str) -> None:
    assert postcode_in(address) == code


def test_postal_order_keeps_a_unit_together_and_puts_no_postcode_last() -> None:
    letters = [
        ("", "甲", 1),
        ("315800", "乙", 2),
        ("315000", "丙", 3),
        ("315800", "甲", 4),
        ("315800", "乙", 5),
    ]
    assert [seq for *_rest, seq in sorted(letters, key=lambda one: postal_key(*one))] == [3, 2, 5, 4, 1]


def test_a_scanner_s_lines_each_count_once() -> None:
    assert scanned("12-0007\n12-0007, ra123456789cn ?? 12") == [
        Scanned("12-0007", 12, 7),
        Scanned("RA123456789CN"),
    ]


def test_pairs_come_in_either_order_and_headings_are_no_fault() -> None:
    found, bad = pairs(
        [["信号", "邮件号"], ["12-0007", "RA1234"], ["RA9", "12-0008"], ["99", ""], ["RA5678", "12-0009"]]
    )
    assert found == [Pair(Scanned("12-0007", 12, 7), "RA1234"), Pair(Scanned("12-0009", 12, 9), "RA5678")]
    assert bad == [3, 4]


@pytest.mark.parametrize(
    ("code", "verdict"), [(421, "retry"), (451, "retry"), (550, "bounce"), (554, "bounce"), (-1, "retry")]
)
def test_what_a_mail_server_s_answer_means(code: int, verdict: str) -> None:
    assert smtp_verdict(code) == verdict


def test_a_name_cannot_end_a_header() -> None:
    assert one_line("王\r\nBcc: x@example.org\x00\u2028y") == "王 Bcc: x@example.org y"
    assert len(one_line("长" * 500)) == 120
