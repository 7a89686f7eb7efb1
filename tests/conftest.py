"""Fixtures for every test. The choice of database is made earlier, in tests/rig/plugin.py."""

from typing import Any

import pytest

from tests.rig.browser import chromium, desk, phone, visitor

__all__ = ["chromium", "desk", "phone", "visitor"]
USES_A_BROWSER = {"chromium", "visitor", "phone", "desk"}


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Whatever uses a browser is a journey, whether its author marked it or not."""
    if USES_A_BROWSER & set(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.journey)


@pytest.fixture
def park(db: None) -> Any:
    """The small invented world of tests/cast.py."""
    from tests.cast import world  # models can be imported only when Django is ready

    return world()
