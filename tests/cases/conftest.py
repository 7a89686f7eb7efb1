import pytest

from tests.cases.cast import World, world


@pytest.fixture
def park(db: None) -> World:
    return world()
