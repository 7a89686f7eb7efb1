import pytest

from kaimen.cases import figures
from tests.cases.cast import World, world
from tests.web.march import NOW, play


@pytest.fixture
def park(db: None) -> World:
    return world()


@pytest.fixture
def march(park: World) -> World:
    """The month of tests/web/march.py, played and counted."""
    play(park)
    figures.recompute_all(park.community, NOW)
    return park
