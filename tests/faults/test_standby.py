"""The address means a replica: pages are read, nothing is taken, and that is said; promoted, it takes the same form."""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import pytest
from django.conf import settings

from tests.cast import world
from tests.faults.house import Visitor, database_url, need, open_house, wait_for
from tests.rig import postgresql

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql", why="SQLite has no replica"),
]


@pytest.fixture
def standby() -> Iterator[postgresql.Standby]:
    world()
    folder = postgresql.programs()
    assert folder
    made = postgresql.Standby(folder, database_url())
    try:
        yield made
    finally:
        made.stop()


def test_a_replica_says_so_and_takes_the_form_once_it_is_promoted(standby: postgresql.Standby) -> None:
    name = quote(settings.DATABASES["default"]["NAME"])
    with open_house(workers=1, KAIMEN_DATABASE_URL=standby.url.replace("/postgres?", f"/{name}?")) as server:
        with closing(Visitor(server.port)) as visitor:
            ready = visitor.get("/readyz")
            assert ready.status == 503 and "database_read_only" in ready.text
            assert "停车" in visitor.get("/list/?q=" + quote("停车")).text
            refused = visitor.post("/say/confirm", need(1))
            assert refused.status == 503 and need(1)["words"] in refused.text, "nothing that was said is lost"
        standby.promote()
        with closing(Visitor(server.port)) as visitor:
            wait_for(lambda: "database_read_only" not in visitor.get("/readyz").text)
            taken = visitor.post("/say/confirm", need(1))
            assert taken.status == 302
            assert visitor.get(taken.location).status == 200
