"""One open house for all tests of a file: starting a server takes seconds, and these leave it as they found it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cast import World, world
from tests.faults.house import Server, Visitor, open_house
from tests.rig import emptying

PATIENCE = "0.7"  # seconds that a form waits for a database held by somebody else; 20 in earnest


@dataclass
class House:
    park: World
    server: Server

    def visitor(self, timeout: float = 30) -> Visitor:
        return Visitor(self.server.port, timeout)


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock(), emptying.kept():
        park = world()
        with open_house(workers=2, KAIMEN_DATABASE_PATIENCE=PATIENCE) as server:
            yield House(park, server)
