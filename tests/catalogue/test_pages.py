"""The pages, as each of the cast meets them."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kaimen.catalogue import actions
from kaimen.catalogue.models import Service
from kaimen.foundation.models import Organisation

from .cast import content

PUBLIC = ["service_list", "service_list_xlsx", "service", "service_versions", "hsds_about", "hsds_services"]
EDITORS = ["manage_services", "manage_services_xlsx", "manage_service_new", "manage_services_import"]
EDITORS_ONE = ["manage_service", "manage_service_preview"]
ONE = {"service", "service_versions", "manage_service_publish", *EDITORS_ONE}


def client_of(person: Any) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person.account)
    return client


def status(person: Any, name: str) -> int:
    return client_of(person).get(reverse(name, args=["umbrella"] if name in ONE else [])).status_code


@pytest.mark.parametrize("who", [None, "worker", "officer", "supervisor", "handler", "chair", "manager"])
def test_who_sees_what(park: SimpleNamespace, umbrella: Service, who: str | None) -> None:
    person = getattr(park, who) if who else None
    edits, publishes = who in ("officer", "supervisor", "manager"), who in ("supervisor", "manager")
    refused = 302 if who is None else 403
    assert {status(person, name) for name in PUBLIC} == {200}
    assert {status(person, name) for name in EDITORS + EDITORS_ONE} == {200 if edits else refused}
    assert status(person, "manage_service_publish") == (200 if publishes else refused)
    posted = client_of(person).post(reverse("manage_service_withdraw", args=["umbrella"])).status_code
    assert posted == (302 if publishes else 403)
    umbrella.refresh_from_db()
    assert umbrella.state == ("withdrawn" if publishes else "published")


def test_a_draft_is_hidden_not_forbidden(park: SimpleNamespace) -> None:
    actions.add_draft(community=park.community, key="secret", content=content(name="还没公布"), by=None)
    assert Client().get("/list/secret").status_code == 404
    assert "还没公布" not in Client().get("/list/").content.decode()


def test_a_withdrawn_service_says_so(park: SimpleNamespace, umbrella: Service) -> None:
    actions.withdraw(service=umbrella, by=None)
    page = Client().get("/list/umbrella")
    assert page.status_code == 410
    assert "已不在清单上" in page.content.decode()


def test_an_editor_saves_looks_and_publishes(park: SimpleNamespace, umbrella: Service) -> None:
    client = client_of(park.supervisor)
    page = client.get("/manage/services/umbrella")
    form = page.context["form"]
    said = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    said |= {"name": "借一把伞", "solve_days": 4, "answers": "要押金吗？｜不要。"}
    assert client.post("/manage/services/umbrella", said)["Location"].endswith("/preview")
    assert "借雨伞" in Client().get("/list/umbrella").content.decode()
    page = client.get("/manage/services/umbrella/publish")
    assert [change.field for change in page.context["differences"]] == ["name", "solve_days", "answers"]
    umbrella.refresh_from_db()
    client.post("/manage/services/umbrella/publish", {"seen": umbrella.updated_at.isoformat()})
    text = Client().get("/list/umbrella").content.decode()
    assert "借一把伞" in text and "4 个工作日内" in text and "不要。" in text and "第 2 版" in text
    old = Client().get("/list/umbrella/versions/1").content.decode()
    assert "借雨伞" in old and "不要。" not in old


def test_who_saves_second_keeps_their_words(park: SimpleNamespace, umbrella: Service) -> None:
    client = client_of(park.officer)
    form = client.get("/manage/services/umbrella").context["form"]
    said = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    actions.save_draft(service=umbrella, content=content(fee="别人写的"), by=None)
    page = client.post("/manage/services/umbrella", said | {"fee": "我写的"})
    assert page.status_code == 409
    assert "我写的" in page.content.decode()
    again = page.context["form"]["seen"].value()
    assert (
        client.post("/manage/services/umbrella", said | {"fee": "我写的", "seen": again}).status_code == 302
    )
    assert Service.objects.get(pk=umbrella.pk).draft["fee"] == "我写的"


def test_publishing_what_somebody_changed_meanwhile_is_stopped(
    park: SimpleNamespace, umbrella: Service
) -> None:
    actions.save_draft(service=umbrella, content=content(fee="先看到的"), by=None)
    umbrella.refresh_from_db()
    seen = umbrella.updated_at.isoformat()
    actions.save_draft(service=umbrella, content=content(fee="后改的"), by=None)
    client_of(park.manager).post("/manage/services/umbrella/publish", {"seen": seen})
    umbrella.refresh_from_db()
    assert umbrella.version == 1


def test_searching_the_list_with_and_without_script(lingfeng: Organisation) -> None:
    whole = Client().get("/list/", {"q": "热水没了"})
    part = Client().get("/list/", {"q": "热水没了"}, headers={"HX-Request": "true"})
    assert "<html" in whole.content.decode() and "<html" not in part.content.decode()
    for page in (whole, part):
        assert page.context["found"][0].service.key == "dorm-repair"
    nothing = Client().get("/list/", {"q": "阿斯顿马丁"}).content.decode()
    assert "没有正好对上" in nothing


def test_the_list_asks_as_few_questions_for_sixty_services_as_for_one(
    lingfeng: Organisation, django_assert_max_num_queries: Any
) -> None:
    for query in ({}, {"audience": "enterprise"}, {"domain": "housing"}):
        with django_assert_max_num_queries(8):
            assert Client().get("/list/", query).status_code == 200
    visitor = Client()
    visitor.cookies["django_language"] = "en"
    english = visitor.get("/list/parking").content.decode()
    assert Service.objects.get(key="parking").name_en in english
