"""From the release before, with data in place: nothing lost, guards still on, the audit whole, the house open.

Two databases are migrated from nothing here, and one of them forward: some seconds each.
"""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from kaimen.cases import actions
from kaimen.cases.models import Case, TimelineEntry
from kaimen.cases.search import matching
from kaimen.foundation import backup, sealing
from kaimen.foundation.models import AuditEntry, AuditSeal
from tests.cases.test_open_counts import counted, known
from tests.cast import at, signed_in
from tests.doors.world import House, furnish

from . import older
from .place import elsewhere


@pytest.fixture
def house(transactional_db: None, settings: Any, tmp_path: Path) -> House:
    """One of everything that an address can name, and a sealed audit."""
    settings.MEDIA_ROOT = tmp_path / "media"
    made = furnish()
    case = made.people.case(words="东门早上没地方停车")
    actions.answer_case(case=case, text="划好线了", by=made.people.officer, now=at("2026-03-03"))
    sealing.seal(timezone.now() + sealing.SETTLE * 2)
    return made


def test_data_of_the_release_before_goes_forward_whole(house: House, settings: Any, tmp_path: Path) -> None:
    today, people = older.everything(), house.people
    with elsewhere(tmp_path / "older", settings):
        missing = older.one_back()
        older.fill(today)
        before = older.everything()
        assert len(before["cases_case"].rows) > 3 and before["foundation_auditseal"].rows
        made, _ = backup.make(tmp_path / "older.tar", timezone.now())
        call_command("migrate", interactive=False, verbosity=0)
        assert older.differences(before, older.everything()) == []
        open_and_guarded(people)
    assert missing, "no room had an older state: this test would prove nothing"
    with elsewhere(tmp_path / "restored", settings):
        done = backup.restore(made)
        assert done.upgraded >= len(missing), "an older backup is brought to the state of the code"
        assert older.differences(before, older.everything()) == []
        open_and_guarded(people)


def open_and_guarded(people: Any) -> None:
    """What a database must be able to do and to refuse after an upgrade."""
    call_command("migrate", check_unapplied=True, verbosity=0)
    assert AuditSeal.objects.exists() and sealing.verify() == []
    assert known() == counted() and any(known().values())
    with connection.cursor() as cursor:
        connection.check_constraints()
        cursor.execute("SELECT 1")
    for table, change in (
        (AuditEntry.objects.all(), {"verb": "x"}),
        (TimelineEntry.objects.all(), {"code": "x"}),
        (Case.objects.all(), {"words": "改过"}),
    ):
        with pytest.raises(Exception, match=r"append-only|words of a case stay"), transaction.atomic():
            table.update(**change)
    assert len(matching("停车", [people.community.pk])) >= 1, "full text"
    client = signed_in(Client(), people.officer)
    assert [client.get(page).status_code for page in ("/", "/board/", "/desk/", "/list/")] == [200] * 4
    newest = Case.objects.order_by("-pk")[0]
    made = people.case(words="升级以后的事，停车")
    assert made.pk > newest.pk
    assert made.pk in matching("升级以后", [people.community.pk])
