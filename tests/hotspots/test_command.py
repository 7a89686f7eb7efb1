"""`./run manage hotspots find`: a table in, one row for each message out, figures as JSON."""

import csv
import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kaimen.hotspots.sheet import BadTable, read
from tests.hotspots.cast import LIGHTS, OTHERS, PARKING

STREAM = Path(os.environ.get("SHARED_DATA", "../shared/data")) / "messages" / "stream_4326.csv"


def table(path: Path, headings: str = "id,user,time,subject,detail,likes,dislikes") -> Path:
    rows = [headings]
    for number, text in enumerate([*PARKING, *LIGHTS, *OTHERS]):
        rows.append(f"n{number},u{number},2026/3/{number + 1} 9:05,{text[:9]},{text},{number},0")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    return path


def lines(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    "headings",
    [
        "id,user,time,subject,detail,likes,dislikes",
        "留言编号,留言用户,留言时间,留言主题,留言详情,点赞数,反对数",
    ],
)
def test_one_row_for_each_message_the_hottest_issue_first(tmp_path: Path, headings: str) -> None:
    out, said = tmp_path / "clusters.csv", StringIO()
    source = table(tmp_path / "messages.csv", headings)
    call_command("hotspots", "find", "--input", str(source), "--out", str(out), "--json", stdout=said)
    figures = json.loads(said.getvalue())
    rows = lines(out)
    assert set(figures) == {"issues", "members", "seconds", "peak_mb"}
    assert figures["members"] == len(rows) == 16
    assert len({row["id"] for row in rows}) == 16
    assert len({row["issue"] for row in rows}) == figures["issues"]
    ranks = [int(row["rank"]) for row in rows]
    assert ranks == sorted(ranks)
    first = {row["id"] for row in rows if row["rank"] == "1"}
    assert first >= {f"n{number}" for number in range(4)}


def test_list_for_reading_shows_the_sum(tmp_path: Path) -> None:
    said = StringIO()
    call_command("hotspots", "find", "--input", str(table(tmp_path / "m.csv")), "--top", "2", stdout=said)
    assert "people" in said.getvalue()
    assert "16 messages" in said.getvalue()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b\n1,2\n", "no column"),
        ("id,subject,time\n1,停车,昨天\n", "line 2"),
        ("id,subject,likes\n1,停车,多\n", "line 2"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadTable, match=told):
        list(read(path))
    with pytest.raises(CommandError, match=told):
        call_command("hotspots", "find", "--input", str(path))


def test_an_empty_table_is_no_issue(tmp_path: Path) -> None:
    path, said = tmp_path / "none.csv", StringIO()
    path.write_text("id,subject\n", encoding="utf-8")
    call_command("hotspots", "find", "--input", str(path), "--json", stdout=said)
    assert json.loads(said.getvalue())["issues"] == 0


@pytest.mark.may_be_missing
@pytest.mark.skipif(not STREAM.exists(), reason="real messages are not part of the project: ../shared/data")
def test_real_messages_known_issues_are_whole_and_on_top(tmp_path: Path) -> None:
    """Takes some seconds: 4,326 real messages."""
    out = tmp_path / "clusters.csv"
    call_command("hotspots", "find", "--input", str(STREAM), "--out", str(out), "--json", stdout=StringIO())
    issue_of = {row["id"]: (row["issue"], int(row["rank"])) for row in lines(out)}
    csv.field_size_limit(10_000_000)
    subjects = {row["id"]: row["subject"] for row in lines(STREAM)}
    for words, share in (
        ("丽发新城|搅拌站", 0.9),
        ("伊景园", 0.85),
        ("58车贷", 0.85),
        ("月亮岛路|高压", 0.9),
    ):
        members = [n for n, subject in subjects.items() if all(word in subject for word in words.split("|"))]
        issues = [issue_of[n] for n in members]
        best = max(set(issues), key=issues.count)
        assert issues.count(best) >= share * len(members), words
        assert best[1] <= 10, words
    for word in ("K9县存在一系列问题", "金毛湾"):  # one message each, with many likes
        assert min(issue_of[n][1] for n, subject in subjects.items() if word in subject) <= 10, word
