"""Something this machine lacks: said plainly where it is one's own machine, a failure in CI."""

import os

import pytest


def required() -> bool:
    """CI sets KAIMEN_REQUIRE_ALL=1: there a skipped database or browser would look like a pass."""
    return os.environ.get("KAIMEN_REQUIRE_ALL") == "1"


def skip_or_fail(reason: str) -> None:
    if required():
        pytest.fail(f"{reason} (KAIMEN_REQUIRE_ALL=1)", pytrace=False)
    pytest.skip(reason)


def refuse_skip(item: pytest.Item, report: pytest.TestReport) -> None:
    """In CI a skipped test fails, whoever skipped it; `may_be_missing` marks what even CI may lack, and says why."""
    expected = item.get_closest_marker("may_be_missing") or hasattr(report, "wasxfail")
    if report.skipped and required() and not expected:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"{reason} (KAIMEN_REQUIRE_ALL=1)"
