"""What the door understands: urgency comes first, a doubt is asked and not guessed, every reading is kept."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from kaimen.cases import queries
from kaimen.cases.enums import Alarm, Channel, Wish
from kaimen.cases.models import Case
from kaimen.catalogue import actions as lists
from kaimen.catalogue import search
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation.models import Place
from kaimen.intake.actions import Asker, knock
from kaimen.intake.hearing import find_services, hear
from kaimen.intake.models import Reading
from kaimen.intake.readings import read_new
from kaimen.intake.suggest import _clear, obvious_service
from tests.cast import MONDAY, World, signed_in


def tell(park: World, words: str, **more: Any) -> Case:
    given = {"key": words, "community": park.community, "words": words, "channel": Channel.WEB, "by": None}
    return knock(**given | more)


def furnish(park: World) -> dict[str, Service]:
    """A second and a third domain beside the parking of the cast, so that there is something to mix up."""
    made = {}
    for key, domain, name, phrases in (
        ("dorm", "住房保障", "宿舍维修", ["热水没了", "空调坏了", "屋里漏水"]),
        ("wages", "劳动权益", "欠薪与工资争议", ["不发工资", "工钱没给", "加班费没算"]),
    ):
        where = Domain.objects.create(community=park.community, key=key, name=domain)
        made[key] = Service.objects.create(
            community=park.community,
            key=f"{key}-item",
            name=name,
            phrases=phrases,
            domain=where,
            organisation=park.community,
            audience="worker",
            state="published",
            version=1,
            summary=name,
        )
    lists.bump(park.community)
    return made


def test_what_was_understood_is_kept_with_the_case(park: World) -> None:
    made = furnish(park)
    case = tell(park, "请问宿舍热水没了找谁修")
    read_new(MONDAY)
    reading = Reading.objects.get(case=case)
    assert reading.domain == made["dorm"].domain and 0 < reading.confidence <= 1
    assert reading.ranked[0][0] == "dorm"
    assert case.kind == Wish.CONSULTATION and not case.urgent


@pytest.mark.parametrize(
    ("words", "alarm"),
    [
        ("老板两个月不发工资了", Alarm.WAGES),
        ("冲床把手压伤了", Alarm.INJURY),
        ("活着没意思", Alarm.SELF_HARM),
        ("厂里有童工", Alarm.MINORS),
    ],
)
def test_an_urgent_need_is_first_on_the_desk_and_says_why(park: World, words: str, alarm: Alarm) -> None:
    calm = tell(park, "东门早上没地方停车")
    urgent = tell(park, words)
    assert urgent.urgent and urgent.urgent_why[0][0] == alarm and urgent.alarms[0][1] in words
    Case.objects.update(owner=park.officer)
    assert list(queries.desk(park.officer))[:2] == [urgent, calm]
    client = Client()
    signed_in(client, park.officer)
    listed = client.get("/desk/").content.decode()
    assert str(alarm.label) in listed
    assert str(alarm.label) in client.get(f"/desk/{urgent.number}").content.decode()


def test_nobody_calm_is_called_urgent(park: World) -> None:
    assert not tell(park, "没有人受伤，只是想问停车").urgent


def test_a_place_is_taken_from_the_words_only_if_one_is_named_and_none_was_given(park: World) -> None:
    gate = Place.objects.create(community=park.community, key="g3", name="3 号门")
    other = Place.objects.create(community=park.community, key="g4", name="4 号门")
    assert tell(park, "三号门早上停不了车").place == gate
    assert tell(park, "三号门和四号门都停不了车").place is None
    assert tell(park, "三号门停不了车，真的", place=other).place == other
    assert tell(park, "三号门停不了车，请看", place_text="后面").place is None


def test_the_likelier_domain_goes_first_and_the_limit_is_kept(park: World) -> None:
    made = furnish(park)
    words = "工资没发，宿舍也住不下去"
    found = find_services(park.community, words, hear(park.community, words), limit=1)
    assert len(found) == 1 and found[0].service.pk in {made["wages"].pk, made["dorm"].pk}
    parking = hear(park.community, "停车停车位")
    assert parking.domain == park.domain and parking.because


def test_a_slip_is_found_by_its_sound(park: World) -> None:
    furnish(park)
    found = find_services(park.community, "亭车", hear(park.community, "亭车"))
    assert found[0].service == park.service and found[0].how == "homophone"


def test_needs_without_a_page_get_what_the_page_would_have_marked_or_nothing(park: World) -> None:
    made = furnish(park)
    assert obvious_service(park.community, "宿舍热水没了，洗不了澡") == made["dorm"]
    assert obvious_service(park.community, "zzz qqq") is None
    assert obvious_service(park.community, "") is None
    # despair needs a person, and no item of a list
    assert obvious_service(park.community, "宿舍热水没了，我不想活了") is None


def test_nothing_known_is_neither_a_guess_nor_a_question(park: World) -> None:
    furnish(park)
    for words in ("zzz qqq", "😀😀", "1234567890"):
        heard = hear(park.community, words)
        assert heard.domain is None and not heard.sure and heard.question == ()


def test_a_community_without_a_list_is_heard_too(park: World) -> None:
    Service.objects.all().delete()
    lists.bump(park.community)
    heard = hear(park.community, "不发工资")
    assert heard.ranked == () and heard.alarms[0].kind == "wages"


def test_two_that_fit_in_different_domains_are_not_decided_for_the_person(park: World) -> None:
    made = furnish(park)
    unsure = replace(hear(park.community, "宿舍和停车"), sure=False)
    first, second, near = (
        search.Found(service, 0.8, (), "words", (), True, rank)
        for service, rank in ((park.service, 0.8), (made["dorm"], 0.75), (made["dorm"], 0.3))
    )
    assert not _clear([first, second], unsure)
    assert _clear([first, second], replace(unsure, sure=True))  # the words settle it
    assert _clear([first, near], unsure)  # far behind
    assert _clear([first], unsure)
    assert _clear([second, near], unsure)  # one domain, one owner: either will do


def test_what_the_person_answers_decides(park: World, client: Client) -> None:
    made = furnish(park)
    told = {"key": "k" * 24, "words": "宿舍和停车", "service": "", "domain": "wages"}
    assert client.post("/say/confirm", told).status_code == 302
    assert Case.objects.get().domain == made["wages"].domain


def test_the_question_shows_when_no_item_fits_and_goes_with_the_words(park: World, client: Client) -> None:
    furnish(park)
    # One common word of each of two domains: known, but even, and no item that the search would show.
    words = "跟隔壁还有老板有关，我也说不清楚到底是什么样的一回事情"
    heard = hear(park.community, words)
    assert heard.question and not search.find(park.community, words)
    page = client.post("/say/suggest", {"words": words}, HTTP_HX_REQUEST="true").content.decode()
    assert 'name="domain"' in page
    key = heard.question[0].key
    again = client.post("/say/suggest", {"words": words, "domain": key}, HTTP_HX_REQUEST="true")
    assert f'value="{key}" checked' in again.content.decode()


def test_somebody_in_despair_gets_a_person_and_a_number_at_once(park: World, client: Client) -> None:
    page = client.post("/say/suggest", {"words": "我不想活了"}, HTTP_HX_REQUEST="true").content.decode()
    assert "12356" in page and "tel:120" in page
    done = client.post("/say/confirm", {"key": "k" * 24, "words": "我不想活了"})
    after = client.get(done["Location"]).content.decode()
    assert "12356" in after
    calm = client.post("/say/suggest", {"words": "停车难"}, HTTP_HX_REQUEST="true").content.decode()
    assert "12356" not in calm


def test_what_is_urgent_is_said_to_be_seen_at_once_with_a_number_to_call(park: World, client: Client) -> None:
    park.officer.public_phone = "0574-00000001"
    park.officer.save()
    park.colleague.public_phone = "0574-00000001"
    park.colleague.save()
    for words, urgent in (
        ("老板两个月不发工资了", True),
        ("冲床把手压伤了", True),
        ("东门早上没地方停车", False),
    ):
        page = client.post("/say/suggest", {"words": words}, HTTP_HX_REQUEST="true").content.decode()
        assert ("马上有人看" in page) is urgent, words
        assert ("等不及就打给" in page) is urgent


def test_only_the_owner_reads_numbers_in_the_words(park: World) -> None:
    said = "我的电话13812342201，车牌浙B·12345，停不了车"
    case = tell(park, said, asker=Asker(name="示例周"))
    Case.objects.update(owner=park.officer)
    pages = {}
    for person in (park.officer, park.supervisor):
        client = Client()
        signed_in(client, person)
        pages[person.pk] = client.get(f"/desk/{case.number}?whose=all").content.decode()
    quoted = [
        pages[p.pk].split('<blockquote class="words">')[1].split("<footer>")[0]
        for p in (park.officer, park.supervisor)
    ]
    assert "13812342201" in quoted[0] and "浙B·12345" in quoted[0]
    assert "13812342201" not in quoted[1] and "12345" not in quoted[1] and "停不了车" in quoted[1]
    client = Client()
    signed_in(client, park.supervisor)
    listed = client.get("/desk/?whose=all").content.decode()
    assert case.number in listed and "13812342201" not in listed
