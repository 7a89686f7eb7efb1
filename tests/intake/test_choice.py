"""A service that was marked for other words is neither taken silently nor lost: without JavaScript, by the form alone."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from kaimen.cases.models import Case
from kaimen.catalogue.actions import bump
from kaimen.catalogue.models import Service
from kaimen.intake import choice
from kaimen.intake.suggest import suggest
from tests.cast import MONDAY, World, world

PARKING, CANTEEN = "东门早上没地方停车", "食堂周末不开门，没饭吃"
KEY = "k" * 24


@pytest.fixture
def park(db: None) -> World:
    people = world()
    Service.objects.create(
        community=people.community,
        key="canteen",
        domain=people.domain,
        audience="worker",
        organisation=people.community,
        state="published",
        name="食堂就餐",
        summary="食堂的事",
        phrases=["食堂不开门", "没饭吃"],
        first_answer_days=2,
        solve_days=10,
    )
    bump(people.community)
    return people


def shown(page: Any) -> dict[str, str]:
    """What a browser without JavaScript sends back of the page: hidden fields and the marked service."""
    text = page.content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    marked = re.search(r'name="service" id="[^"]*" value="([^"]*)" checked', text)
    sent.pop("csrfmiddlewaretoken", None)
    return sent | ({"service": marked[1]} if marked else {}) | {"key": KEY}


def look(client: Client, words: str, **more: str) -> dict[str, str]:
    return shown(client.post("/say", {"words": words} | more)) | {"words": words}


def test_our_guess_follows_the_words_when_they_look_again(park: World, client: Client) -> None:
    sent = look(client, PARKING)
    assert sent["service"] == "parking"
    del sent["words"]
    assert look(client, CANTEEN, **sent)["service"] == "canteen"


def test_a_guess_for_other_words_is_asked_about_once_before_it_is_sent(park: World, client: Client) -> None:
    sent = look(client, PARKING) | {"words": CANTEEN}
    asked = client.post("/say/confirm", sent)
    assert asked.status_code == 200
    assert "您的话改过了" in asked.content.decode()
    assert not Case.objects.exists()
    again = shown(asked) | {"words": CANTEEN}
    assert again["service"] == "canteen"
    assert client.post("/say/confirm", again).status_code == 302
    case = Case.objects.get()
    assert (case.service.key, case.words) == ("canteen", CANTEEN)  # type: ignore[union-attr]


def test_a_choice_of_their_own_is_asked_about_and_then_stands(park: World, client: Client) -> None:
    sent = look(client, CANTEEN) | {"service": "parking", "words": "食堂太贵"}
    asked = client.post("/say/confirm", sent)
    assert "您的话改过了" in asked.content.decode()
    again = shown(asked) | {"words": "食堂太贵"}
    assert again["service"] == "parking"
    assert client.post("/say/confirm", again).status_code == 302
    assert Case.objects.get().service == park.service


def test_words_that_still_say_the_same_are_sent_at_once(park: World, client: Client) -> None:
    sent = look(client, PARKING) | {"words": PARKING + "，天天这样"}
    assert client.post("/say/confirm", sent).status_code == 302
    assert Case.objects.get().service == park.service


def test_unchanged_words_are_sent_at_once_whatever_was_marked(park: World, client: Client) -> None:
    sent = look(client, CANTEEN) | {"service": "parking"}
    assert client.post("/say/confirm", sent).status_code == 302
    assert Case.objects.get().service == park.service


def test_a_link_to_a_service_is_a_choice(park: World, client: Client) -> None:
    sent = shown(client.get("/say?service=parking"))
    assert sent["picked"] == "parking"
    chosen = sent | {"words": CANTEEN, "service": "parking"}  # said after choosing: nothing was changed
    assert client.post("/say/confirm", chosen).status_code == 302
    assert Case.objects.get().service == park.service


def test_whose_choice_it_is() -> None:
    assert choice.picked({"service": "a", "picked": "a"}) == "a", "by a link"
    assert choice.picked({"service": "b", "picked": "a"}) == "", "a link to another one"
    assert choice.picked({"service": "a", "guessed": "a"}) == "", "our guess"
    assert choice.picked({"service": "b", "guessed": "a"}) == "b", "another than our guess"
    assert choice.picked({"service": "a", "guessed": "a", "picked": "a"}) == "a", (
        "chosen, then guessed as well"
    )


def test_what_still_fits_words_that_were_changed(park: World) -> None:
    """A choice need only be among what the words find or come near; a guess must be what they lead to now."""
    canteen = Service.objects.get(key="canteen")
    found = suggest(community=park.community, words=CANTEEN, now=MONDAY)
    assert found and found.service == canteen
    near = replace(found, service=None, services=[], perhaps=tuple(found.services))
    other = replace(found, service=park.service)
    guess = {"service": "canteen", "guessed": "canteen", "about": choice.about(PARKING), "words": CANTEEN}
    mine = guess | {"picked": "canteen"}
    assert [choice.still_fits(guess, now) for now in (found, other, near, None)] == [
        True,
        False,
        False,
        False,
    ]
    assert [choice.still_fits(mine, now) for now in (found, other, near, None)] == [True, True, True, False]
    assert choice.still_fits(mine | {"about": choice.about(CANTEEN)}, None), (
        "these are the words it was shown for"
    )
