"""Tables out: any list of staff as Excel or CSV, as text that no spreadsheet runs, with a row in the audit."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import xlsxwriter
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.utils import timezone

from kaimen.foundation import audit
from kaimen.foundation.models import Person

MOST: Final = 20_000  # rows of one export
KINDS: Final = ("csv", "xlsx")
EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet would run instead of show (OWASP, CSV injection); the wide signs in Chinese and Japanese Excel.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
WIDEST = 48
COLUMN_FROM = 10

Cell = str | int | float | None


def send_table(
    *, kind: str, what: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]], by: Person, of: Model
) -> HttpResponse:
    """The rows as a download `what`-date.`kind`; that `by` took them along stands in the audit of `of`.

    The caller masks what `by` may not see. Raises Http404 for a kind that is neither csv nor xlsx.
    """
    if kind not in KINDS:
        raise Http404
    taken = [list(row) for _n, row in zip(range(MOST), rows, strict=False)]
    audit.record(verb="export", subject=of, by=by, what=what, kind=kind, rows=len(taken))
    made = _excel([list(heading), *taken]) if kind == "xlsx" else as_csv([list(heading), *taken])
    response = HttpResponse(made, content_type=EXCEL if kind == "xlsx" else "text/csv; charset=utf-8")
    name = f"{what}-{timezone.localdate():%Y%m%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def at(moment: datetime | None) -> str:
    """A moment as a spreadsheet sorts it, in the park's time; "" for none."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def plain(text: str) -> str:
    """`text`, marked as text where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_file(name: str, rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A table that holds nobody's data, as a download: an empty form, the rows that were bad. Nothing is audited."""
    response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def as_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([plain(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")  # Excel reads UTF-8 only with the mark


def _excel(rows: Sequence[Sequence[Cell]]) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, "" if cell is None else cell, None if number else bold)
        sheet.freeze_panes(1, 0)
        for column in range(len(rows[0])):
            longest = max(
                2 * len(str(row[column] or "")) for row in rows[:200]
            )  # a Han character is two wide
            sheet.set_column(column, column, min(max(longest, COLUMN_FROM), WIDEST))
    return out.getvalue()
