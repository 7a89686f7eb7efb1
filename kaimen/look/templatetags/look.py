"""Tags and filters of every page; loaded as builtins, so no {% load %} is needed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.forms import BoundField, CheckboxInput
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.base import token_kwargs as read_kwargs
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from kaimen.logic.identity import mask_text
from kaimen.look import charts
from kaimen.look.days import days_late

register = template.Library()
SOON_DAYS = 2


@register.filter
def masked(text: str | None) -> str:
    """What somebody said, without phones, ID numbers, cards and plates: for everyone but the asker and the owner."""
    return mask_text(str(text or ""))


@register.simple_tag
def icon(name: str, size: int = 20, label: str = "") -> SafeString:
    """An icon of the Lucide set as inline SVG; an unknown name shows a question mark rather than an error page."""
    return _icon(str(name), size, str(label))


@lru_cache(maxsize=512)
def _icon(name: str, size: int, label: str) -> SafeString:
    says = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    kwargs: dict[str, Any] = {"class": "icon", "focusable": "false", **says}
    try:
        svg = lucide._render_icon(name, size, **kwargs)
    except lucide.IconDoesNotExist:
        svg = lucide._render_icon("circle-question-mark", size, **kwargs)
    return SafeString(svg)  # drawn from the package; the label is escaped by ElementTree


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _local_day(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.filter
def day(value: date | datetime | None) -> str:
    """周二 11月24日 / Tue 24 Nov; with the year when it is not this one."""
    if not value:
        return ""
    on = _local_day(value)
    other_year = on.year != timezone.localdate().year
    if _english():
        return format_date(on, "D j M Y" if other_year else "D j M")
    return f"周{'一二三四五六日'[on.weekday()]} {f'{on.year}年' if other_year else ''}{on.month}月{on.day}日"


@register.filter
def moment(value: datetime | None) -> str:
    """今天 10:05 / 昨天 16:20 / 11月20日 08:12, in local time."""
    if not value:
        return ""
    at = timezone.localtime(value)
    ago = (timezone.localdate() - at.date()).days
    clock = f"{at:%H:%M}"
    if ago in (0, 1):
        return " ".join([gettext("今天") if ago == 0 else gettext("昨天"), clock])
    this_year = at.year == timezone.localdate().year
    if _english():
        return f"{format_date(at, 'j M' if this_year else 'j M Y')} {clock}"
    return f"{'' if this_year else f'{at.year}年'}{at.month}月{at.day}日 {clock}"


@register.filter
def month(value: date | None) -> str:
    """2026年11月 / Nov 2026."""
    if not value:
        return ""
    return format_date(value, "M Y") if _english() else f"{value.year}年{value.month}月"


@register.filter
def month_short(value: date | None) -> str:
    """11月 / Nov, for the scale of a chart."""
    if not value:
        return ""
    return format_date(value, "M") if _english() else f"{value.month}月"


def nearness(due_on: date | None, today: date) -> str:
    """ "late", "soon", "fine" or "" for none: which colour a due date has today."""
    if due_on is None:
        return ""
    left = (due_on - today).days
    return "late" if left < 0 else "soon" if left < SOON_DAYS else "fine"


@register.filter
def near(due_on: date | None) -> str:
    """late / soon / fine, for `row--{{ case.next_due_on|near }}`."""
    return nearness(due_on, timezone.localdate())


@register.simple_tag
def due(due_on: date | None, met: datetime | None = None) -> SafeString:
    """A chip that says how near a due date is, late in working days; with `met`, whether it was kept."""
    if met is not None:
        kept = due_on is None or _local_day(met) <= due_on
        return _chip("ok" if kept else "late", gettext("按时") if kept else gettext("晚了"))
    if due_on is None:
        return _chip("info", gettext("等您补充，先不计时"))
    today = timezone.localdate()
    left, late = (due_on - today).days, days_late(due_on, today)
    if late:
        text = ngettext("超了 %(n)s 个工作日", "超了 %(n)s 个工作日", late) % {"n": late}
    elif left < 0:
        text = gettext("刚过期限")  # a Saturday after a Friday: too late, and not a working day has passed
    elif left == 0:
        text = gettext("今天到期")
    elif left == 1:
        text = gettext("明天到期")
    else:
        text = gettext("%(day)s前") % {"day": day(due_on)}
    return _chip(nearness(due_on, today), text)


def _chip(kind: str, text: str) -> SafeString:
    return format_html('<span class="chip{}">{}</span>', "" if kind == "fine" else f" chip--{kind}", text)


@register.simple_tag
def field(bound: BoundField, label: str = "") -> SafeString:
    """A form field with its label, help and errors, tied together for screen readers."""
    widget = bound.field.widget
    return SafeString(  # a template of ours, autoescaped
        render_to_string(
            "look/_field.html",
            {
                "field": bound,
                "label": label or bound.label,
                "check": isinstance(widget, CheckboxInput),
                "group": widget.use_fieldset,
            },
        )
    )


@register.filter
def percent(value: float | None) -> str:
    """0.976 -> 97.6%; nothing for None."""
    return "" if value is None else f"{value * 100:.1f}%"


@register.filter
def initial(name: str) -> str:
    """The first character of a name, for the round face when there is no photo."""
    return (str(name).strip() or "·")[0]


@register.simple_tag
def face(person: Any, css: str = "who__face") -> SafeString:
    """The round face of a person: the portrait where there is one, else the first character of the name."""
    if url := person.face_url:
        return format_html('<img class="{}" src="{}" alt="" width="56" height="56">', css, url)
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, initial(person.name))


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The page's query string with some parameters changed; None or "" takes one away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


class NavNode(template.Node):
    def __init__(self, goal: FilterExpression, css: FilterExpression | None, inside: NodeList) -> None:
        self.goal, self.css, self.inside = goal, css, inside

    def render(self, context: template.Context) -> str:
        goal = str(self.goal.resolve(context) or "")
        try:
            address = goal if goal.startswith("/") else reverse(goal)
        except NoReverseMatch:
            return ""
        path = getattr(context.get("request"), "path", "")
        here = path == address or (address != "/" and path.startswith(address.rstrip("/") + "/"))
        css = self.css.resolve(context) if self.css else ""
        return format_html(
            '<a href="{}"{}{}>{}</a>',
            address,
            format_html(' class="{}"', css) if css else "",
            SafeString(' aria-current="page"') if here else "",
            SafeString(self.inside.render(context)),  # rendered by the same engine
        )


@register.tag
def nav(parser: Parser, token: Token) -> NavNode:
    """{% nav "url_name" class="…" %}…{% endnav %}: a link that knows when it is here, and hides when unknown."""
    bits = token.split_contents()[1:]
    kwargs = read_kwargs(bits[1:], parser)
    inside = parser.parse(("endnav",))
    parser.delete_first_token()
    return NavNode(parser.compile_filter(bits[0]), kwargs.get("class"), inside)


@register.simple_tag
def sparkline(values: Sequence[float], label: str = "") -> SafeString:
    return charts.sparkline(values, label)


@register.simple_tag
def bars(rows: Iterable[charts.Bar], caption: str = "") -> SafeString:
    return charts.bars(list(rows), caption)


@register.simple_tag
def month_chart(chart: charts.MonthChart) -> SafeString:
    return charts.month_chart(chart)
