"""What every need writes to has no index that a longer one makes needless."""

import pytest
from django.apps import apps
from django.db import connection

WRITTEN = (
    "cases.Case",
    "cases.Promise",
    "cases.TimelineEntry",
    "foundation.AuditEntry",
    "foundation.Notice",
    "intake.Submission",
)


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRITTEN)
def test_no_index_is_the_beginning_of_another(name: str) -> None:
    table = apps.get_model(name)._meta.db_table
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    indexes = {key: about["columns"] for key, about in found.items() if about["index"] and about["columns"]}
    for key, columns in indexes.items():
        longer = [k for k, c in indexes.items() if len(c) > len(columns) and c[: len(columns)] == columns]
        assert not longer or found[key]["unique"], f"{key} is covered by {longer}"
