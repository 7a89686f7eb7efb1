"""The public board: numbers with their denominators, small groups hidden everywhere, the same in every export."""

import csv
import io
import re

import pytest
from python_calamine import load_workbook

from kaimen.cases import figures
from kaimen.web.board import board, folded
from tests.cases.cast import World, at
from tests.web.march import NOW

pytestmark = pytest.mark.django_db


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_rates_with_what_is_left_out(march: World) -> None:
    total = board(march.community, domain_key="").total
    # commuting 6 of 8 due; housing and school nine more, all in time
    assert (total.response.numerator, total.response.denominator) == (15, 17)
    assert total.response.excluded == {"not_due": 1}
    assert (total.solved.numerator, total.solved.denominator, total.solved.silent) == (3, 5, 10)
    assert total.solved.excluded == {"open": 2, "declined": 1}
    assert (total.satisfied.numerator, total.satisfied.denominator) == (4, 5)


def test_the_page_says_numerator_denominator_and_silence(client, march: World) -> None:
    shown = page(client, "/board/")
    assert "88.2%" in shown
    assert "到期 17 件里 15 件；1 件答复晚了；1 件过期还没答复；1 件没到期，不算" in shown
    assert "表态 5 人里 3 人说解决了；1 人说解决了一部分，没算进去；10 人没表态，不算解决" in shown
    assert "打分 5 人里 4 人给" in shown
    assert "《办法》第七条" in shown


def test_nobodys_own_words_are_on_the_board(client, march: World) -> None:
    for address in ("/board/", "/", "/board/figures.csv"):
        shown = page(client, address)
        assert "停车位太少" not in shown
        assert "示例周" not in shown


def test_small_groups_are_folded_with_the_next_so_that_nobody_can_subtract() -> None:
    assert folded({"a": 30, "b": 12, "c": 3}) == {"b", "c"}
    assert folded({"a": 30, "b": 3, "c": 3}) == {"b", "c"}
    assert folded({"a": 30, "b": 12}) == set()
    assert folded({"a": 3}) == {"a"}
    assert folded({"a": 30, "b": 0}) == set()


def test_a_small_domain_is_hidden_on_the_page_in_the_filter_and_in_the_exports(client, march: World) -> None:
    every = page(client, "/board/")
    bars = re.search(r'<table class="bars">.*?</table>', every)
    assert bars
    assert "通勤交通" in bars[0]
    assert "住房保障" not in bars[0]
    assert "子女入学" not in bars[0]  # alone it would give away the other
    assert "另有 2 个小类不单列，合起来 9 件" in every
    for key in ("housing", "school"):
        assert "太少，不列" in page(client, f"/board/?domain={key}")
        assert '<p class="figure__value">' not in page(client, f"/board/?domain={key}")
        rows = list(
            csv.reader(
                io.StringIO(client.get(f"/board/figures.csv?domain={key}").content.decode("utf-8-sig"))
            )
        )
        assert len(rows) == 1  # the heading


def test_a_month_too_small_to_show_is_not_in_the_total_either(client, march: World) -> None:
    for _ in range(2):
        march.case(now=at("2026-02-10"))
    figures.recompute_all(march.community, NOW)
    whole = board(march.community)
    assert (whole.total.received, whole.months_left_out) == (18, 1)
    assert [kept.received for _month, kept in whole.by_month] == [0, 18]
    assert "有 1 个月不到 5 件" in page(client, "/board/")
    assert "太少，不列" in page(client, "/board/?month=2026-02")
    for _ in range(3):
        march.case(now=at("2026-02-11"))
    figures.recompute_all(march.community, NOW)
    assert board(march.community).total.received == 23


def test_a_chosen_domain_shows_its_own_figures(client, march: World) -> None:
    shown = page(client, "/board/?domain=commute&month=2026-03")
    assert "到期 8 件里 6 件" in shown


@pytest.mark.parametrize("query", ["?month=1999-13", "?month=x&domain=nobody", "?month=2026-01"])
def test_an_address_typed_wrong_shows_the_whole_board(client, march: World, query: str) -> None:
    assert "到期 17 件里 15 件" in page(client, f"/board/{query}")


def test_csv_opens_with_the_same_numbers(client, march: World) -> None:
    answer = client.get("/board/figures.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")  # without it Excel shows gibberish
    head, commuting, away, total = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    found = dict(zip(head, commuting, strict=True))
    assert (found["月份"], found["领域"], found["收到"], found["按时答复率"]) == (
        "2026-03",
        "通勤交通",
        "9",
        "0.75",
    )
    assert away[1] == "2 个小类，少于 5 件，不单列"
    assert set(away[2:]) == {"太少，不列"}
    assert dict(zip(head, total, strict=True))["收到"] == "18"


def test_excel_opens_with_the_same_numbers(client, march: World) -> None:
    answer = client.get("/board/figures.xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 4
    found = dict(zip(rows[0], rows[1], strict=True))
    assert (found["收到"], found["按时答复率"], found["办不了，不算"]) == (9, 0.75, 1)


def test_a_domain_named_like_a_formula_stays_text(client, march: World) -> None:
    march.domain.name = "=cmd|' /C calc'!A0"
    march.domain.save()
    rows = list(csv.reader(io.StringIO(client.get("/board/figures.csv").content.decode("utf-8-sig"))))
    assert rows[1][1] == "'=cmd|' /C calc'!A0"


def test_an_empty_community_says_what_to_do(client, park: World) -> None:
    assert "还没有数" in page(client, "/board/")
    assert "说的人还不多" in page(client, "/")


def test_queries_do_not_grow_with_the_board(client, march: World, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(9):
        client.get("/board/")
    with django_assert_max_num_queries(13):
        client.get("/")
