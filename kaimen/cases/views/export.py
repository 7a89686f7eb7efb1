"""The filtered list as Excel or CSV. Names are masked, phones are not in it at all."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaimen.cases.models import Case
from kaimen.cases.permissions import can_see_asker
from kaimen.foundation.models import Person
from kaimen.logic.identity import mask_name, mask_text

from .common import desk_people
from .desk import filters, found

MOST = 20_000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run instead of show


@require_safe
@desk_people
def desk_export(request: HttpRequest, person: Person, kind: str) -> HttpResponse:
    if kind not in ("csv", "xlsx"):
        raise Http404
    rows = _rows(found(filters(request, person), person)[:MOST], person)
    name = f"kaimen-{timezone.localdate():%Y%m%d}.{kind}"
    made = _excel(rows) if kind == "xlsx" else _csv(rows)
    response = HttpResponse(made, content_type=EXCEL if kind == "xlsx" else "text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def header() -> list[str]:
    return [
        _("编号"), _("标题"), _("原话"), _("状态"), _("领域"), _("事项"), _("从哪来"), _("企业"), _("地点"),
        _("谁说的"), _("谁管"), _("收到"), _("下一个到期"), _("第一次答复"), _("办结"),
    ]  # fmt: skip


def _rows(cases: Iterable[Case], person: Person) -> Iterator[list[str]]:
    yield header()
    for case in cases:
        yield [
            case.number,
            mask_text(case.title),
            mask_text(case.words),
            case.get_state_display(),
            str(case.domain or ""),
            str(case.service or ""),
            case.get_channel_display(),
            str(case.enterprise or ""),
            str(case.place or case.place_text),
            mask_name(case.asker_name) if can_see_asker(person, case) else _("不公开"),
            case.owner.name,
            _at(case.received_at),
            case.next_due_on.isoformat() if case.next_due_on else "",
            _at(case.first_answered_at),
            _at(case.closed_at),
        ]


def _at(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _csv(rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")  # Excel reads UTF-8 only with the mark


def _excel(rows: Iterable[list[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_("办件"))
        bold = book.add_format({"bold": True})
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell, bold if at == 0 else None)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 2, 36)
    return out.getvalue()
