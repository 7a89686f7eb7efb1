"""The pages of hot issues: what officers do there, and what must not show."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from kaimen.cases.models import Case
from kaimen.hotspots import actions, wording
from kaimen.hotspots.models import HotIssue, IssueMembership
from tests.cast import signed_in
from tests.hotspots.cast import LIGHTS, OTHERS, PARKING, World, heard, place


@pytest.fixture
def told(park: World) -> HotIssue:
    """Parking at the east gate, on the plan; one of those who speak wants to stay unknown."""
    now = timezone.now()
    gate = place(park, "gate-east", "东门", area="东区", x=80, y=40)
    heard(park, PARKING, now=now, place=gate, enterprise=park.firm)
    park.case(
        words="东门停车位被厂长的亲戚占着，停车难",
        confidential=True,
        now=now,
        place=gate,
        asker_phone="13800000777",
    )
    heard(park, LIGHTS, now=now - timedelta(days=2), service=None)
    heard(park, OTHERS, now=now, service=None)
    actions.gather_issues(community=park.community, now=now)
    return HotIssue.objects.get(memberships__case__words=PARKING[0])


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_board_ranks_shows_parts_and_the_plan(client: Client, park: World, told: HotIssue) -> None:
    page = text(signed_in(client, park.officer).get("/hot/"))
    assert told.title in page
    assert "热度" in page and "人数" in page and "在涨" in page
    assert "map__spot" in page and "东门" in page
    assert page.index(told.title) < page.index(HotIssue.objects.get(memberships__case__words=LIGHTS[0]).title)


def test_board_shows_the_sum_of_the_heat_the_weeks_and_no_way_to_a_page_that_is_not_there(
    client: Client, park: World, told: HotIssue
) -> None:
    signed_in(client, park.officer)
    points = [points for _code, _counted, points in told.parts]
    assert round(sum(points), 1) == told.heat and len(points) == 5
    board = client.get("/hot/")
    row = text(board).split(f'href="/hot/{told.pk}"')[1].split("</a>")[0]
    for name, value in zip(wording.PARTS.values(), points, strict=True):
        assert f"{name} {value}" in row
    assert f"<b>{told.heat}</b>" in row and row.count('<rect class="heat__part ') == 5
    assert 'class="spark' in row
    page = text(client.get(f"/hot/{told.pk}"))
    for (_code, counted, value), part in zip(told.parts, wording.parts(told), strict=True):
        assert f'<td>{part["counted"]}</td><td class="num">{value}</td>' in page
        assert str(counted) in part["counted"] or not counted
    for shown in (page, text(board)):
        links = set(re.findall(r'(?:href|action|formaction)="(/[^"#?]*)', shown))
        missing = {link for link in links if not link.startswith("/static/") and not found(link)}
        assert not missing, "every link leads to a page, also the one for taking it up in common"


def found(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def test_numbers_in_the_words_are_masked_on_every_page_of_issues(
    client: Client, park: World, told: HotIssue
) -> None:
    said = "东门停车难，找我13812342201，身份证330206199001011234也给，车牌浙B·12345"
    case = park.case(words=said, now=timezone.now(), place_text="东门，打13812342201")
    IssueMembership.objects.create(case=case, issue=told, words=["车牌浙b·12345"])
    actions.gather_issues(community=park.community, now=timezone.now())
    signed_in(client, park.officer)
    issue = HotIssue.objects.get(memberships__case=case)
    for address in ("/hot/", f"/hot/{issue.pk}", "/hot/export.csv", "/board/hot"):
        page = text(client.get(address))
        assert not any(
            number in page for number in ("13812342201", "330206199001011234", "12345<", "B·12345")
        ), address
    assert "东门停车难" in text(client.get(f"/hot/{issue.pk}"))


def test_before_anything_is_heard_the_pages_say_so(client: Client, park: World) -> None:
    assert "还没有五个人以上说的同一件事" in text(client.get("/board/hot"))
    signed_in(client, park.officer)
    assert "还没有听出热点" in text(client.get("/hot/"))


def test_a_filter_that_leaves_nothing_says_so_and_leads_back(
    client: Client, park: World, told: HotIssue
) -> None:
    signed_in(client, park.officer)
    page = text(client.get("/hot/?place=nowhere"))
    assert "这样找，一件热点也没有" in page and "还没有听出热点" not in page


def test_board_filters_by_place_and_domain(client: Client, park: World, told: HotIssue) -> None:
    signed_in(client, park.officer)
    lights = HotIssue.objects.get(memberships__case__words=LIGHTS[0]).title
    assert lights not in text(client.get("/hot/?place=gate-east"))
    assert lights not in text(client.get("/hot/?domain=commute"))
    assert told.title in text(client.get("/hot/?domain=commute&days=7&sort=people"))
    assert client.get("/hot/?days=many&sort=oddly").status_code == 200


def test_words_of_who_stays_unknown_show_nowhere(client: Client, park: World, told: HotIssue) -> None:
    assert told.messages == 7
    signed_in(client, park.officer)
    for address in ("/hot/", f"/hot/{told.pk}", "/hot/export.csv", "/board/hot"):
        assert "厂长的亲戚" not in text(client.get(address)), address


def test_public_page_hides_small_groups_and_everybodys_words(
    client: Client, park: World, told: HotIssue
) -> None:
    page = text(client.get("/board/hot"))
    assert "东门：停车" in page
    assert "7 人在说" in page
    assert "路灯" not in page  # four people
    assert not any(words[:8] in page for words in PARKING)
    actions.show_issue(issue=told, shown=False, by=park.officer, now=timezone.now())
    assert "东门：停车" not in text(client.get("/board/hot"))


def test_an_officers_title_is_public(client: Client, park: World, told: HotIssue) -> None:
    actions.rename_issue(issue=told, title="东门停车难", by=park.officer, now=timezone.now())
    assert "东门停车难" in text(client.get("/board/hot"))


def test_every_verb_from_the_page(client: Client, park: World, told: HotIssue) -> None:
    signed_in(client, park.officer)
    do = f"/hot/{told.pk}/do/"
    lights = HotIssue.objects.get(memberships__case__words=LIGHTS[0])
    other = HotIssue.objects.get(memberships__case__words=OTHERS[0])
    numbers = list(Case.objects.filter(issue_membership__issue=told).values_list("number", flat=True))
    sent = [
        ("rename", {"title": "东门停车"}),
        ("lock", {}),
        ("unlock", {}),
        ("hide", {}),
        ("show", {}),
        ("mark", {"note": "错时停车"}),
        ("unmark", {}),
        ("split", {"numbers": numbers[:1], "title": "一件"}),
        ("move", {"numbers": numbers[1:2], "other": other.pk}),
        ("merge", {"other": lights.pk}),
    ]
    for verb, data in sent:
        assert client.post(do + verb, data).status_code == 302, verb
    page = text(client.get(f"/hot/{told.pk}"))
    assert "东门停车" in page and "撤销这一步" in page and "错时停车" not in page
    assert client.get(f"/hot/{lights.pk}")["Location"] == f"/hot/{told.pk}"
    deed = told.deeds.get(deed="merged")
    assert client.post(f"/hot/deeds/{deed.pk}/undo").status_code == 302
    assert client.post(f"/hot/deeds/{deed.pk}/undo").status_code == 409
    lights.refresh_from_db()
    assert lights.merged_into is None


def test_what_cannot_be_done_says_why(client: Client, park: World, told: HotIssue) -> None:
    signed_in(client, park.officer)
    do = f"/hot/{told.pk}/do/"
    assert "先勾上" in text(client.post(do + "split", {"title": "x"}))
    assert client.post(do + "move", {"other": ""}).status_code == 422
    assert client.post(do + "merge", {"other": told.pk}).status_code == 422
    assert client.post(do + "rename", {"title": " "}).status_code == 409
    assert client.post(do + "nonsense").status_code == 404


def test_managers_read_and_change_nothing(client: Client, park: World, told: HotIssue) -> None:
    signed_in(client, park.manager)
    assert "理一理" not in text(client.get(f"/hot/{told.pk}"))
    assert client.post(f"/hot/{told.pk}/do/lock").status_code == 403


def test_export_has_the_parts(client: Client, park: World, told: HotIssue) -> None:
    signed_in(client, park.officer)
    rows = client.get("/hot/export.csv").content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("名次,事,热度,件数,人数,我也是,新近,在涨")
    assert client.get("/hot/export.xlsx").content[:2] == b"PK"
    assert client.get("/hot/export.pdf").status_code == 404


def test_desk_says_how_many_others_say_so(client: Client, park: World, told: HotIssue) -> None:
    case = Case.objects.get(words=PARKING[0])
    page = text(signed_in(client, park.officer).get(f"/desk/{case.number}"))
    assert "另有 6 件在说这事" in page
    assert f"/hot/{told.pk}" in page
    alone = Case.objects.get(words=OTHERS[0])
    assert "在说这事" not in text(client.get(f"/desk/{alone.number}"))


def test_a_long_board_has_pages_and_goes_on_counting(client: Client, park: World, told: HotIssue) -> None:
    HotIssue.objects.bulk_create(
        HotIssue(
            community=park.community,
            title=f"第{n}件",
            messages=2,
            people=2,
            heat=n / 9,
            last_at=timezone.now(),
        )
        for n in range(60)
    )
    signed_in(client, park.officer)
    first, second = text(client.get("/hot/")), text(client.get("/hot/?page=2"))
    assert told.title in first and told.title not in second
    assert (
        "?page=2" in first and '<ol class="rows hot__list" start="26">' in second and ">26</span>" in second
    )
    assert "map__spot" in second, "the map is of all of them"
    assert len(client.get("/hot/export.csv?page=2").content.splitlines()) > 60


def test_board_costs_the_same_for_many(
    client: Client, park: World, told: HotIssue, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    signed_in(client, park.officer)
    HotIssue.objects.bulk_create(
        HotIssue(
            community=park.community, title=f"第{n}件", messages=2, people=2, heat=n, last_at=timezone.now()
        )
        for n in range(60)
    )
    with django_assert_max_num_queries(16):
        assert client.get("/hot/").status_code == 200
    assert IssueMembership.objects.exists()
