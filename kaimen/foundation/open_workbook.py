"""Reads the first sheet of a workbook in a process of its own, within limits: `python open_workbook.py FILE`.

A workbook of some kilobytes can ask its reader for any amount of memory or time: one cell in the last corner, a repeat
count, sizes that lie. So it is opened here, where running out of either ends nothing but this process. Prints one JSON
list of texts a row; ends with BROKEN if it is no workbook, with whatever the system says if it asked for too much.
Runs without Django and without this package.
"""

import contextlib
import json
import sys
from collections.abc import Iterator

MOST_MEMORY = 1024 * 1024 * 1024
MOST_SECONDS = 60
BROKEN = 3


def limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for kind, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_SECONDS)):
        with contextlib.suppress(
            ValueError, OSError
        ):  # the system already allows less, or knows no such limit
            resource.setrlimit(kind, (most, most))


def rows(path: str) -> Iterator[list[str]]:
    from python_calamine import CalamineWorkbook

    for cells in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows():
        yield [text(cell) for cell in cells]


def text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # a phone number that Excel took for a number
    return str(cell).strip()


def main(path: str) -> int:
    limit()
    out = sys.stdout
    try:
        for row in rows(path):
            out.write(json.dumps(row) + "\n")
    except BrokenPipeError:  # whoever asked has seen enough
        return 0
    except Exception:  # damaged files make readers raise nearly anything, and what they say may quote cells
        return BROKEN
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
