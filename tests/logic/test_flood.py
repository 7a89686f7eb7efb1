from hypothesis import given
from hypothesis import strategies as st

from kaimen.logic.flood import Counts, Limits, judge

LIMITS = Limits()
many = st.integers(0, 500)


def test_the_first_comes_in() -> None:
    assert judge(Counts()).code == "ok"


def test_one_phone_must_wait_at_its_limit() -> None:
    assert judge(Counts(phone_hour=LIMITS.phone_hour - 1, has_phone=True)).code == "ok"
    verdict = judge(Counts(phone_hour=LIMITS.phone_hour, has_phone=True))
    assert verdict.code == "wait"
    assert verdict.params == {"by": "phone", "window": "hour", "limit": 5, "count": 5}


def test_the_longer_wait_is_named() -> None:
    verdict = judge(Counts(device_hour=50, device_day=50))
    assert (verdict.params["by"], verdict.params["window"]) == ("device", "day")


@given(many, many)
def test_a_shared_address_is_asked_for_a_phone_and_never_stopped(hour: int, day: int) -> None:
    anonymous = judge(Counts(address_hour=hour, address_day=day))
    full = hour >= LIMITS.address_hour or day >= LIMITS.address_day
    assert anonymous.code == ("ask_phone" if full else "ok")
    typed = judge(Counts(address_hour=hour, address_day=day, has_phone=True))
    assert typed.code == ("ask_code" if full else "ok")
    shown = Counts(address_hour=hour, address_day=day, has_phone=True, confirmed=True)
    assert judge(shown).code == "ok"


@given(st.builds(Counts, many, many, many, many, many, many, st.booleans()), many)
def test_more_before_is_never_milder(counts: Counts, more: int) -> None:
    rank = {"ok": 0, "ask_phone": 1, "ask_code": 1, "wait": 2}
    worse = Counts(
        counts.phone_hour + more,
        counts.phone_day + more,
        counts.device_hour + more,
        counts.device_day + more,
        counts.address_hour + more,
        counts.address_day + more,
        counts.has_phone,
    )
    assert rank[judge(worse).code] >= rank[judge(counts).code]
