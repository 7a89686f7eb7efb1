"""GET: everybody sees that there was a need and what became of it; who, where and which words stay inside."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kaimen.cases import actions
from kaimen.cases.links import track_token
from kaimen.cases.models import Case
from tests.cast import MONDAY, World, at
from tests.intake.open311.cast import BASE, get, key_for, plain, post

WORDS = "我叫示例钱，厂门口没地方停车"


def test_the_list_in_both_kinds(park: World) -> None:
    found = get("/services.json")
    assert [service["service_code"] for service in found] == ["parking"]
    service = found[0]
    assert service["metadata"] is False
    assert service["type"] == "realtime"
    assert service["group"] == "通勤交通"
    xml = get("/services.xml")
    assert xml.tag == "services"
    assert [child.tag for child in xml] == ["service"]
    assert plain(xml)[0] == {
        name: str(value).lower() if value is False else value for name, value in service.items()
    }


def test_a_definition_says_what_the_service_asks_for(park: World) -> None:
    assert get("/services/parking.json") == {"service_code": "parking", "attributes": []}
    park.service.documents = ["行驶证", "工作证明"]
    park.service.audience = "enterprise"
    park.service.save()
    assert get("/services.json")[0]["metadata"] is True
    papers, firm = get("/services/parking.json")["attributes"]
    assert papers["variable"] is False
    assert "行驶证；工作证明" in papers["description"]
    assert (firm["code"], firm["variable"], firm["datatype"], firm["order"]) == (
        "enterprise",
        True,
        "string",
        2,
    )
    xml = get("/services/parking.xml")
    assert [a.findtext("code") for a in xml.find("attributes") or ()] == ["documents", "enterprise"]
    refused = get("/services/nothing.json", expect=404)
    assert refused[0]["code"] == 404


def test_the_public_sees_nothing_of_the_person(park: World) -> None:
    case = park.case(
        WORDS, asker_name="示例钱", asker_phone="13800000001", place_text="3 号宿舍 512", enterprise=park.firm
    )
    actions.tell_progress(case=case, text="明天去看", by=park.officer, now=at("2026-03-03"))
    for kind in ("json", "xml"):
        answer = Client().get(f"{BASE}/requests/{case.number}.{kind}")
        text = answer.content.decode()
        for private in (WORDS, "示例", "138", "宿舍", "模具", "明天去看", track_token(case), "10:00:00"):
            assert private not in text.replace("示例交警", ""), private
    row = get(f"/requests/{case.number}.json")[0]
    assert row["description"] is row["address"] is row["lat"] is row["media_url"] is None
    assert row["agency_responsible"] == "示例交警"
    assert row["status"] == "open"
    assert row["requested_datetime"] == "2026-03-02T00:00:00+08:00"
    assert row["updated_datetime"] == "2026-03-03T00:00:00+08:00"
    assert row["expected_datetime"] == "2026-03-16T23:59:59+08:00"  # ten working days


def test_what_was_said_in_confidence_is_not_there(park: World) -> None:
    case = park.case(confidential=True, now=timezone.now())
    get(f"/requests/{case.number}.json", expect=404)
    assert get("/requests.json") == []
    assert get("/requests.json", service_request_id=case.number) == []


def test_a_key_sees_its_own_in_full_and_others_as_everybody(park: World) -> None:
    mine, other = key_for(park), key_for(park)
    number = post(mine, description=WORDS, confidential="true", first_name="钱", last_name="示例")[0][
        "service_request_id"
    ]
    strange = park.case(now=timezone.now())
    rows = {row["service_request_id"]: row for row in get("/requests.json", key=mine)}
    assert rows[number]["description"] == WORDS
    assert rows[number]["address"] == "东门外"
    assert "T00:00:00" not in rows[number]["requested_datetime"]
    assert rows[strange.number]["description"] is None
    assert set(get("/requests.json", key=other)[0].values()).isdisjoint({WORDS, number})
    get(f"/requests/{number}.json", key=other, expect=404)
    assert get(f"/requests/{number}.json", key=mine)[0]["description"] == WORDS
    assert get(f"/requests/{number}.xml", key=mine)[0].findtext("description") == WORDS


def test_filters_act_on_what_is_shown(park: World) -> None:
    monday, tuesday = park.case(now=at("2026-03-02", "14:03")), park.case(now=at("2026-03-03", "09:30"))
    actions.answer_case(case=tuesday, text="办好了", by=park.officer, now=at("2026-03-04"))
    actions.close_case(case=tuesday, by=park.officer, now=at("2026-03-05"))

    def numbers(**query: str) -> list[str]:
        return [row["service_request_id"] for row in get("/requests.json", **query)]

    span = {"start_date": "2026-03-01T00:00:00+08:00", "end_date": "2026-03-10T00:00:00+08:00"}
    assert numbers(**span) == [tuesday.number, monday.number]
    # whoever asks for 14:00 to 15:00 must not learn that it was at 14:03
    assert numbers(start_date="2026-03-02T14:00:00+08:00", end_date="2026-03-02T15:00:00+08:00") == []
    assert numbers(start_date="2026-03-02T00:00:00+08:00", end_date="2026-03-02T01:00:00+08:00") == [
        monday.number
    ]
    assert numbers(**span, status="closed") == [tuesday.number]
    assert numbers(**span, status="open,closed") == [tuesday.number, monday.number]
    assert numbers(**span, service_code="nothing") == []
    assert numbers(service_request_id=f"{monday.number}, {tuesday.number}", status="closed") == [
        tuesday.number,
        monday.number,
    ]  # the standard: overrides all other arguments
    assert numbers(end_date="2026-03-02T12:00:00Z") == [monday.number]
    row = get("/requests.json", **span, status="closed")[0]
    assert row["updated_datetime"] == "2026-03-05T00:00:00+08:00"


def test_without_dates_the_last_90_days(park: World) -> None:
    now = timezone.now()
    park.case(now=now - timedelta(days=95))
    new = park.case(now=now - timedelta(days=80))
    assert [row["service_request_id"] for row in get("/requests.json")] == [new.number]
    start = (now - timedelta(days=100)).isoformat()
    assert len(get("/requests.json", start_date=start)) == 2


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"},  # 91 days
        {"start_date": "2026-04-02T00:00:00Z", "end_date": "2026-04-01T00:00:00Z"},
        {"start_date": "yesterday"},
        {"start_date": "2026-02-30T00:00:00Z"},  # in shape, and no day
        {"start_date": "2026-04-02"},  # the standard wants a zone
        {"start_date": "0001-01-01T00:00:00Z"},
        {"end_date": "9999-12-31T23:59:59-12:00"},
        {"status": "opened"},
        {"page": "0"},
        {"page_size": "1001"},
        {"page": "²"},
    ],
)
def test_wrong_filters_are_explained(park: World, query: dict[str, str]) -> None:
    for kind in ("json", "xml"):
        refused = get(f"/requests.{kind}", expect=400, **query)
        row = refused[0] if kind == "json" else plain(refused[0])
        assert str(row["code"]) == "400"
        assert row["description"]


def test_pages_go_on(park: World) -> None:
    cases = [park.case(now=timezone.now()) for _ in range(5)]
    seen: list[str] = []
    address = f"{BASE}/requests.json?page_size=2&api_key={key_for(park)}"
    for _ in range(3):
        answer = Client().get(address)
        seen += [row["service_request_id"] for row in json.loads(answer.content)]
        address = answer.headers.get("Link", "").partition("<")[2].partition(">")[0]
        assert "api_key" not in address
    assert seen == [case.number for case in reversed(cases)]
    assert address == ""


def test_the_number_of_queries_does_not_grow(park: World, django_assert_num_queries: object) -> None:
    key = key_for(park)
    for _ in range(6):
        post(key)
    with django_assert_num_queries(6):  # type: ignore[operator]
        assert len(get("/requests.json", key=key)) == 6


def test_a_tracking_token_leads_to_its_number(park: World) -> None:
    case = park.case()
    token = track_token(case)
    assert get(f"/tokens/{token}.json") == [{"service_request_id": case.number, "token": token}]
    assert get(f"/tokens/{token}.xml")[0].findtext("service_request_id") == case.number
    get(f"/tokens/{token[:-2]}xx.json", expect=404)
    for _ in range(21):
        Client().get(f"{BASE}/tokens/guess.json")
    get("/tokens/guess.json", expect=429)
    get(f"/tokens/{token}.json")  # a true one behind the same address still opens


def test_a_house_with_two_communities_wants_to_know_which(park: World) -> None:
    park.case(now=timezone.now())
    assert len(get("/requests.json", jurisdiction_id="park")) == 1
    park.elsewhere()
    assert get("/services.json", expect=400)[0]["code"] == 400
    assert get("/services.json", expect=404, jurisdiction_id="nowhere")[0]["code"] == 404
    assert get("/requests.json", jurisdiction_id="elsewhere") == []
    assert len(get("/services.json", jurisdiction_id="park")) == 1
    key = key_for(park)
    assert get("/requests.json", key=key, expect=403, jurisdiction_id="elsewhere")[0]["code"] == 403


def test_a_wrong_key_is_no_key_at_all(park: World) -> None:
    assert get("/requests.json", key="km_00000000_" + "x" * 32, expect=403)[0]["code"] == 403
    writes = key_for(park, ("needs:write",))
    assert "needs:read" in get("/requests.json", key=writes, expect=403)[0]["description"]


def test_the_language_is_the_one_asked_for(park: World) -> None:
    for wanted, language in (
        ("en-GB,en;q=0.8", "en"),
        ("zh-CN", "zh-hans"),
        ("", "zh-hans"),
        ("\x7f" * 500, "zh-hans"),
    ):
        answer = Client().get(f"{BASE}/services.json", headers={"Accept-Language": wanted})
        assert answer["Content-Language"] == language


def test_discovery_leads_there(park: World) -> None:
    answer = Client().get("/open311/discovery.json")
    endpoint = json.loads(answer.content)["endpoints"][0]
    assert endpoint["url"].endswith(BASE)
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert Client().get("/open311/discovery.xml").status_code == 200
    assert Client().get(f"{BASE}/services.yaml").status_code == 404


def test_states_are_open_until_they_are_closed(park: World) -> None:
    expected = {"answered": "open", "declined": "closed", "closed": "closed", "waiting": "open"}
    for state, status in expected.items():
        case = park.case(now=MONDAY)
        Case.objects.filter(pk=case.pk).update(state=state)
        assert get(f"/requests/{case.number}.json")[0]["status"] == status
