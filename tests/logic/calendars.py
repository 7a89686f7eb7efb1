"""The calendar of 2026 around its festivals, from the notice of the State Council's General Office."""

from datetime import date, timedelta

from kaimen.logic.workdays import Calendar


def _days(first: date, last: date, name: str) -> dict[date, str]:
    return {first + timedelta(days=n): name for n in range((last - first).days + 1)}


CALENDAR_2026 = Calendar(
    holidays=_days(date(2026, 1, 1), date(2026, 1, 3), "元旦")
    | _days(date(2026, 2, 15), date(2026, 2, 23), "春节")
    | _days(date(2026, 4, 4), date(2026, 4, 6), "清明节")
    | _days(date(2026, 5, 1), date(2026, 5, 5), "劳动节")
    | _days(date(2026, 6, 19), date(2026, 6, 21), "端午节")
    | _days(date(2026, 9, 25), date(2026, 9, 27), "中秋节")
    | _days(date(2026, 10, 1), date(2026, 10, 7), "国庆节"),
    makeup={
        date(2026, 1, 4): "元旦",
        date(2026, 2, 14): "春节",
        date(2026, 2, 28): "春节",
        date(2026, 5, 9): "劳动节",
        date(2026, 9, 20): "国庆节",
        date(2026, 10, 10): "国庆节",
    },
    announced=frozenset({2026}),
)
