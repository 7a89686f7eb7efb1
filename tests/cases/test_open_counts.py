"""How many open cases each has is known without counting, and always what counting would say."""

from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.db.models import Count

from kaimen.cases import open_counts, queries
from kaimen.cases.enums import OPEN_STATES, CaseState
from kaimen.cases.models import Case
from kaimen.foundation.models import Person
from tests.cases.cast import World
from tests.cases.stages import case_in
from tests.cases.test_every_verb import story

pytestmark = pytest.mark.django_db


def counted() -> dict[int, int]:
    everybody = Person.objects.values_list("pk", flat=True)
    rows = Case.objects.filter(state__in=OPEN_STATES).values_list("owner").annotate(Count("pk"))
    return dict.fromkeys(everybody, 0) | dict(rows)


def known() -> dict[int, int]:
    return queries.loads(Person.objects.values_list("pk", flat=True))


def test_every_verb_is_counted_along(park: World) -> None:
    seen = set()
    for name, call in story(park):
        call()
        assert known() == counted(), name
        seen.add(tuple(known().values()))
    assert len(seen) > 3


def test_so_is_what_goes_past_the_verbs(park: World) -> None:
    for state in CaseState:
        case_in(park, state)
    Case.objects.filter(state=CaseState.CLOSED).update(state=CaseState.REOPENED, owner=park.colleague)
    assert known() == counted()
    Case.objects.filter(owner=park.officer).update(owner=park.colleague)
    assert known() == counted() and known()[park.officer.pk] == 0
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        park.case()
        raise ZeroDivisionError
    moved = case_in(park, CaseState.CLOSED)
    moved.pk, moved.number, moved.track_digest, moved._state.adding = None, "2026-9999", "x" * 64, True
    moved.save()  # as what is taken over from elsewhere, done already
    assert known() == counted()
    Case.objects.update(state=CaseState.CLOSED)
    assert set(known().values()) == {0}


@pytest.mark.only_on("sqlite", why="PostgreSQL counts when it is asked")
def test_a_case_that_goes_is_taken_off_and_what_is_there_already_is_counted(park: World) -> None:
    gone, stays = park.case(), park.case()
    with connection.cursor() as cursor:
        editor = SimpleNamespace(
            connection=connection, execute=cursor.execute
        )  # a real one wants no transaction
        open_counts.stop_counting(editor)
        more = park.case()
        open_counts.count_along(editor)
        open_counts.count_along(editor)  # as after a migration that built the table anew
        assert known() == counted() and {gone.owner, stays.owner, more.owner} == {park.officer}
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute("DELETE FROM cases_case WHERE id = %s", [gone.pk])
    assert known()[park.officer.pk] == 2
    transaction.set_rollback(True)  # its promises point to nothing now
