"""What is kept in memory is never old: the database renews the stamp with every change, whoever makes it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from kaimen.catalogue.models import Service
from kaimen.foundation import reference
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Absence, Account, Organisation, Person, Place, Role
from tests.cast import World


def account_of(person: Person) -> "QuerySet[Account]":
    Account.objects.get_or_create(person=person, defaults={"username": f"p{person.pk}"})
    return Account.objects.filter(person=person)


def changes(park: World) -> dict[str, Callable[[], object]]:
    today = date(2026, 3, 2)
    return {
        "a name": lambda: Organisation.objects.filter(pk=park.firm.pk).update(name="示例新名"),
        "a place": lambda: Place.objects.create(community=park.community, key="gate", name="东门"),
        "a role": lambda: Role.objects.create(
            person=park.stranger, kind=RoleKind.OFFICER, organisation=park.community
        ),
        "a role gone": lambda: Role.objects.filter(person=park.officer).delete(),
        "an absence": lambda: Absence.objects.create(person=park.officer, first_day=today, last_day=today),
        "a person": lambda: Person.objects.filter(pk=park.officer.pk).update(name="示例改"),
        "an account stopped": lambda: account_of(park.officer).update(is_active=False),
        "a service": lambda: Service.objects.filter(pk=park.service.pk).update(solve_days=3),
    }


WHAT = [
    "a name",
    "a place",
    "a role",
    "a role gone",
    "an absence",
    "a person",
    "an account stopped",
    "a service",
]


@pytest.mark.parametrize("what", WHAT)
def test_every_change_is_seen(park: World, what: str) -> None:
    read: list[int] = []
    for _ in range(2):
        reference.recall("test", lambda: read.append(1))
    assert len(read) == 1
    changes(park)[what]()
    reference.recall("test", lambda: read.append(1))
    assert len(read) == 2


def test_signing_in_throws_nothing_away(park: World) -> None:
    account, read = account_of(park.officer), list[int]()
    reference.recall("test", lambda: read.append(1))
    account.update(last_login=timezone.now())
    reference.recall("test", lambda: read.append(1))
    assert len(read) == 1


def test_what_was_rolled_back_is_forgotten(park: World) -> None:
    def name() -> str:
        return Organisation.objects.get(pk=park.firm.pk).name

    assert reference.recall("firm", name) == park.firm.name
    with transaction.atomic():
        Organisation.objects.filter(pk=park.firm.pk).update(name="示例新名")
        assert reference.recall("firm", name) == "示例新名"
        transaction.set_rollback(True)
    assert reference.recall("firm", name) == park.firm.name


def test_every_watched_table_has_its_triggers(db: None) -> None:
    reference.install()  # once more changes nothing
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_reference'")
        else:
            cursor.execute(
                "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_reference_%'"
            )
        assert {row[0] for row in cursor.fetchall()} == set(reference.WATCHED)


def test_one_look_lasts_until_it_ends(park: World) -> None:
    def name() -> str:
        return reference.recall("name", lambda: Organisation.objects.get(pk=park.firm.pk).name)

    before = name()
    with reference.one_look():
        assert name() == before
        Organisation.objects.filter(pk=park.firm.pk).update(name="示例新名")
        assert name() == before  # as it was at the first look
    assert name() == "示例新名"


def test_the_last_look_asks_nobody_and_says_whether_it_still_holds(
    park: World, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    before = reference.recall("name", lambda: park.firm.name)
    with reference.last_look() as look:
        with django_assert_num_queries(0):
            assert reference.recall("name", lambda: "?") == before
        assert not look.sure
        assert reference.still_so(look) and look.sure
    with reference.last_look() as look:
        Organisation.objects.filter(pk=park.firm.pk).update(name="示例新名")
        with django_assert_num_queries(1), reference.one_look():
            assert not reference.still_so(look)
            assert not reference.still_so(look)  # read once
        assert not look.sure


def test_a_last_look_ends_when_another_thread_knows_better(park: World) -> None:
    reference.recall("name", lambda: park.firm.name)
    with reference.last_look():
        Organisation.objects.filter(pk=park.firm.pk).update(name="示例新名")
        with reference.one_look():  # as if it were another thread
            assert reference.recall("name", lambda: "示例新名") == "示例新名"
        with pytest.raises(reference.Changed):
            reference.recall("name", lambda: park.firm.name)
    assert reference.recall("name", lambda: "?") == "示例新名"


def test_before_anything_is_known_the_last_look_is_the_first(
    park: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "_kept", ("", {}))
    with reference.last_look() as look:
        assert reference.recall("name", lambda: "示例") == "示例"
        assert look.sure and look.stamp
