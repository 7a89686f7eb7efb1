"""The handler's side: the inbox, and one link that opens one task and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kaimen.cases import actions, links
from kaimen.cases.models import Case, Extension, Task
from kaimen.foundation.models import Attachment
from tests.cases.cast import World
from tests.cases.doors import signed_in

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def now() -> Any:
    return timezone.now()


def given(park: World, *cases: Case, **changes: Any) -> Task:
    wanted = {
        "cases": cases or [park.case(now=now())],
        "organisation": park.department,
        "title": "早高峰先劝离",
        "detail": "能不能先劝离不贴条",
        "days": 3,
        "by": park.officer,
        "now": now(),
    }
    return actions.give_task(**(wanted | changes))


def link_to(park: World, task: Task, **changes: Any) -> str:
    made, _ = actions.make_task_link(
        **({"task": task, "for_person": None, "by": park.officer, "now": now()} | changes)
    )
    return links.task_path(made)


def test_the_inbox_shows_ours_and_not_another_organisations(park: World) -> None:
    given(park)
    given(park, organisation=park.firm, title="厂里的事")
    shown = signed_in(park.handler).get("/tasks/").content.decode()
    assert "早高峰先劝离" in shown
    assert "厂里的事" not in shown


def test_another_organisations_task_is_hidden(park: World) -> None:
    task = given(park, organisation=park.firm)
    client = signed_in(park.handler)
    assert client.get(f"/tasks/{task.pk}").status_code == 404
    assert client.post(f"/tasks/{task.pk}/do/accept").status_code == 404
    task.refresh_from_db()
    assert task.state == "asked"


def test_accepting_and_replying_with_a_file(park: World) -> None:
    task = given(park)
    client = signed_in(park.handler)
    assert client.post(f"/tasks/{task.pk}/do/accept", {"seen": "asked"}).status_code == 302
    files = [SimpleUploadedFile("方案.pdf", PDF, "application/pdf")]
    done = client.post(
        f"/tasks/{task.pk}/do/finish", {"seen": "accepted", "reply": "先劝离", "attached": files}
    )
    assert done.status_code == 302
    task.refresh_from_db()
    assert (task.state, task.reply, task.handler) == ("done", "先劝离", park.handler)
    kept = task.cases.get().attachments.get()
    assert kept.attachment.content_type == "application/pdf"
    assert not kept.shown_to_asker
    assert "早高峰先劝离" not in client.get("/tasks/").content.decode()


def test_a_file_that_is_none_is_refused_and_nothing_sent(park: World) -> None:
    task = given(park)
    files = [SimpleUploadedFile("x.pdf", b"MZ\x90", "application/pdf")]
    response = signed_in(park.handler).post(
        f"/tasks/{task.pk}/do/finish", {"reply": "写好的回话", "attached": files}
    )
    assert response.status_code == 422
    assert "写好的回话" in response.content.decode()
    task.refresh_from_db()
    assert task.state == "asked"


def test_the_link_opens_one_task_without_an_account(park: World) -> None:
    case = park.case(words="我电话 13812342201，贴条太狠", asker_name="陈小明", now=now())
    path = link_to(park, given(park, case))
    response = Client().get(path)
    shown = response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "same-origin"
    assert "贴条太狠" in shown
    assert "陈＊＊" in shown
    for hidden in ("13812342201", "陈小明", links.track_token(case)):
        assert hidden not in shown
    assert Client().get("/tasks/").status_code == 302


def test_a_confidential_asker_is_not_even_a_surname(park: World) -> None:
    case = park.case(asker_name="陈小明", confidential=True, now=now())
    assert "陈＊" not in Client().get(link_to(park, given(park, case))).content.decode()


def test_working_by_link(park: World) -> None:
    task = given(park)
    path = link_to(park, task)
    assert Client().post(f"{path}/do/accept").status_code == 302
    assert Client().post(f"{path}/do/finish", {"reply": "明天起劝离"}).status_code == 302
    task.refresh_from_db()
    assert task.reply == "明天起劝离"
    again = Client().post(f"{path}/do/finish", {"reply": "再说一遍"})
    assert again.status_code == 409
    assert "再说一遍" in again.content.decode()
    assert "明天起劝离" in Client().get(path).content.decode()


def test_returning_as_the_wrong_unit_needs_a_reason_in_time(park: World) -> None:
    task = given(park)
    path = link_to(park, task)
    assert Client().post(f"{path}/do/return", {"reason": ""}).status_code == 422
    assert Client().post(f"{path}/do/return", {"reason": "归城管"}).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.return_reason) == ("returned", "归城管")
    old = given(park, now=now() - timedelta(days=12))
    late = Client().post(f"{link_to(park, old)}/do/return", {"reason": "不归我们"})
    assert late.status_code == 409
    assert "超过 2 个工作日" in late.content.decode()
    assert "不归我们" in late.content.decode()


def test_more_time_is_asked_by_a_named_person_only(park: World) -> None:
    task = given(park)
    nameless = link_to(park, task)
    assert "来不及，要几天" not in Client().get(nameless).content.decode()
    refused = Client().post(f"{nameless}/do/more_time", {"days": 2, "reason": "人手不够"})
    assert "没有写给哪一位" in refused.content.decode()
    named = link_to(park, task, for_person=park.handler)
    assert "来不及，要几天" in Client().get(named).content.decode()
    assert Client().post(f"{named}/do/more_time", {"days": 2, "reason": "人手不够"}).status_code == 302
    assert Extension.objects.get().asked_by == park.handler


def test_somebody_else_was_quicker(park: World) -> None:
    task = given(park)
    path = link_to(park, task)
    actions.finish_task(task=Task.objects.get(pk=task.pk), reply="已经回了", by=park.handler, now=now())
    response = Client().post(f"{path}/do/finish", {"seen": "asked", "reply": "我写了很久"})
    assert response.status_code == 409
    assert "示例交警已回" in response.content.decode()
    assert "我写了很久" in response.content.decode()


def test_a_dead_link_says_what_to_do(park: World) -> None:
    task = given(park)
    expired = link_to(park, task, now=now() - timedelta(days=31))
    made, _ = actions.make_task_link(task=task, for_person=None, by=park.officer, now=now())
    actions.revoke_task_link(link=made, by=park.officer, now=now())
    for path in (expired, links.task_path(made), "/task/AAAAAAAAAAAAAAAAAAAAAA"):
        response = Client().get(path)
        assert response.status_code == 404
        assert "打电话给交办的人" in response.content.decode()
        assert Client().post(f"{path}/do/finish", {"reply": "试试"}).status_code == 404
    task.refresh_from_db()
    assert task.state == "asked"


def test_the_inbox_does_not_ask_more_for_more_tasks(park: World) -> None:
    client = signed_in(park.handler)
    given(park)
    client.get("/tasks/")
    with CaptureQueriesContext(connection) as few:
        client.get("/tasks/")
    for _ in range(8):
        given(park)
    with CaptureQueriesContext(connection) as many:
        client.get("/tasks/")
    assert len(many) == len(few) <= 15


def test_photos_come_along_unless_the_asker_stays_unknown(park: World) -> None:
    kept = Attachment.objects.create(file="x", name="车位.jpg", content_type="image/jpeg", size=1, sha256="0")
    for confidential in (False, True):
        case = park.case(confidential=confidential, attachments=[kept], now=now())
        shown = Client().get(link_to(park, given(park, case))).content.decode()
        assert ("车位.jpg" in shown) is not confidential
