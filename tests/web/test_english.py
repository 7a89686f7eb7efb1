"""In English nothing that we say is left in Chinese; what people wrote and what things are called stays theirs."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real

from kaimen.cases import links
from kaimen.look import translations
from tests.cases.doors import signed_in
from tests.cast import World

pytestmark = pytest.mark.django_db
TEXT = re.compile(r">([^<>]+)<|(?:aria-label|title|placeholder|alt)=\"([^\"]*)\"")


@pytest.fixture(autouse=True)
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The English file compiled as it stands now, whatever an earlier start has left in the tree."""
    (english,) = translations.catalogue_files()
    target = tmp_path / "en" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, translations._read(english))
    monkeypatch.setattr(settings, "LOCALE_PATHS", [tmp_path])
    trans_real._translations.clear()
    yield
    translation.deactivate()
    trans_real._translations.clear()


def ours_in_chinese(page: str) -> set[str]:
    """The sentences of the product that a page still says in Chinese."""
    (english,) = translations.catalogue_files()
    ours = {
        form
        for message in translations._messages(translations._read(english))
        for form in translations._forms(message.id)
        if message.string != message.id
    }
    said = {unescape(part).strip() for pair in TEXT.findall(page) for part in pair}
    return ours & said


def page_of(client: Client, path: str, language: str) -> str:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client.get(path).content.decode()


def pages(park: World) -> list[tuple[Client, str]]:
    case = park.case()
    visitor = Client()
    told = [(visitor, path) for path in ("/", "/say", "/list/", "/board/", "/board/how", "/in", "/nowhere")]
    told += [(visitor, links.track_path(case)), (visitor, links.track_path(case) + "/print")]
    told += [(signed_in(park.asker), path) for path in ("/mine", "/me", "/notices/")]
    told += [(signed_in(park.officer), path) for path in ("/desk/", f"/desk/{case.number}", "/take")]
    return [*told, (signed_in(park.supervisor), "/watch/"), (signed_in(park.handler), "/tasks/")]


def test_pages_speak_english(park: World) -> None:
    for client, path in pages(park):
        english = page_of(client, path, "en")
        assert '<html lang="en"' in english, path
        assert ours_in_chinese(english) == set(), path


def test_the_same_pages_in_chinese_would_be_noticed(park: World) -> None:
    for client, path in pages(park):
        chinese = page_of(client, path, "zh-hans")
        assert ours_in_chinese(chinese), path


def test_days_are_said_in_english(park: World) -> None:
    page = page_of(Client(), links.track_path(park.case()), "en")
    assert "Tue 3 Mar" in page
    assert "周二" not in page


def test_a_machine_that_asks_for_english_gets_it(park: World) -> None:
    said = {}
    for language in ("en-GB,en;q=0.8", "zh-CN"):
        answer = Client().get("/open311/v2/services/x.json", headers={"Accept-Language": language})
        said[language] = answer.json()[0]["description"]
    assert said["en-GB,en;q=0.8"].isascii()
    assert not said["zh-CN"].isascii()
