"""Lists as one entry per line: the same way in the edit form, in Excel cells and out again."""

from typing import Any

BAR = "｜"


def lines(text: str) -> list[str]:
    """Non-empty lines, trimmed."""
    return [line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip()]


def parts(line: str, names: tuple[str, ...]) -> dict[str, str]:
    """`题目｜条款｜日期` by name; what is missing is empty, what is too much stays in the last part."""
    found = [part.strip() for part in line.replace("|", BAR).split(BAR, len(names) - 1)]
    return dict(zip(names, found + [""] * (len(names) - len(found)), strict=True))


BASIS = ("title", "article", "date")
ANSWER = ("question", "answer")
SHAPES = {"documents": None, "steps": None, "phrases": None, "legal_basis": BASIS, "answers": ANSWER}


def read(field: str, text: str) -> list[Any]:
    """The list that the lines of `text` stand for."""
    names = SHAPES[field]
    return [parts(line, names) if names else line for line in lines(text)]


def written(field: str, entries: list[Any]) -> str:
    """The lines that stand for `entries`: `read(field, written(field, x)) == x` for entries without bars."""
    names = SHAPES[field]
    if names is None:
        return "\n".join(entries)
    return "\n".join(BAR.join(entry.get(name, "") for name in names).rstrip(BAR) for entry in entries)
