"""One search for the staff: found by whatever is in hand, and only what each may see."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kaimen.cases import actions
from kaimen.catalogue import actions as catalogue
from kaimen.catalogue.content import content_of
from kaimen.foundation.models import Employment, Person
from kaimen.foundation.organisations import phone_digest
from kaimen.web.finding import EACH, find
from tests.cases.cast import World
from tests.cast import signed_in

pytestmark = pytest.mark.django_db


def found(park: World, person: Person, text: str) -> dict[str, list[str]]:
    groups = find(person, park.community, text)
    return {group.key: [line.title for line in group.lines] for group in groups}


def test_a_case_is_found_by_its_words_and_every_form_of_its_number(park: World) -> None:
    case = park.case("东门的路灯坏了")
    park.case("食堂太咸")
    _, year, last = case.number.split("-")
    for text in (
        "路灯",
        case.number,
        case.number.lower(),
        f"{year}-{last}",
        last,
        str(int(last)),
        f"KM-{year}-{int(last)}",
    ):
        assert found(park, park.officer, text).get("cases") == [case.title], text


def test_a_bare_number_is_looked_for_in_the_newest_years(park: World) -> None:
    old = park.case("去年的", now=timezone.now().replace(year=2024))
    park.case("今年的", now=timezone.now())
    assert old.number.endswith("00001")
    assert len(found(park, park.officer, "1")["cases"]) == 2


def test_a_phone_finds_what_was_asked_with_it(park: World) -> None:
    case = park.case(asker_phone="13800000077")
    park.case()
    assert found(park, park.officer, "138 0000 0077") == {"cases": [case.title]}
    assert "cases" not in found(park, park.elsewhere(), "13800000077")


def test_a_confidential_asker_is_not_found_by_phone_by_those_who_may_not_know_them(park: World) -> None:
    park.case(asker_phone="13800000077", confidential=True)
    assert found(park, park.colleague, "13800000077") == {}
    for who in (park.officer, park.supervisor):  # who owns it, and who supervises
        assert "cases" in found(park, who, "13800000077")


def test_a_phone_never_stands_in_an_address(park: World) -> None:
    case = park.case(asker_phone="13800000077")
    officer = signed_in(Client(), park.officer)
    shown = officer.post(reverse("find"), {"q": "13800000077"})
    assert shown.status_code == 200
    assert case.number in shown.content.decode()
    assert "q=13800000077" not in shown.content.decode()
    words = officer.post(reverse("find"), {"q": "停车位"})
    assert words.status_code == 302
    assert case.number in officer.get(words.url).content.decode()


def test_another_communitys_cases_are_not_found(park: World) -> None:
    case = park.case("东门的路灯坏了")
    stranger = park.elsewhere()
    for text in ("路灯", case.number, str(int(case.number[-5:]))):
        assert "cases" not in found(park, stranger, text)


def test_a_service_is_found_as_people_say_it_and_its_draft_by_editors_only(park: World) -> None:
    content = content_of(park.service) | {"who": "园区职工", "phrases": ["没地方停车"]}
    catalogue.save_draft(service=park.service, content=content, by=park.officer)
    catalogue.publish(service=park.service, by=park.supervisor)
    assert found(park, park.handler, "没地方停车")["services"] == ["停车"]
    draft = content | {"name": "示例新事项"}
    catalogue.add_draft(community=park.community, key="lamp-repair", content=draft, by=park.officer)
    assert "示例新事项" in found(park, park.manager, "示例新事项")["services"]
    assert "示例新事项" not in found(park, park.handler, "示例新事项").get("services", [])


def test_organisations_lead_where_each_may_go(park: World) -> None:
    def links(person: Person, text: str) -> list[str]:
        groups = find(person, park.community, text)
        return [line.url for group in groups if group.key == "organisations" for line in group.lines]

    assert links(park.manager, "模具厂") == [reverse("manage_organisation", args=[park.firm.pk])]
    assert links(park.officer, "模具厂") == [f"/desk/?whose=all&state=any&enterprise={park.firm.pk}"]
    assert links(park.officer, "交警") == [""]
    assert links(park.handler, "模具厂") == []
    assert links(park.elsewhere(), "模具厂") == []


def test_people_are_for_managers_and_masked_as_on_their_list(park: World) -> None:
    assert found(park, park.manager, "示例韩")["people"] == [park.worker.masked_name]
    assert found(park, park.manager, "示例王")["people"] == ["示例王"]
    assert found(park, park.manager, "13800000021")["people"] == [park.worker.masked_name]
    for person in (park.officer, park.supervisor, park.handler):
        assert "people" not in found(park, person, "示例韩")


def test_a_handler_finds_their_tasks_and_no_cases(park: World) -> None:
    case = park.case("东门的路灯坏了")
    given: dict[str, Any] = {
        "cases": [case],
        "detail": "去看看",
        "days": 3,
        "by": park.officer,
        "now": timezone.now(),
    }
    actions.give_task(organisation=park.department, title="修路灯", **given)
    actions.give_task(organisation=park.firm, title="路灯的电费", **given)
    shown = found(park, park.handler, "路灯")
    assert shown["tasks"] == ["修路灯"]
    assert "cases" not in shown


def test_only_staff_come_in(park: World) -> None:
    for person, status in ((park.officer, 200), (park.handler, 200), (park.chair, 403), (park.worker, 403)):
        assert signed_in(Client(), person).get(reverse("find")).status_code == status, person
    assert Client().get(reverse("find")).status_code == 302


def test_no_more_than_a_few_of_each_with_the_way_to_the_rest(park: World) -> None:
    for _ in range(EACH + 2):
        park.case("东门的路灯坏了")
    (cases,) = find(park.officer, park.community, "路灯坏")[:1]
    assert len(cases.lines) == EACH
    rest = signed_in(Client(), park.officer).get(cases.more).content.decode()
    assert rest.count("data-row") == EACH + 2


def test_it_asks_as_often_for_many_as_for_few(park: World, django_assert_max_num_queries: Any) -> None:
    people = Person.objects.bulk_create(
        Person(name=f"路灯{n}", phone_digest=phone_digest(f"139{n:08d}")) for n in range(20)
    )
    Employment.objects.bulk_create(Employment(person=p, organisation=park.firm) for p in people)
    for _ in range(20):
        park.case("东门的路灯坏了")
    find(park.manager, park.community, "路灯")  # the list's index is built once
    manager = Person.objects.get(pk=park.manager.pk)
    with django_assert_max_num_queries(15):
        find(manager, park.community, "路灯")


def test_the_box_stands_on_every_staff_page_once(park: World) -> None:
    officer = signed_in(Client(), park.officer)
    assert officer.get("/desk/").content.decode().count('data-key="/"') == 1
    page = officer.get(reverse("find"), {"q": "<b>"}).content.decode()
    assert page.count('data-key="/"') == 1
    assert "&lt;b&gt;" in page
    typed = officer.post(reverse("find"), {"q": "没有的词"}, headers={"HX-Request": "true"}).content.decode()
    assert "没找到" in typed
    assert "<html" not in typed
