"""What is only asked about: shown where it is not clear, never marked, taken when it is chosen."""

import pytest
from django.test import Client

from kaimen.cases.models import Case
from kaimen.catalogue.models import Service
from kaimen.catalogue.near import nearest
from kaimen.intake.hearing import hear
from kaimen.intake.suggest import LIKELY, Suggestion, obvious_service, suggest
from tests.cast import MONDAY, World, world
from tests.intake.test_choice import KEY, look
from tests.intake.test_hearing import furnish

UNCLEAR, HALF = (
    "押金和工资卡",
    "漏水和工资",
)  # of two domains: nothing is found for the first, one of two for the second


@pytest.fixture
def made(db: None) -> tuple[World, dict[str, Service]]:
    park = world()
    return park, furnish(park)


def seen(park: World, words: str, **more: object) -> Suggestion:
    found = suggest(community=park.community, words=words, now=MONDAY, **more)  # type: ignore[arg-type]
    assert found
    return found


def asked(found: Suggestion) -> list[Service]:
    return [one.service for one in found.perhaps]


def test_where_nothing_is_found_what_is_near_is_asked_about_and_nothing_is_marked(
    made: tuple[World, dict[str, Service]],
) -> None:
    park, items = made
    found = seen(park, UNCLEAR)
    assert asked(found) == [items["wages"]]
    assert (found.services, found.service) == ([], None)
    assert obvious_service(park.community, UNCLEAR) is None
    beside = seen(park, HALF)
    assert asked(beside) == [items["wages"]] and [one.service for one in beside.services] == [items["dorm"]]


def test_nobody_is_asked_where_it_is_clear_where_nothing_is_known_or_in_despair(
    made: tuple[World, dict[str, Service]],
) -> None:
    park, _items = made
    for words in ("洗澡水是凉的", "水和钱", UNCLEAR + "，我不想活了"):
        assert not seen(park, words).perhaps, words
    assert not seen(park, UNCLEAR, service=park.service).perhaps, "chosen elsewhere, by a link or a form"
    assert not seen(park, UNCLEAR, audience="enterprise").perhaps


def test_nobody_is_asked_where_the_words_are_sure_though_others_come_near(
    made: tuple[World, dict[str, Service]],
) -> None:
    park, items = made
    words = "宿舍房间床位和工资卡"  # a dormitory, and not to be doubted; the wages are near all the same
    heard = hear(park.community, words)
    chance = {domain.key: share for domain, share in heard.ranked}
    near = nearest(park.community, words, chance, at_least=LIKELY)
    assert heard.sure and items["wages"] in [one.service for one in near], "else nothing is tried here"
    found = seen(park, words)
    assert [one.service for one in found.services] == [items["dorm"]]
    assert asked(found) == []
    assert asked(seen(park, words, domain=items["wages"].domain)) == [items["wages"]], "their answer opens it"


def test_an_answer_to_the_question_for_the_domain_brings_its_items(
    made: tuple[World, dict[str, Service]],
) -> None:
    park, items = made
    assert items["wages"] not in asked(seen(park, UNCLEAR, domain=items["dorm"].domain))
    assert asked(seen(park, UNCLEAR, domain=items["wages"].domain)) == [items["wages"]]


def test_who_chooses_it_gets_it_and_who_does_not_goes_without(
    made: tuple[World, dict[str, Service]], client: Client
) -> None:
    _park, items = made
    sent = look(client, UNCLEAR) | {"name": "张三", "phone": "13800000001", "consent": "on"}
    assert "service" not in sent, "nothing is marked"
    page = client.post("/say", {"words": UNCLEAR}).content.decode()
    assert f'value="{items["wages"].key}"' in page
    client.post("/say/confirm", sent)
    assert Case.objects.get().service is None
    again = look(client, UNCLEAR, service=items["wages"].key)
    assert again["service"] == items["wages"].key, "still there, and marked, when they look again"
    client.post("/say/confirm", sent | {"key": KEY[::-1] + "2", "service": items["wages"].key})
    assert Case.objects.latest("pk").service == items["wages"]


def test_a_choice_that_still_comes_near_is_taken_for_changed_words(
    made: tuple[World, dict[str, Service]], client: Client
) -> None:
    _park, items = made
    sent = look(client, UNCLEAR) | {"service": items["wages"].key, "words": UNCLEAR + "的事"}
    client.post("/say/confirm", sent | {"name": "张三", "phone": "13800000001", "consent": "on"})
    assert Case.objects.get().service == items["wages"]
