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
