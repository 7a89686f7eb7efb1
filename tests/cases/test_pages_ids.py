"""A label must lead to its own field: no id stands twice on a page."""

import re
from collections import Counter

import pytest

from tests.cases.cast import World
from tests.cases.doors import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("verb", ["answer", "progress", "task", "ask", "refuse", "note", "hand_over"])
def test_no_id_stands_twice_on_the_desk(park: World, verb: str) -> None:
    case = park.case()
    page = signed_in(park.officer).get(f"/desk/{case.number}?do={verb}").content.decode()
    counted = Counter(re.findall(r'\sid="([^"]+)"', page))
    assert {name: times for name, times in counted.items() if times > 1} == {}
