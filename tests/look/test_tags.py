"""Tags and filters that every page uses."""

from datetime import date, datetime, timedelta

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

from kaimen.foundation.workcalendar import calendar
from kaimen.logic.deadlines import overdue_by
from kaimen.look import charts


def render(source: str, **context: object) -> str:
    request = RequestFactory().get("/board/?month=2026-03&page=3")
    return engines["django"].from_string(source).render(context, request)


def test_an_icon_is_silent_unless_labelled_and_never_an_error() -> None:
    assert 'aria-hidden="true"' in render('{% icon "phone" %}')
    assert 'aria-label="&lt;打&gt;"' in render('{% icon "phone" label="<打>" %}')
    assert "<svg" in render('{% icon "no-such-icon" %}')


def test_days_in_both_languages() -> None:
    year = timezone.localdate().year
    tuesday = date(year, 11, 24)
    week = "一二三四五六日"[tuesday.weekday()]
    assert render("{{ d|day }}", d=tuesday) == f"周{week} 11月24日"
    assert render("{{ d|day }}", d=date(2019, 2, 4)) == "周一 2019年2月4日"
    with translation.override("en"):
        assert render("{{ d|day }}", d=date(2019, 2, 4)) == "Mon 4 Feb 2019"
    assert render("{{ d|day }}", d=None) == ""


def test_moments_are_near_or_dated() -> None:
    now = timezone.localtime().replace(hour=10, minute=5)
    assert render("{{ m|moment }}", m=now) == "今天 10:05"
    assert render("{{ m|moment }}", m=now - timedelta(days=1)) == "昨天 10:05"
    old = timezone.make_aware(datetime(2019, 2, 4, 8, 12))
    assert render("{{ m|moment }}", m=old) == "2019年2月4日 08:12"


def test_a_due_chip_says_how_near() -> None:
    today = timezone.localdate()
    fortnight = today - timedelta(days=14)
    late = overdue_by(fortnight, today, calendar())
    said = f'<span class="chip chip--late">超了 {late} 个工作日</span>'
    assert late < 14
    assert render("{% due d %}", d=fortnight) == said
    assert render("{% due d %}", d=today) == '<span class="chip chip--soon">今天到期</span>'
    assert "chip--soon" in render("{% due d %}", d=today + timedelta(days=1))
    assert '<span class="chip">' in render("{% due d %}", d=today + timedelta(days=5))
    assert "chip--ok" in render("{% due d met=m %}", d=today, m=timezone.now())
    assert "chip--late" in render("{% due d met=m %}", d=today - timedelta(days=1), m=timezone.now())


def test_what_ended_before_a_weekend_is_late_and_no_working_day_has_passed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2026, 3, 8))  # a Sunday
    said = render("{% due d %}", d=date(2026, 3, 6))
    assert said == '<span class="chip chip--late">刚过期限</span>'
    assert "超了 1 个工作日" in render("{% due d %}", d=date(2026, 3, 5))


def test_query_with_keeps_the_rest() -> None:
    assert render("{% query_with page=4 %}") == "?month=2026-03&amp;page=4"
    assert render('{% query_with page="" %}') == "?month=2026-03"


def test_nav_knows_where_it_is_and_hides_what_is_not_built() -> None:
    assert 'aria-current="page"' in render('{% nav "board" %}x{% endnav %}')
    assert "aria-current" not in render('{% nav "home" %}x{% endnav %}')
    assert render('{% nav "no_such_page" %}x{% endnav %}') == ""


class Asked(forms.Form):
    words = forms.CharField(label="原话", help_text="照说的写")
    place = forms.CharField(label="在哪", required=False)
    agree = forms.BooleanField(label="同意")


def test_a_field_ties_label_help_and_error_together() -> None:
    shown = render("{% field f.words %}", f=Asked({}))
    assert '<label class="field__label" for="id_words">原话' in shown
    assert 'id="id_words_helptext"' in shown
    assert 'aria-describedby="id_words_helptext id_words_error"' in shown
    assert 'id="id_words_error"' in shown
    assert "可不填" not in shown
    assert "可不填" in render("{% field f.place %}", f=Asked())
    assert "field--check" in render("{% field f.agree %}", f=Asked())


def test_charts_escape_and_leave_gaps() -> None:
    months = [charts.Month(f"{n}", f"{n}", 8, 5, rate) for n, rate in enumerate([0.5, 0.6, None, 0.9])]
    shown = charts.month_chart(charts.MonthChart("<图>", "收", "办", "率", months))
    assert "&lt;图&gt;" in shown
    assert shown.count("chart__dot") == 3
    assert shown.count('class="chart__line" d="M') - 1 == 1  # one line of two points, and the legend's
    assert "太少，不列" in shown
    assert "&lt;b&gt;" in charts.bars([charts.Bar("<b>", 3)])


def test_an_axis_has_four_equal_round_steps() -> None:
    for value in range(0, 3000, 7):
        top = charts.nice_top(value)
        assert top >= value
        assert top % 4 == 0
        assert top <= max(4, value * 2)
