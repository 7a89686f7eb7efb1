"""Needs from tables: each row once, each voice its own, bad rows named."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kaimen.cases.actions import answer_case
from kaimen.cases.models import Case
from kaimen.foundation.models import Delivery, Role
from kaimen.intake.importing import WrongTable, import_needs
from tests.cast import World

HEAD = "标题,内容,时间,电话\n"


def run(path: Path, *mapping: str, **options: Any) -> str:
    out = StringIO()
    chosen = list(mapping) or ["subject=标题", "detail=内容", "time=时间", "phone=电话"]
    call_command("import_needs", str(path), map=chosen, community="park", stdout=out, stderr=out, **options)
    return out.getvalue()


def table(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "needs.csv"
    path.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    return path


def test_twice_is_once_and_the_same_words_of_two_are_two_voices(park: World, tmp_path: Path) -> None:
    path = table(tmp_path, "停车,东门没地方停,2026/3/1 8:05,", "热水,热水早停,,", "热水,热水早停,,")
    assert "收下 3 件" in run(path)
    assert "收下 0 件，早已有 3 件" in run(path)
    assert Case.objects.count() == 3


def test_a_dry_run_writes_nothing(park: World, tmp_path: Path) -> None:
    assert "收下 1 件" in run(table(tmp_path, "停车,东门没地方停,,"), dry_run=True)
    assert not Case.objects.exists()


def test_nobody_is_texted_because_a_table_was_read(park: World, tmp_path: Path) -> None:
    run(table(tmp_path, "停车,东门没地方停,,13800000001"))
    case = Case.objects.get()
    assert case.asker_phone == "13800000001"
    assert not Delivery.objects.exists()
    answer_case(case=case, text="划了车位。", by=case.owner, now=timezone.now())
    assert Delivery.objects.get().address == "13800000001"


def test_bad_rows_are_named_and_written_so_that_a_spreadsheet_reads_them(park: World, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    path = table(
        tmp_path, '停车,东门没地方停,"昨天, 早上",', "停车,没地方停车,,123", "？,？,,", "班车,班车太早,,"
    )
    said = run(path, bad=bad)
    assert "收下 1 件" in said and "坏行 3" in said
    with bad.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1:] == [
        ["2", "时间", "time", "昨天, 早上"],
        ["3", "电话", "phone", ""],
        ["4", "内容", "nothing_said", ""],
    ]


@pytest.mark.parametrize(
    "text", ["2026-03-01 08:05:00", "2026/3/1 8:05", "2026年3月1日 8:05", "2026年03月01日"]
)
def test_times_as_people_write_them(park: World, tmp_path: Path, text: str) -> None:
    run(table(tmp_path, f"停车,东门没地方停,{text},"), keep_times=True)
    assert f"{Case.objects.get().received_at:%Y-%m}" in {
        "2026-03",
        "2026-02",
    }  # midnight in Shanghai is February


def test_a_long_text_is_cut_and_counted(park: World, tmp_path: Path) -> None:
    assert "截短 1" in run(table(tmp_path, f"停车,{'没地方停' * 1000},,"))


@pytest.mark.parametrize("mapping", [["subject=没有"], ["time=时间"], ["colour=标题"]])
def test_a_wrong_mapping_is_said_in_words(park: World, tmp_path: Path, mapping: list[str]) -> None:
    with pytest.raises(CommandError):
        run(table(tmp_path, "停车,东门没地方停,,"), *mapping)
    assert not Case.objects.exists()


def test_nobody_to_own_them_is_said(park: World, tmp_path: Path) -> None:
    Role.objects.update(active=False)
    with pytest.raises(CommandError, match="没人能接"):
        run(table(tmp_path, "停车,东门没地方停,,"))


def test_a_missing_column_names_those_there_are(park: World) -> None:
    with pytest.raises(WrongTable) as wrong:
        import_needs(
            rows=iter([{"a": "1"}]), columns={"subject": "b"}, community=park.community, by=None, source="x"
        )
    assert wrong.value.params["has"] == "a"
