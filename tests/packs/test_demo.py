"""The demo: everything named exists, every number has a right check digit, and nobody in it is real."""

import csv
import re
from collections import Counter

from stdnum.cn import ric, uscc

from kaimen.cases.enums import CaseState, Channel, Solved
from kaimen.foundation.enums import OrganisationKind, RoleKind
from kaimen.foundation.models import Organisation, Person, Place

from .conftest import PACKS

PHONE = re.compile(r"1380000\d{4}")
STAGES = {*CaseState.values, "tasked", "task_late"}
HEADERS = ["姓名", "手机号", "身份证号", "单位", "统一社会信用代码", "岗位", "是否工会主席"]


def roster() -> list[dict[str, str]]:
    with (PACKS / "demo/rosters/roster_sample.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        assert rows.fieldnames == HEADERS
        return list(rows)


# ── organisations and places ──


def test_parents_come_before_their_children_and_federations_lead_to_the_community(organisations):
    seen: set[str] = set()
    for key, organisation in organisations.items():
        assert organisation["kind"] in OrganisationKind.values, key
        assert organisation["parent"] is None or organisation["parent"] in seen, key
        seen.add(key)
    assert organisations["lingfeng"]["kind"] == OrganisationKind.COMMUNITY
    above = organisations[organisations["lingfeng"]["parent"]]
    assert above["kind"] == organisations[above["parent"]]["kind"] == OrganisationKind.FEDERATION


def test_enterprises_belong_to_the_community_and_have_a_right_code_that_is_nobodys(organisations):
    enterprises = [o for o in organisations.values() if o["kind"] == OrganisationKind.ENTERPRISE]
    assert len(enterprises) >= 14
    for enterprise in enterprises:
        assert enterprise["parent"] == "lingfeng" and enterprise["name"].startswith("示例·")
        assert uscc.validate(enterprise["uscc"]) and enterprise["uscc"][2:8] == "990000"
    assert len({enterprise["uscc"] for enterprise in enterprises}) == len(enterprises)


def test_no_telephone_of_an_organisation_can_ring(organisations):
    assert all(re.fullmatch(r"0574-0\d{7}", o["phone"]) for o in organisations.values())


def test_words_fit_their_columns(organisations, people, places):
    for model, entries in ((Organisation, organisations), (Person, people), (Place, places)):
        for field in model._meta.get_fields():
            limit = getattr(field, "max_length", None)
            long = [
                key for key, entry in entries.items() if limit and len(str(entry.get(field.name, ""))) > limit
            ]
            assert not long, (field.name, long)


def test_places_stand_apart_on_the_map(places):
    spots = [(place["x"], place["y"]) for place in places.values()]
    assert len(places) >= 12 and len(set(spots)) == len(spots)
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in spots)


# ── people ──


def test_the_cast_is_complete(people):
    kinds = Counter(role["kind"] for person in people.values() for role in person["roles"])
    supervised = {r["organisation"] for p in people.values() for r in p["roles"] if r["kind"] == "supervisor"}
    assert kinds["officer"] == 3 and kinds["manager"] == 1 and kinds["handler"] == 7 and kinds["chair"] >= 3
    assert supervised == {"lingfeng", "beilun-union"}
    assert sum(not person["roles"] for person in people.values()) == 10


def test_roles_and_employers_resolve(people, organisations, domains, places):
    areas = {place["area"] for place in places.values()}
    for key, person in people.items():
        assert person["employer"] in organisations, key
        for role in person["roles"]:
            assert role["kind"] in RoleKind.values and role["organisation"] in organisations, key
            assert set(role.get("domains", [])) <= set(domains), key
            assert set(role.get("areas", [])) <= areas, key
        held = [(role["kind"], role["organisation"]) for role in person["roles"]]
        assert len(set(held)) == len(held), f"{key}: one role of a kind at an organisation"


def test_every_domain_has_an_officer_in_every_area(people, domains, places):
    officers = [r for p in people.values() for r in p["roles"] if r["kind"] == "officer"]
    for area in {place["area"] for place in places.values()}:
        for domain in domains:
            fit = [r for r in officers if domain in r["domains"] and area in r.get("areas", [area])]
            assert fit, (domain, area)


def test_phones_usernames_and_id_numbers_are_valid_and_used_once(people):
    phones = [person["phone"] for person in people.values()]
    names = [person["username"] for person in people.values() if person["username"]]
    numbers = [person["id_number"] for person in people.values() if "id_number" in person]
    assert all(PHONE.fullmatch(phone) for phone in phones) and len(set(phones)) == len(phones)
    assert len(set(names)) == len(names) == 13
    assert len(set(numbers)) == 3
    assert all(ric.validate(number) and number[14:17] == "000" for number in numbers)


# ── needs ──


def test_needs_resolve(needs, services, places, people):
    for key, need in needs.items():
        assert need["service"] in services, key
        assert need["place"] is None or need["place"] in places, key
        assert need["person"] is None or need["person"] in people, key
        assert need["channel"] in Channel.values and need["stage"] in STAGES, key


def test_organisations_asked_for_work_can_answer_for_it(needs, organisations):
    asked = {need["task_to"] for need in needs.values() if "task_to" in need}
    assert all(organisations[key]["kind"] in ("department", "enterprise") for key in asked)
    assert not [k for k, n in needs.items() if n["stage"] in ("tasked", "task_late") and "task_to" not in n]


def test_an_enterprise_service_is_asked_for_by_somebody_of_an_enterprise(
    needs, services, people, organisations
):
    for key, need in needs.items():
        if services[need["service"]]["audience"] == "enterprise":
            assert organisations[people[need["person"]]["employer"]]["kind"] == "enterprise", key


def test_the_stage_of_a_need_and_what_is_written_agree(needs):
    for key, need in needs.items():
        answered = need["stage"] in ("answered", "closed", "reopened", "declined")
        assert ("answer" in need) == answered, key
        assert ("question" in need) == (need["stage"] == "waiting" or "more" in need), key
        assert ("call_back" in need) == ("mended" in need), key
        assert ("reason" in need) == (need["stage"] == "reopened"), key
        assert ("clause" in need and "other_way" in need) == (need["stage"] == "declined"), key
        assert need["rating"] is None or (
            need["stage"] in ("closed", "reopened") and need["rating"] in range(1, 6)
        )
        assert (need.get("solved") in Solved.values) == (need["rating"] is not None), key


def test_a_bad_rating_of_a_closed_need_was_followed_up(needs):
    for key, need in needs.items():
        bad = need["stage"] == "closed" and need["rating"] in (1, 2)
        assert ("call_back" in need) == bad, key
        assert need.get("rating_again") in ((None, 3, 4, 5) if bad else (None,)), key


def test_words_are_various_and_of_natural_length(needs):
    words = [need["text"] for need in needs.values()]
    answers = [need["answer"] for need in needs.values() if "answer" in need]
    assert len(set(words)) == len(words) >= 70 and len(set(answers)) == len(answers)
    assert [text for text in words if not 8 <= len(text) <= 120] == []
    assert sum(need["service"] == "parking" for need in needs.values()) >= 25


def test_needs_fill_the_charts_of_five_months_and_every_domain(needs, services, domains):
    ages = Counter(need["days_ago"] // 30 for need in needs.values())
    assert set(ages) == {0, 1, 2, 3, 4} and min(ages.values()) >= 10
    assert {services[need["service"]]["domain"] for need in needs.values()} == set(domains)
    assert {need["stage"] for need in needs.values()} == STAGES
    assert {need["channel"] for need in needs.values()} >= {
        "web",
        "phone",
        "counter",
        "form",
        "visit",
        "import",
    }


# ── roster ──


def test_the_roster_has_25_good_rows_and_the_five_faults_its_readme_names(organisations, people):
    codes = {o["name"]: o["uscc"] for o in organisations.values() if o["kind"] == "enterprise"}
    taken = {person["phone"] for person in people.values()}
    faults: dict[int, str] = {}
    for number, row in enumerate(roster(), start=2):
        if not row["姓名"]:
            faults[number] = "姓名"
        elif not PHONE.fullmatch(row["手机号"]) or row["手机号"] in taken:
            faults[number] = "手机号"
        elif not ric.is_valid(row["身份证号"]):
            faults[number] = "身份证号"
        elif codes.get(row["单位"]) != row["统一社会信用代码"]:
            faults[number] = "单位"
        taken.add(row["手机号"])
    readme = (PACKS / "demo/rosters/README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| (\d+) \| (\S+) \|", readme, re.MULTILINE)
    assert len(roster()) == 30
    assert faults == {int(number): column for number, column in named}
    assert len(faults) == 5
