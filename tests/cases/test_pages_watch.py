"""The supervisor's board: what is late, what waits for a decision, and the buttons for each."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kaimen.cases import actions
from kaimen.cases.models import Case, Extension, Refusal
from tests.cases.cast import World
from tests.cases.doors import signed_in

pytestmark = pytest.mark.django_db


def now() -> Any:
    return timezone.now()


def refused(park: World) -> tuple[Case, Refusal]:
    case = park.case(now=now() - timedelta(days=1))
    refusal = actions.propose_refusal(
        case=case, clause="第三条", reason="没有地", other_way="", by=park.officer, now=now()
    )
    return case, refusal


def extension(park: World) -> Extension:
    case = park.case(now=now())
    promise = case.promises.get(kind="solved")
    return actions.ask_extension(promise=promise, days=3, reason="等批复", by=park.officer, now=now())


def test_it_shows_late_load_and_bad_ratings_with_their_words(park: World) -> None:
    late = park.case(words="热水停了", now=now() - timedelta(days=20))
    case = park.case(words="厕所坏了", now=now() - timedelta(days=1))
    actions.answer_case(case=case, text="报修了", by=park.officer, now=now())
    actions.rate_case(case=case, score=1, solved="no", comment="没人来", by=None, now=now())
    shown = signed_in(park.supervisor).get("/watch/").content.decode()
    assert late.number in shown
    assert "没人来" in shown
    assert f"/desk/{case.number}?do=call_back" in shown
    assert "示例王" in shown


def test_an_extension_is_agreed_or_not(park: World) -> None:
    one, two = extension(park), extension(park)
    client = signed_in(park.supervisor)
    assert client.post(f"/watch/extension/{one.pk}", {"agree": "yes"}).status_code == 302
    assert client.post(f"/watch/extension/{two.pk}", {"agree": "no"}).status_code == 302
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.decision, two.decision) == ("agreed", "refused")
    assert client.post(f"/watch/extension/{one.pk}", {"agree": "no"}).status_code == 404


def test_a_refusal_is_signed_or_sent_back_with_a_reason(park: World) -> None:
    case, refusal = refused(park)
    client = signed_in(park.supervisor)
    assert "没有地" in client.get("/watch/").content.decode()
    bare = client.post(f"/watch/refusal/{refusal.pk}", {"agree": "no", "note": ""})
    assert bare.status_code == 422
    assert "不同意要说明原因" in bare.content.decode()
    assert client.post(f"/watch/refusal/{refusal.pk}", {"agree": "yes", "note": ""}).status_code == 302
    assert park.fresh(case).state == "declined"
    _, second = refused(park)
    client.post(f"/watch/refusal/{second.pk}", {"agree": "no", "note": "再问问东门"})
    second.refresh_from_db()
    assert (second.decision, second.signer_note) == ("refused", "再问问东门")


def test_an_appeal_is_decided_by_the_level_above_only(park: World) -> None:
    case, refusal = refused(park)
    actions.sign_refusal(refusal=refusal, agree=True, by=park.supervisor, now=now())
    actions.appeal(refusal=refusal, text="别的厂都有", by=None, now=now())
    path = f"/watch/appeal/{refusal.pk}"
    below = signed_in(park.supervisor)
    assert "别的厂都有" not in below.get("/watch/").content.decode()
    assert below.post(path, {"agree": "yes", "note": "有理"}).status_code == 404
    above = signed_in(park.above)
    assert "别的厂都有" in above.get("/watch/").content.decode()
    assert above.post(path, {"agree": "yes", "note": ""}).status_code in (409, 422)
    assert above.post(path, {"agree": "yes", "note": "有理"}).status_code == 302
    assert park.fresh(case).state == "reopened"


def test_who_is_no_supervisor_decides_nothing(park: World) -> None:
    _, refusal = refused(park)
    for person in (park.officer, park.manager, park.handler, park.asker):
        assert signed_in(person).post(f"/watch/refusal/{refusal.pk}", {"agree": "yes"}).status_code == 403
    refusal.refresh_from_db()
    assert refusal.decision == "pending"


def test_another_communitys_decisions_are_hidden(park: World) -> None:
    from kaimen.foundation.organisations import give_role

    _, refusal = refused(park)
    stranger = park.elsewhere()
    give_role(person=stranger, kind="supervisor", organisation=stranger.roles.get().organisation, by=None)
    client = signed_in(stranger)
    assert "没有地" not in client.get("/watch/").content.decode()
    assert client.post(f"/watch/refusal/{refusal.pk}", {"agree": "yes"}).status_code == 404


def test_the_board_does_not_ask_more_for_more_cases(park: World) -> None:
    client = signed_in(park.supervisor)
    extension(park)
    refused(park)
    park.case(now=now() - timedelta(days=20))
    client.get("/watch/")
    with CaptureQueriesContext(connection) as few:
        client.get("/watch/")
    for _ in range(5):
        extension(park)
        refused(park)
        park.case(now=now() - timedelta(days=20))
    with CaptureQueriesContext(connection) as many:
        client.get("/watch/")
    assert len(many) == len(few) <= 25
