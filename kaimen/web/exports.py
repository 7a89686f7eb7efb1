"""The board's table as Excel and CSV: what the page hides is hidden here too."""

from collections.abc import Callable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaimen.foundation import sheets
from kaimen.foundation.sheets import Cell
from kaimen.logic.rates import Rate
from kaimen.web.board import Figures, Line


def _share(rate: Callable[[Figures], Rate]) -> Callable[[Figures], Cell]:
    def value(figures: Figures) -> Cell:
        share = rate(figures).value
        return None if share is None else round(share, 4)

    return value


def _part(rate: Callable[[Figures], Rate], *keys: str) -> Callable[[Figures], Cell]:
    """A count that is only shown where its rate is."""
    return lambda figures: None if rate(figures).hidden else figures.of(*keys)


def _response(figures: Figures) -> Rate:
    return figures.response


def _solved(figures: Figures) -> Rate:
    return figures.solved


def _satisfied(figures: Figures) -> Rate:
    return figures.satisfied


COLUMNS: Sequence[tuple[Any, Callable[[Figures], Cell]]] = (
    (gettext_lazy("收到"), lambda f: f.received),
    (gettext_lazy("按时答复"), _part(_response, "first_on_time")),
    (gettext_lazy("答复晚了"), _part(_response, "first_late")),
    (gettext_lazy("过期还没答复"), _part(_response, "first_overdue")),
    (gettext_lazy("还没到期，不算"), lambda f: f.of("first_not_due")),
    (gettext_lazy("按时答复率"), _share(_response)),
    (gettext_lazy("已答复或办结"), lambda f: f.done),
    (gettext_lazy("说解决了"), _part(_solved, "solved_yes")),
    (gettext_lazy("说解决了一部分"), _part(_solved, "solved_partly")),
    (gettext_lazy("说没解决"), _part(_solved, "solved_no")),
    (gettext_lazy("没表态，不算"), lambda f: f.of("silent")),
    (gettext_lazy("解决率"), _share(_solved)),
    (gettext_lazy("打分人数"), _part(_satisfied, *(f"level_{n}" for n in range(1, 6)))),
    (gettext_lazy("其中基本满意以上"), _part(_satisfied, "level_3", "level_4", "level_5")),
    (gettext_lazy("满意率"), _share(_satisfied)),
    (gettext_lazy("还在办，不算"), lambda f: f.of("open")),
    (gettext_lazy("办不了，不算"), lambda f: f.of("declined")),
    (gettext_lazy("重新办过"), lambda f: f.of("reopened")),
    (gettext_lazy("并在一起办"), lambda f: f.of("merged")),
    (gettext_lazy("答复中位数（工作日）"), lambda f: f.days("first_days").days),
    (gettext_lazy("办结中位数（工作日）"), lambda f: f.days("solve_days").days),
)


def rows(lines: Sequence[Line]) -> Iterator[list[Cell]]:
    """The heading, then one row a line; "" would look like nought, so what is hidden says so."""
    yield [_("月份"), _("领域"), *(str(title) for title, _value in COLUMNS)]
    for line in lines:
        month = f"{line.month:%Y-%m}" if line.month else _("合计")
        if line.figures is None:
            name = _("%(n)s 个小类，少于 5 件，不单列") % {"n": line.folded}
            yield [month, name, *([_("太少，不列")] * len(COLUMNS))]
            continue
        name = str(line.domain) if line.domain else (_("没归类") if line.month else _("全部"))
        cells = [value(line.figures) for _title, value in COLUMNS]
        yield [month, name, *(_("太少，不列") if cell is None else cell for cell in cells)]


def as_csv(lines: Sequence[Line]) -> bytes:
    return sheets.as_csv(rows(lines))


def as_xlsx(lines: Sequence[Line]) -> IO[bytes]:
    """A workbook written row by row, ready to be read from its start."""
    out: IO[bytes] = SpooledTemporaryFile(max_size=2_000_000)  # noqa: SIM115  # the response closes it
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(_("公示"))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    share = book.add_format({"num_format": "0.0%"})
    rates = {2 + n for n, (title, _value) in enumerate(COLUMNS) if str(title) in _rate_titles()}
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, 1 + len(COLUMNS), 11)
    for number, row in enumerate(rows(lines)):
        for column, cell in enumerate(row):
            style = head if number == 0 else share if column in rates else None
            sheet.write(number, column, cell, style)
    book.close()
    out.seek(0)
    return out


def _rate_titles() -> set[str]:
    return {_("按时答复率"), _("解决率"), _("满意率")}
