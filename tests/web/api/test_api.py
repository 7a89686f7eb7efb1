"""/api/v1: people with their session and its CSRF token, machines with a key, both with no more than they may."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kaimen.cases import actions
from kaimen.cases.models import Case, TimelineEntry
from kaimen.foundation.models import Account, AuditEntry, Place
from tests.cast import World, at, signed_in
from tests.intake.open311.cast import key_for

API = "/api/v1"
WORDS = "宿舍热水晚上十点就停，我的电话 13800000009"


def call(who: Any, method: str, path: str, expect: int = 200, body: Any = None, **headers: str) -> Any:
    """`who`: a Client, or the secret of a key."""
    client = who if isinstance(who, Client) else Client()
    if isinstance(who, str) and who:
        headers["X-Api-Key"] = who
    data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    answer = getattr(client, method)(f"{API}{path}", **data, headers=headers)
    assert answer.status_code == expect, answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    found = answer.json()
    if expect >= 400:
        assert set(found) == {"code", "message", "fields"}
        assert found["message"]
    return found


def acting_key(park: World, scope: str, person: Any) -> str:
    Account.objects.get_or_create(person=person, defaults={"username": f"p{person.pk}"})
    return key_for(park, (scope,), acts_for=person)


def test_nobody_comes_in_without_a_session_or_a_key(park: World) -> None:
    for path in ("/services", "/figures", "/cases", "/tasks", "/needs/KM-2026-00001"):
        assert call("", "get", path, 401)["code"] == "sign_in"
    assert call("", "post", "/needs", 401, {"words": "停车"})["code"] == "sign_in"
    assert call("km_00000000_" + "x" * 32, "get", "/services", 401)["code"] == "key_unknown"
    assert call(key_for(park), "get", "/cases", 403)["code"] == "key_scope"


def test_a_session_keeps_its_csrf_protection(park: World) -> None:
    client = signed_in(Client(enforce_csrf_checks=True), park.officer)
    assert call(client, "post", "/needs", 403, {"words": "停车"})["code"] == "csrf"
    assert not Case.objects.exists()
    client.get("/take")
    token = client.cookies["csrftoken"].value
    assert call(client, "post", "/needs", 201, {"words": "停车"}, **{"X-CSRFToken": token})["number"]
    # a key is no cookie: no other site can make a browser send it
    strict = Client(enforce_csrf_checks=True)
    call(strict, "post", "/needs", 201, {"words": "停车"}, **{"X-Api-Key": key_for(park)})


def test_a_key_says_a_need_and_follows_it(park: World) -> None:
    Place.objects.create(community=park.community, key="dorm", name="宿舍")
    key, other = key_for(park), key_for(park)
    body = {"words": WORDS, "service": "parking", "place": "dorm", "name": "示例林", "phone": "138 0000 0009"}
    made = call(key, "post", "/needs", 201, body, **{"Idempotency-Key": "4711"})
    assert call(key, "post", "/needs", 201, body, **{"Idempotency-Key": "4711"})["number"] == made["number"]
    assert Case.objects.count() == 1
    case = Case.objects.get()
    assert (case.channel, case.asker_phone) == ("api", "13800000009")
    assert {one["kind"] for one in made["promises"]} == {"first_answer", "solved"}
    actions.answer_case(case=case, text="锅炉修好了", by=park.officer, now=timezone.now())
    seen = call(key, "get", f"/needs/{made['number']}")
    assert (seen["state"], seen["answers"]) == ("answered", ["锅炉修好了"])
    assert seen["steps"][0]["said"] == "答复"
    call(other, "get", f"/needs/{made['number']}", 404)
    assert call(key, "post", "/needs", 422, {"words": "。"})["code"] == "nothing_said"
    assert call(key, "post", "/needs", 422, {"words": "停车", "phone": "1"})["fields"] == ["phone"]
    assert call(key, "post", "/needs", 422, {"words": "停车", "colour": "red"})["code"] == "invalid"
    assert call(key, "post", "/needs", 422, {"words": "停车", "service": "none"})["fields"] == ["service"]


def test_an_officer_takes_a_need_and_the_asker_follows_it(park: World) -> None:
    desk = signed_in(Client(), park.officer)
    made = call(desk, "post", "/needs", 201, {"words": "停车", "channel": "counter", "urgent": True})
    case = Case.objects.get(number=made["number"])
    assert (case.channel, case.urgent, case.submission.taken_by) == ("counter", True, park.officer)
    worker = signed_in(Client(), park.worker)
    call(worker, "get", f"/needs/{made['number']}", 404)
    call(worker, "post", "/needs", 403, {"words": "停车"})
    mine = park.case(asker=park.worker)
    assert call(worker, "get", f"/needs/{mine.number}")["number"] == mine.number


def test_cases_show_each_what_they_may_see(park: World) -> None:
    case = park.case(WORDS, asker_name="示例钱多多", asker_phone="13800000001", now=timezone.now())
    secret = park.case(WORDS, confidential=True, asker_name="示例钱多多", now=timezone.now())
    desk = signed_in(Client(), park.officer)
    whole = call(desk, "get", f"/cases/{case.number}")
    assert whole["words"] == WORDS
    assert whole["asker"]["phone"] == "138****0001"
    assert "多多" not in json.dumps(whole["asker"], ensure_ascii=False)
    colleague = signed_in(Client(), park.colleague)
    assert call(colleague, "get", f"/cases/{secret.number}")["asker"] is None
    key = key_for(park, ("cases:read",))
    for found in (call(key, "get", "/cases"), call(key, "get", f"/cases/{case.number}")):
        text = json.dumps(found, ensure_ascii=False)
        assert "热水" not in text
        assert "示例钱" not in text
        assert "138" not in text
    rows = call(key, "get", "/cases?size=1")
    assert (len(rows["items"]), rows["more"]) == (1, True)
    assert call(key, "get", "/cases?size=1&page=2")["more"] is False
    outsider = signed_in(Client(), park.elsewhere())
    assert call(outsider, "get", "/cases?whose=all")["items"] == []
    call(outsider, "get", f"/cases/{case.number}", 404)
    call(signed_in(Client(), park.worker), "get", "/cases", 403)
    assert call(desk, "get", "/cases?due=never", 422)["fields"] == ["due"]


def test_the_desk_list_is_the_desk(park: World) -> None:
    cases = [park.case(f"第 {n} 件：停车位太少", now=timezone.now()) for n in range(3)]
    park.case(owner=park.colleague, now=timezone.now())
    desk = signed_in(Client(), park.officer)
    assert {row["number"] for row in call(desk, "get", "/cases")["items"]} == {one.number for one in cases}
    assert len(call(desk, "get", "/cases?whose=all")["items"]) == 4
    assert call(desk, "get", "/cases?text=第 1 件&state=any")["items"][0]["number"] == cases[1].number


def test_progress_and_answer(park: World) -> None:
    case = park.case(now=timezone.now())
    desk = signed_in(Client(), park.officer)
    told = call(desk, "post", f"/cases/{case.number}/progress", body={"text": "明天去看", "seen": "received"})
    assert told["state"] == "in_hand"
    moved = call(desk, "post", f"/cases/{case.number}/answer", 409, {"text": "好了", "seen": "received"})
    assert moved["code"] == "moved"
    assert not case.answers.exists()
    assert call(desk, "post", f"/cases/{case.number}/answer", body={"text": "好了"})["state"] == "answered"
    assert call(desk, "post", f"/cases/{case.number}/progress", 409, {"text": "又去看"})["code"] == "closed"
    assert call(desk, "post", f"/cases/{case.number}/answer", 409, {"text": " "})["code"] == "no_words"
    manager = signed_in(Client(), park.manager)
    call(manager, "post", f"/cases/{case.number}/progress", 403, {"text": "看过"})


def test_a_key_answers_in_a_persons_name_and_the_audit_says_so(park: World) -> None:
    case = park.case(now=timezone.now())
    key = acting_key(park, "cases:write", park.officer)
    call(key, "post", f"/cases/{case.number}/progress", body={"text": "明天去看"})
    assert TimelineEntry.objects.get(case=case, code="progress").actor == park.officer
    row = AuditEntry.objects.get(verb="key.progress")
    assert (row.actor, row.params) == (park.officer, {"case": case.pk})
    park.officer.roles.update(active=False)
    for other in (case, park.case(owner=park.colleague, now=timezone.now())):
        call(key, "post", f"/cases/{other.number}/answer", 401, {"text": "好了"})


def test_tasks_for_those_they_were_given_to(park: World) -> None:
    case = park.case(WORDS, now=timezone.now())
    given: dict[str, Any] = {
        "cases": [case],
        "organisation": park.department,
        "title": "看一下",
        "detail": "请看",
    }
    task = actions.give_task(**given, days=3, by=park.officer, now=timezone.now())
    handler = signed_in(Client(), park.handler)
    row = call(handler, "get", "/tasks")["items"][0]
    assert (row["id"], row["state"], row["cases"][0]["number"]) == (task.pk, "asked", case.number)
    assert "13800000009" not in row["cases"][0]["words"]
    call(signed_in(Client(), park.chair), "get", f"/tasks/{task.pk}", 404)
    call(signed_in(Client(), park.officer), "get", "/tasks", 403)
    assert call(handler, "post", f"/tasks/{task.pk}/accept", body={})["state"] == "accepted"
    again = call(handler, "post", f"/tasks/{task.pk}/accept", 409, {"seen": "asked"})
    assert again["code"] == "moved"
    key = acting_key(park, "tasks:write", park.handler)
    done = call(key, "post", f"/tasks/{task.pk}/finish", body={"text": "画了 20 个车位"})
    assert (done["state"], done["reply"]) == ("done", "画了 20 个车位")
    assert call(key, "get", "/tasks")["items"] == []
    assert len(call(key, "get", "/tasks?done=true")["items"]) == 1
    late = actions.give_task(**given, days=3, by=park.officer, now=at("2026-03-02"))
    assert (
        call(handler, "post", f"/tasks/{late.pk}/return", 409, {"text": "不归我们"})["code"]
        == "too_late_to_return"
    )


def test_services_and_figures(park: World) -> None:
    key = key_for(park, ("services:read", "board:read"))
    assert [row["key"] for row in call(key, "get", "/services")["items"]] == ["parking"]
    assert call(key, "get", "/services?audience=enterprise")["items"] == []
    assert call(key, "get", "/services/parking")["solve_days"] == 10
    call(key, "get", "/services/none", 404)
    assert call(key, "get", "/figures")["total"] is None
    call(key, "get", "/figures?month=2020-01", 404)
    call(key, "get", "/services?community=none", 404)
    park.elsewhere()
    assert call(key, "get", "/services?community=elsewhere", 403)["code"] == "elsewhere"


def test_working_days_are_explained(park: World) -> None:
    key = key_for(park, ("services:read",))
    found = call(key, "get", "/calendar/deadline?start=2026-02-13&days=3")
    assert found["due"] == found["counted"][-1]["date"]
    assert len(found["counted"]) == 3
    assert {one["code"] for one in found["skipped"]} >= {"holiday"}  # Spring Festival of 2026
    days = call(key, "get", "/calendar/days?first=2026-02-13&last=2026-02-16")
    assert [day["working"] for day in days].count(True) >= 1
    for query in ("start=2026-02-30&days=3", "start=2026-02-13&days=0", "start=9999-12-31&days=2", "days=2"):
        assert call(key, "get", f"/calendar/deadline?{query}", 422)["code"] == "invalid"
    assert call(key, "get", "/calendar/days?first=2026-02-13&last=2028-02-16", 422)["code"] == "span"


def test_limits_hold_here_too(park: World) -> None:
    key = key_for(park, needs_per_hour=2)
    for _ in range(2):
        call(key, "post", "/needs", 201, {"words": "停车"})
    assert call(key, "post", "/needs", 429, {"words": "停车"})["code"] == "wait"


def test_broken_bodies_are_explained(park: World) -> None:
    key = key_for(park)
    for body in (b"{", b"[]", b"\xff", b'{"words": "\\ud800"}', b'{"words": 7}', b"null"):
        answer = Client().post(
            f"{API}/needs", body, content_type="application/json", headers={"X-Api-Key": key}
        )
        assert answer.status_code in (400, 422)
        assert answer.json()["message"]


def test_the_schema_and_its_page(park: World) -> None:
    schema = Client().get(f"{API}/openapi.json").json()
    assert schema["paths"]["/api/v1/needs"]["post"]["summary"].startswith("替人说")
    page = Client().get(f"{API}/docs")
    text = page.content.decode()
    assert "/api/v1/cases/{number}/answer" in text
    assert "cdn" not in text
    for path in ("", "/"):
        assert Client().get(f"{API}{path}").status_code == 404


@pytest.mark.parametrize("path", ["/cases", "/tasks", "/services"])
def test_queries_do_not_grow_with_the_rows(
    park: World, path: str, django_assert_max_num_queries: Any
) -> None:
    case = park.case(now=timezone.now())
    for n in range(5):
        other = park.case(f"停车 {n}", now=timezone.now())
        actions.give_task(
            cases=[case, other],
            organisation=park.department,
            title="看",
            detail="看",
            days=2,
            by=park.officer,
            now=timezone.now(),
        )
    who = signed_in(Client(), park.handler if path == "/tasks" else park.officer)
    with django_assert_max_num_queries(9):
        call(who, "get", path)
