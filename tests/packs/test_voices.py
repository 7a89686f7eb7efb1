"""The demo's older book: as many as promised, no two sentences alike, everybody marked 示例."""

from datetime import UTC, datetime

import pytest

from kaimen.web.demo.seeding import read
from kaimen.web.demo.voices import Book
from tests.journeys.cast import Lingfeng

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.mark.django_db
def test_parking_is_said_in_180_ways_among_1500_others() -> None:
    """Builds the park and draws the book: about a second."""
    park, pack = Lingfeng(), read("demo/voices.yaml")
    needs = list(Book(park.community, pack, NOW).needs())
    again = list(Book(park.community, pack, NOW).needs())
    assert [one.new.words for one in needs] == [one.new.words for one in again]
    words = [one.new.words for one in needs]
    east = [one for one in needs if one.new.service.key == "parking" and "东" in one.new.words]
    assert len(needs) - 180 >= 1_500
    assert len(east) >= 175
    assert len(set(words)) == len(words)
    assert all(one.new.asker_name.startswith("示例职工") for one in needs)
    assert all(one.new.asker_phone.startswith("1380000") for one in needs)
    days = [(NOW - one.new.now).days for one in east]
    weeks = [sum(day // 7 == week for day in days) for week in range(4)]
    assert min(days) <= 2, "said until lately"
    assert sum(weeks[:2]) > sum(weeks[2:]) > 0, "and seen to rise"
    assert all(one.new.now <= one.answered_at <= NOW for one in needs)
