"""Charts drawn on the server as SVG, each with its numbers in a table: no script, prints well, can be read aloud.

Colours come from static/look/charts.css by class; nothing here writes a style attribute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 620, 250
LEFT, RIGHT, TOP, BOTTOM = 46, 50, 12, 34


@dataclass(frozen=True)
class Bar:
    """One row of a horizontal bar chart; `value` None means hidden, `note` then says why."""

    label: str
    value: float | None
    href: str = ""
    faint: bool = False
    note: str = ""


@dataclass(frozen=True)
class Month:
    """Two counts and a rate (0…1) of one month; None = too few to show."""

    label: str  # in the table
    short: str  # under the bars
    first: int | None
    second: int | None
    rate: float | None


@dataclass(frozen=True)
class MonthChart:
    """Bars by month for two counts with the line of a rate over them."""

    title: str
    first_name: str
    second_name: str
    rate_name: str
    months: Sequence[Month]


def sparkline(values: Sequence[float], label: str = "") -> SafeString:
    """A small line; grey when it goes down."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = 76 / (len(values) - 1)
    points = [f"{2 + i * step:.1f} {25 - (v - low) / span * 22:.1f}" for i, v in enumerate(values)]
    return format_html(
        '<svg class="spark{}" viewBox="0 0 80 28" role="img" aria-label="{}"><path d="M{}"/></svg>',
        " spark--down" if values[-1] < values[0] else "",
        label or "、".join(f"{v:g}" for v in values),
        "L".join(points),
    )


def bars(rows: Sequence[Bar], caption: str = "") -> SafeString:
    """Horizontal bars inside a real table: the numbers are the table."""
    top = max((row.value or 0 for row in rows), default=0) or 1
    body = format_html_join(
        "",
        '<tr><th scope="row"><span>{}</span></th><td>{}</td><td>{}</td></tr>',
        (_bar(r, top) for r in rows),
    )
    return format_html(
        '<table class="bars"><caption class="sr">{}</caption><tbody>{}</tbody></table>', caption, body
    )


def _bar(row: Bar, top: float) -> tuple[str, str, str]:
    name = format_html('<a href="{}">{}</a>', row.href, row.label) if row.href else row.label
    if row.value is None:
        return name, "", row.note
    return (
        name,
        format_html(
            '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            '<rect class="bars__bar{}" width="{}" height="10" rx="1"/></svg>',
            " bars__bar--faint" if row.faint else "",
            f"{max(row.value / top * 100, 0.6):.1f}",
        ),
        f"{row.value:g}{row.note}",
    )


def nice_top(value: int) -> int:
    """Top of an axis with four equal steps of 1, 2, 3 or 5 times a power of ten, at or above `value`."""
    power = 1
    while True:
        for step in (1, 2, 3, 5):
            if 4 * step * power >= value:
                return 4 * step * power
        power *= 10


def month_chart(chart: MonthChart) -> SafeString:
    """Bars and line by month, with the table folded under them."""
    top = nice_top(max((max(m.first or 0, m.second or 0) for m in chart.months), default=0))
    inner = WIDTH - LEFT - RIGHT
    slot = inner / max(len(chart.months), 1)
    wide = min(26.0, slot * 0.3)
    floor = HEIGHT - BOTTOM
    tall = floor - TOP
    columns = []
    for index, month in enumerate(chart.months):
        middle = LEFT + slot * (index + 0.5)
        columns.append(
            {
                "label": month.short,
                "few": month.first is None,
                "middle": f"{middle:.1f}",
                "a": _column(middle - wide - 1, wide, (month.first or 0) / top * tall, floor),
                "b": _column(middle + 1, wide, (month.second or 0) / top * tall, floor),
                "dot": None if month.rate is None else f"{floor - month.rate * tall:.1f}",
            }
        )
    return SafeString(
        render_to_string(
            "look/_month_chart.html",
            {
                "chart": chart,
                "columns": columns,
                "lines": _runs(columns),
                "grid": [
                    (
                        top * part // 4,
                        f"{floor - tall * part / 4:.1f}",
                        f"{part * 25}%" if part % 2 == 0 else "",
                    )
                    for part in range(5)
                ],
                "box": f"0 0 {WIDTH} {HEIGHT}",
                "left": LEFT,
                "right": WIDTH - RIGHT,
                "label_y": HEIGHT - 12,
                "few_y": floor - 8,
            },
        )
    )


def _column(x: float, width: float, height: float, floor: float) -> dict[str, str]:
    return {"x": f"{x:.1f}", "y": f"{floor - height:.1f}", "w": f"{width:.1f}", "h": f"{height:.1f}"}


def _runs(columns: Sequence[Mapping[str, object]]) -> list[str]:
    """The rate as lines, broken where a month is hidden: a gap must not look like a value."""
    runs: list[list[str]] = [[]]
    for column in columns:
        if column["dot"] is None:
            runs.append([])
        else:
            runs[-1].append(f"{column['middle']} {column['dot']}")
    return ["M" + "L".join(run) for run in runs if len(run) > 1]
