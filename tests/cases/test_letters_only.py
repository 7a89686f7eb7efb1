"""What was searched before is searched as it is now (migration 0012)."""

from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.db import connection

from kaimen.cases.models import CaseText
from kaimen.cases.search import matching
from kaimen.logic.text import letters
from tests.cases.cast import World

WORDS = "差3.5个小时。能不能补 A3？"


def test_texts_of_before_are_written_anew_where_a_phrase_is_looked_for_in_them(park: World) -> None:
    case = park.case(words=WORDS)
    before = "差 3.5 个 小 时 。 能 不 能 补 A3 ?"
    CaseText.objects.filter(case=case).update(body=before)
    import_module("kaimen.cases.migrations.0012_letters_only").write_anew(
        apps, SimpleNamespace(connection=connection)
    )
    body = CaseText.objects.get(case=case).body
    assert body == (letters(WORDS) if connection.vendor == "postgresql" else before)
    assert matching("小时能不能", [park.community.pk]) == [case.pk]
    assert matching("a3", [park.community.pk]) == [case.pk]
