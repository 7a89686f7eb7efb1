"""What officers come to hear: a hundred and eighty ways to say that there is nowhere to park are one thing, and it rises."""

from typing import Any

import pytest
from django.utils import timezone

from kaimen.foundation.models import Notice, Place
from kaimen.hotspots import actions
from kaimen.hotspots.models import HotIssue
from kaimen.web.demo.seeding import read
from kaimen.web.demo.voices import bring_voices
from tests.journeys.cast import Lingfeng, fits, shown, sign_in


@pytest.fixture
def park(live_server: Any) -> Lingfeng:
    """The demo's park with its older book: 180 parking needs among 1,500 others (some seconds)."""
    made = Lingfeng()
    now = timezone.now()
    assert bring_voices(made.community, read("demo/voices.yaml"), now) > 1_680
    actions.gather_issues(community=made.community, now=now)
    return made


def test_an_officer_sees_the_parking_issue_rise(desk: Any, park: Lingfeng) -> None:
    desk.goto("/")
    sign_in(desk, park.officer)
    desk.goto("/hot/")
    first = desk.locator(".hot__list li").first
    assert "停车" in first.inner_text() or "车位" in first.inner_text()
    before = HotIssue.objects.order_by("-heat")[0]
    assert before.messages >= 170
    assert sum(before.trend[6:]) > sum(before.trend[:6]), "more and more say so"
    assert f"{before.people} 人" in first.inner_text()

    gate = Place.objects.get(community=park.community, key="gate-east")
    said = park.knock("今天早上东门又没地方停车，车位全满了", place=gate)
    actions.hear_new(timezone.now())
    desk.goto("/hot/")
    assert f"{before.messages + 1} 件" in desk.locator(".hot__list li").first.inner_text()

    desk.locator(".hot__list a").first.click()
    page = shown(desk)
    assert said.number in page
    assert "热度怎么来的" in page and "因为都说" in page
    assert fits(desk)

    desk.get_by_label("为什么该大家一起定").fill("三家企业能不能错时用一个停车场")
    desk.get_by_role("button", name="建议提为议题").click()
    assert "督办已收到" in shown(desk)
    assert Notice.objects.filter(code="issue_marked", person=park.supervisor).exists()

    desk.goto(f"/desk/{said.number}")
    desk.get_by_role("link", name="件在说这事").click()
    assert desk.url.endswith(f"/hot/{before.pk}")


def test_anybody_sees_what_is_said_and_nobodys_words(phone: Any, park: Lingfeng) -> None:
    phone.goto("/board/hot")
    page = shown(phone)
    assert "东门：园区停车位增设与管理" in page
    assert "绕了三圈" not in page
    assert "不单列" in page
    assert fits(phone)
