"""Managers and the people under them: found, revealed with a trace, given roles, never beyond their subtree."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kaimen.foundation import staff
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Account, DataRead, Employment, Notice, Organisation, Person, Role
from kaimen.foundation.organisations import give_role
from kaimen.foundation.permissions import has_role
from tests.foundation.cast import Cast, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return build()


@pytest.fixture
def office(cast: Cast) -> Client:
    return cast.client(cast.manager)


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_only_managers_come_in(cast: Cast) -> None:
    for page in ("manage_people", "manage_person_add", "manage_organisations"):
        assert Client().get(reverse(page)).status_code == 302
        assert cast.client(cast.worker).get(reverse(page)).status_code == 403
        assert cast.client(cast.officer).get(reverse(page)).status_code == 403
        assert cast.client(cast.manager).get(reverse(page)).status_code == 200


def test_the_list_masks_workers_and_knows_only_this_subtree(cast: Cast, office: Client) -> None:
    text = office.get(reverse("manage_people")).content.decode()
    assert "138****0001" in text
    assert "13800000001" not in text
    assert cast.worker.name not in text
    assert cast.officer.name in text, "who works for others is named"
    assert "138****0005" not in text
    assert "138****0005" in cast.client(cast.manager_above).get(reverse("manage_people")).content.decode()


@pytest.mark.parametrize(
    ("words", "found"), [("例工", True), ("138 0000 0001", True), ("13800000005", False)]
)
def test_people_are_found_by_name_or_whole_phone(office: Client, words: str, found: bool) -> None:
    text = office.get(reverse("manage_people"), {"q": words}).content.decode()
    assert ("138****0001" in text) is found


def test_the_list_asks_as_often_for_fifty_as_for_five(
    cast: Cast, office: Client, django_assert_max_num_queries: Any
) -> None:
    people = Person.objects.bulk_create(Person(name=f"示例{n}") for n in range(60))
    Employment.objects.bulk_create(Employment(person=p, organisation=cast.firm) for p in people)
    with django_assert_max_num_queries(16):
        office.get(reverse("manage_people"))


def test_somebody_elsewhere_does_not_exist_here(cast: Cast, office: Client) -> None:
    assert office.get(reverse("manage_person", args=[cast.outsider.pk])).status_code == 404
    for page in ("manage_reveal", "manage_role_give", "manage_absence_add", "manage_password_link"):
        assert office.post(reverse(page, args=[cast.outsider.pk])).status_code == 404
    assert not DataRead.objects.exists()


# ── reading personal data leaves a trace ──


def test_a_reveal_is_recorded_and_seen_by_the_person(cast: Cast, office: Client) -> None:
    url = reverse("manage_reveal", args=[cast.worker.pk])
    assert "13800000001" not in office.get(reverse("manage_person", args=[cast.worker.pk])).content.decode()
    answer = office.post(url, {"what": "phone", "purpose": "call_back"})
    assert "13800000001" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    read = DataRead.objects.get()
    assert (read.person, read.reader, read.what, read.purpose) == (
        cast.worker,
        cast.manager,
        "phone",
        "call_back",
    )
    mine = cast.client(cast.worker).get(reverse("me")).content.decode()
    assert cast.manager.name in mine
    assert "看了手机号 · 要回电话" in mine


@pytest.mark.parametrize(
    "asked",
    [
        {"what": "phone"},
        {"what": "phone", "purpose": "curious"},
        {"what": "phone_digest", "purpose": "verify"},
    ],
)
def test_no_reveal_without_a_purpose_or_of_anything_else(
    cast: Cast, office: Client, asked: dict[str, str]
) -> None:
    answer = office.post(reverse("manage_reveal", args=[cast.worker.pk]), asked)
    assert "13800000001" not in answer.content.decode()
    assert not DataRead.objects.exists()


def test_a_reveal_needs_a_press(cast: Cast, office: Client) -> None:
    assert office.get(reverse("manage_reveal", args=[cast.worker.pk])).status_code == 405


# ── roles ──


def give(client: Client, person: Person, kind: RoleKind, at: Organisation) -> Any:
    return client.post(reverse("manage_role_give", args=[person.pk]), {"kind": kind, "organisation": at.pk})


def test_a_role_is_given_told_and_taken(cast: Cast, office: Client) -> None:
    give(office, cast.worker, RoleKind.HANDLER, cast.firm)
    assert has_role(fresh(cast.worker), RoleKind.HANDLER, cast.firm)
    role = Role.objects.get(person=cast.worker)
    office.post(reverse("manage_role_take", args=[cast.worker.pk, role.pk]))
    assert not has_role(fresh(cast.worker), RoleKind.HANDLER, cast.firm)
    assert set(Notice.objects.filter(person=cast.worker).values_list("code", flat=True)) == {
        "role_given",
        "role_taken",
    }


def test_no_role_above_or_beside_the_own_subtree(cast: Cast, office: Client) -> None:
    for at in (cast.federation, cast.elsewhere):
        assert give(office, cast.worker, RoleKind.MANAGER, at).status_code == 200
    assert not Role.objects.filter(person=cast.worker).exists()
    with pytest.raises(staff.NotAllowed):
        staff.grant(person=cast.worker, kind=RoleKind.MANAGER, organisation=cast.federation, by=cast.manager)


def test_nobody_takes_their_own_managers_role(cast: Cast, office: Client) -> None:
    role = Role.objects.get(person=cast.manager)
    office.post(reverse("manage_role_take", args=[cast.manager.pk, role.pk]))
    role.refresh_from_db()
    assert role.active


# ── accounts ──


def test_an_account_of_somebody_with_wider_roles_is_out_of_reach(cast: Cast, office: Client) -> None:
    give_role(person=cast.officer, kind=RoleKind.SUPERVISOR, organisation=cast.federation, by=None)
    office.post(reverse("manage_password_link", args=[cast.officer.pk]), {"username": "officer"})
    office.post(reverse("manage_account", args=[cast.officer.pk]), {"active": "0"})
    office.post(reverse("manage_second_factor", args=[cast.officer.pk]))
    account = Account.objects.get(person=cast.officer)
    assert account.is_active
    assert not account.password_links.exists()
    above = cast.client(cast.manager_above)
    above.post(reverse("manage_password_link", args=[cast.officer.pk]), {"username": "officer"})
    assert account.password_links.exists()


def test_opening_an_account_shows_the_link_once(cast: Cast, office: Client) -> None:
    url = reverse("manage_password_link", args=[cast.worker.pk])
    text = office.post(url, {"username": "newcomer"}).content.decode()
    assert "/in/first/" in text
    assert "/in/first/" not in office.get(reverse("manage_person", args=[cast.worker.pk])).content.decode()
    assert Account.objects.get(username="newcomer").person == cast.worker


@pytest.mark.parametrize("username", ["officer", "Officer", "1abc", "ab", "a b c", "x" * 31])
def test_user_names_are_checked_and_unique(cast: Cast, username: str) -> None:
    with pytest.raises(staff.NotAllowed) as refused:
        staff.make_password_link(person=cast.worker, username=username, by=cast.manager, now=timezone.now())
    assert refused.value.code in {"username_form", "username_taken"}


def test_a_stopped_account_ends_at_its_next_page(cast: Cast, office: Client) -> None:
    browser = cast.client(cast.worker)
    assert browser.get(reverse("me")).status_code == 200
    office.post(reverse("manage_account", args=[cast.worker.pk]), {"active": "0"})
    assert browser.get(reverse("me")).status_code == 302
    office.post(reverse("manage_account", args=[cast.worker.pk]), {"active": "1"})
    assert browser.get(reverse("me")).status_code == 200


# ── the rest of the page ──


def test_absences_are_noted_and_dropped(cast: Cast, office: Client) -> None:
    url = reverse("manage_absence_add", args=[cast.officer.pk])
    backwards = {"first_day": "2099-01-05", "last_day": "2099-01-02", "reason": "示例"}
    assert "回来的日子比走的日子还早" in office.post(url, backwards).content.decode()
    office.post(url, {"first_day": "2099-01-02", "last_day": "2099-01-05", "reason": "示例"})
    absence = cast.officer.absences.get()
    assert "示例" in office.get(reverse("manage_person", args=[cast.officer.pk])).content.decode()
    office.post(reverse("manage_absence_drop", args=[cast.officer.pk, absence.pk]))
    assert not cast.officer.absences.exists()


def test_somebody_is_added_by_hand_once(cast: Cast, office: Client) -> None:
    new = {"name": "示例新人", "phone": "139 0000 0001", "title": "", "organisation": cast.firm.pk}
    assert office.post(reverse("manage_person_add"), new).status_code == 302
    assert "已经是别人的了" in office.post(reverse("manage_person_add"), new).content.decode()
    assert Person.objects.filter(name="示例新人").count() == 1
    outside = new | {"phone": "13900000002", "organisation": cast.elsewhere.pk}
    assert office.post(reverse("manage_person_add"), outside).status_code == 200
    assert Person.objects.filter(name="示例新人").count() == 1
