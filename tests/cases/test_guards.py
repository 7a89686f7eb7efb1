"""The database itself refuses: timeline and audit only grow, a person's words stay as said."""

import pytest
from django.db import DatabaseError, connection, transaction

from kaimen.cases.models import Case, TimelineEntry
from kaimen.foundation.append_only import maintenance
from kaimen.foundation.models import AuditEntry
from tests.cases.cast import World

GROWING = [TimelineEntry, AuditEntry]


@pytest.mark.parametrize("model", GROWING)
def test_no_row_is_changed(park: World, model: type) -> None:
    park.case()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(params={})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.filter(pk=model.objects.first().pk).update(at="2020-01-01T00:00Z")


@pytest.mark.parametrize("model", GROWING)
def test_no_row_is_taken_out_but_in_maintenance(park: World, model: type) -> None:
    park.case()
    count = model.objects.count()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.all().delete()
    assert model.objects.count() == count
    with maintenance("a court says so"):
        model.objects.all().delete()
    assert model.objects.count() == 0
    park.case()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.all().delete()


def test_a_case_with_a_timeline_cannot_be_taken_out_past_it(park: World) -> None:
    case = park.case()
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=case.pk).delete()
        connection.check_constraints()


def test_the_words_cannot_be_changed_and_everything_else_can(park: World) -> None:
    case = park.case()
    with pytest.raises(DatabaseError, match="as said"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(words="没有意见")
    case.title = "停车"
    case.save()
    assert (park.fresh(case).title, park.fresh(case).words) == ("停车", "停车位太少，晚上没地方停。")
