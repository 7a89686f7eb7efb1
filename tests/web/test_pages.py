"""The hall's pages: nothing inline, every link leads somewhere, the box works without a script."""

import re

import pytest
from django.conf import settings
from django.urls import is_valid_path

from kaimen.cases.models import CaseGroup
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.organisations import add_organisation
from tests.cases.cast import World

pytestmark = pytest.mark.django_db
PAGES = ["/", "/board/", "/board/how", "/board/?domain=commute"]
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nothing_inline_and_one_heading(client, march: World, address: str, language: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.get(address)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert not INLINE.search(shown)
    assert len(re.findall(r"<h1[ >]", shown)) == 1
    assert f'<html lang="{language}"' in shown
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("address", PAGES)
def test_every_link_leads_somewhere(client, march: World, address: str) -> None:
    links = re.findall(r'(?:href|action)="(/[^"#?]*)', client.get(address).content.decode())
    assert len(links) > 8
    for link in links:
        if not link.startswith("/static/"):
            assert is_valid_path(link), link


def test_the_box_sends_without_a_script(client, march: World) -> None:
    answer = client.get("/")
    form = re.search(
        r'<form class="hero__ask" method="post" action="([^"]+)">(.*?)</form>',
        answer.content.decode(),
        re.DOTALL,
    )
    assert form
    assert 'name="words"' in form[2]
    assert "csrfmiddlewaretoken" in form[2]
    assert client.post(form[1], {"words": "厂门口没地方停车"}).status_code == 200


def test_what_five_people_say_shows_by_its_title_and_four_do_not(client, park: World) -> None:
    many = CaseGroup.objects.create(community=park.community, title="园区停车难")
    few = CaseGroup.objects.create(community=park.community, title="食堂周末不开")
    for _ in range(5):
        park.case(group=many)
    for _ in range(4):
        park.case(group=few)
    shown = client.get("/").content.decode()
    assert "园区停车难" in shown
    assert "5 个人说" in shown
    assert "食堂周末不开" not in shown


def test_a_second_community_can_be_chosen(client, march: World) -> None:
    assert 'name="community"' not in client.get("/").content.decode()
    add_organisation(key="other", name="示例二社区", kind=OrganisationKind.COMMUNITY, parent=None, by=None)
    assert 'name="community"' in client.get("/").content.decode()
    client.post("/community", {"community": "nobody"})
    assert "示例二社区</span>" not in client.get("/").content.decode()
    client.post("/community", {"community": "other"})
    assert "示例二社区</span>" in client.get("/").content.decode()


def test_an_empty_house_says_so(client, db: None) -> None:
    answer = client.get("/")
    assert answer.status_code == 503
    assert "还没有社区" in answer.content.decode()
