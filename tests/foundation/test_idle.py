"""A desk left open shuts itself; whoever works on, and residents, stay signed in."""

from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kaimen.foundation.idle import EVERY, SEEN
from kaimen.foundation.models import Account
from tests.cast import World, signed_in


def left(client: Client, ago: timedelta) -> Client:
    """The client, its last request as long ago as that."""
    session = client.session
    session[SEEN] = (timezone.now() - ago).timestamp()
    session.save()
    return client


def in_there(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_desk_left_open_is_signed_out_and_told_why(park: World) -> None:
    client = left(signed_in(Client(), park.officer), timedelta(hours=8, minutes=1))
    answer = client.get("/desk/", follow=True)
    assert answer.redirect_chain[0][0].startswith(reverse("sign_in"))
    assert "有 8 个小时没有用" in answer.content.decode()
    assert not in_there(client)


def test_what_was_being_typed_comes_back(park: World) -> None:
    case = park.case()
    client = left(signed_in(Client(), park.officer), timedelta(hours=9))
    answer = client.post(f"/desk/{case.number}/do/answer", {"text": "写了一上午的答复"})
    assert answer.status_code == 403
    assert "写了一上午的答复" in answer.content.decode()
    assert not case.answers.exists()


def test_who_works_on_and_who_holds_no_role_stay(park: World) -> None:
    for person, ago in ((park.officer, timedelta(hours=7, minutes=59)), (park.worker, timedelta(days=3))):
        client = left(signed_in(Client(), person), ago)
        client.get("/")
        assert in_there(client)
        assert client.session[SEEN] > timezone.now().timestamp() - 60  # and counts anew from here


def test_the_hours_are_a_setting(park: World, settings: Any) -> None:
    settings.STAFF_IDLE_HOURS = 1
    client = left(signed_in(Client(), park.officer), timedelta(minutes=61))
    client.get("/")
    assert not in_there(client)


def test_a_session_that_says_nothing_counts_from_the_sign_in(park: World) -> None:
    client = signed_in(Client(), park.officer)
    Account.objects.filter(person=park.officer).update(last_login=timezone.now() - timedelta(hours=9))
    client.get("/")
    assert not in_there(client)


def test_the_interface_is_shut_as_well(park: World) -> None:
    client = left(signed_in(Client(), park.officer), timedelta(hours=9))
    assert client.get("/api/v1/cases").status_code == 401


def test_a_request_soon_after_the_last_writes_nothing(park: World) -> None:
    client = left(signed_in(Client(), park.officer), timedelta(seconds=EVERY - 30))
    with CaptureQueriesContext(connection) as asked:
        client.get("/desk/")
    assert not [one for one in asked if "UPDATE" in one["sql"] and Session._meta.db_table in one["sql"]]
