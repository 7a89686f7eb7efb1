"""Somebody leaves: with the role or the account every way in ends at the next request, not at the next sign-in."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from kaimen.cases import actions, feeds, links
from kaimen.cases.actions.feeding import make_feed
from kaimen.cases.models import TimelineEntry
from kaimen.foundation import staff
from kaimen.foundation.delivering import deliver
from kaimen.foundation.models import Account, Delivery, Person, Role
from tests.cast import World, signed_in
from tests.intake.open311.cast import key_for

DESK = ("/desk/", "/desk/export.csv", "/visits/", "/take", "/me/due", "/find?q=停车")


def knocks(client: Client, addresses: tuple[str, ...]) -> set[int]:
    return {client.get(address).status_code for address in addresses}


def withdraw(park: World, person: Person) -> None:
    for role in Role.objects.filter(person=person, active=True):
        staff.take_back(role=role, by=park.manager)


@pytest.mark.django_db
def test_an_open_session_ends_at_the_desk_with_the_role(park: World) -> None:
    case = park.case(
        words="停车", now=timezone.now()
    )  # the leaver's own: it stays theirs until it is handed over
    office = signed_in(Client(), park.officer)
    assert knocks(office, (*DESK, f"/desk/{case.number}")) == {200}
    withdraw(park, park.officer)
    assert knocks(office, (*DESK, f"/desk/{case.number}")) == {403}
    assert office.post(f"/desk/{case.number}/do/answer", {"text": "不办了"}).status_code == 403
    assert office.post(f"/desk/{case.number}/phone", {"purpose": "call"}).status_code == 403
    assert not case.answers.exists()


@pytest.mark.django_db
def test_an_open_session_ends_with_the_account(park: World) -> None:
    office = signed_in(Client(), park.officer)
    staff.set_active(person=park.officer, active=False, by=park.manager)
    for address in DESK:
        answer = office.get(address)
        assert answer.status_code == 302 and answer["Location"].startswith("/in"), address


@pytest.mark.django_db
def test_their_calendar_and_their_key_end_with_the_role(park: World) -> None:
    """The key acts in their name: with no more than their own session could."""
    case = park.case(words="停车", now=timezone.now())
    Account.objects.get_or_create(person=park.officer, defaults={"username": "officer"})
    calendar = feeds.feed_url(make_feed(by=park.officer, now=timezone.now())).partition("//")[2]
    key = {"X-Api-Key": key_for(park, ("cases:write",), acts_for=park.officer)}

    def say(text: str) -> tuple[int, str]:
        answer = Client().post(
            f"/api/v1/cases/{case.number}/progress",
            json.dumps({"text": text}),
            content_type="application/json",
            headers=key,
        )
        return answer.status_code, answer.json().get("code", "")

    assert say("明天去看") == (200, "")
    assert Client().get(f"/{calendar.partition('/')[2]}").status_code == 200
    withdraw(park, park.officer)
    assert say("不办了") == (401, "key_nobody")
    assert Client().get(f"/{calendar.partition('/')[2]}").status_code == 404
    assert TimelineEntry.objects.filter(case=case, code="progress").count() == 1


@pytest.mark.django_db
def test_a_link_to_a_task_ends_with_the_account_it_was_made_for(park: World) -> None:
    case, now = park.case(words="停车", now=timezone.now()), timezone.now()
    task = actions.give_task(
        cases=[case], organisation=park.department, title="看", detail="看", days=3, by=park.officer, now=now
    )
    Account.objects.get_or_create(person=park.handler, defaults={"username": "handler"})
    theirs, _token = actions.make_task_link(task=task, for_person=park.handler, by=park.officer, now=now)
    anyones, _token = actions.make_task_link(task=task, for_person=None, by=park.officer, now=now)
    paths = [links.task_path(link) for link in (theirs, anyones)]
    assert [Client().get(path).status_code for path in paths] == [200, 200]
    staff.set_active(person=park.handler, active=False, by=park.manager)
    assert [Client().get(path).status_code for path in paths] == [404, 200]


@pytest.mark.django_db
def test_no_mail_goes_to_somebody_whose_account_was_stopped(park: World) -> None:
    """What comes in for them stays in the house; the address may be one of their own."""
    Person.objects.filter(pk=park.officer.pk).update(email="left@example.org")
    park.officer.refresh_from_db()
    Account.objects.get_or_create(person=park.officer, defaults={"username": "officer"})
    staff.set_active(person=park.officer, active=False, by=park.manager)
    park.case(words="停车", now=timezone.now())
    mail = Delivery.objects.get(channel="email")
    assert deliver.func(mail.pk) == "failed"
    mail.refresh_from_db()
    assert mail.problem == "account_stopped"
