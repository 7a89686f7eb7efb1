"""Messages of a table: our own column names, or the Chinese headings that such tables come with."""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kaimen.logic.hotspots.messages import Message

HEADINGS = {
    "id": ("id", "留言编号", "编号"),
    "user": ("user", "留言用户", "用户"),
    "time": ("time", "留言时间", "时间"),
    "subject": ("subject", "留言主题", "主题", "标题"),
    "detail": ("detail", "留言详情", "详情", "内容"),
    "likes": ("likes", "点赞数", "点赞"),
    "dislikes": ("dislikes", "反对数", "反对"),
}
NEEDED = ("id", "subject")
DAY = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T]*(?:(\d{1,2})(:.*))?$")  # 2019/8/1 9:05 as well


class BadTable(Exception):
    """The table cannot be read; the message says what is missing or where."""


def read(path: Path) -> Iterator[Message]:
    """Messages row by row, in the order of the file; raises BadTable. Files may be UTF-8 with or without a mark."""
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        columns = {name: _column(rows.fieldnames or [], names) for name, names in HEADINGS.items()}
        missing = [name for name in NEEDED if columns[name] is None]
        if missing:
            raise BadTable(f"no column for: {', '.join(missing)}")
        for line, row in enumerate(rows, start=2):
            said = {name: (row.get(column) or "") if column else "" for name, column in columns.items()}
            try:
                yield Message(
                    id=said["id"].strip() or str(line),
                    user=said["user"].strip(),
                    at=_moment(said["time"].strip()),
                    subject=said["subject"],
                    detail=said["detail"],
                    likes=_whole(said["likes"]),
                    dislikes=_whole(said["dislikes"]),
                )
            except ValueError as error:
                raise BadTable(f"line {line}: {error}") from error


def _column(headings: Sequence[str], names: tuple[str, ...]) -> str | None:
    found = {heading.strip().lower(): heading for heading in headings}
    return next((found[name] for name in names if name in found), None)


def _whole(text: str) -> int:
    return int(float(text)) if text.strip() else 0


def _moment(text: str) -> float:
    if not text:
        return 0.0
    if match := DAY.match(text):
        year, month, day, hour, rest = match.groups()
        text = f"{year}-{int(month):02}-{int(day):02}" + (f"T{int(hour):02}{rest}" if hour else "")
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
