"""The desk by keyboard, and the asker's answer on a phone, in a real browser."""

from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from kaimen.cases import actions, links
from tests.cases.cast import World
from tests.cases.doors import signed_in
from tests.rig.browser import fits

pytestmark = pytest.mark.django_db(transaction=True)


def enter(page: Any, person: Any, live_server: Any) -> None:
    cookie = signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


def test_an_officer_answers_without_touching_the_mouse(park: World, desk: Any, live_server: Any) -> None:
    park.case(words="第一件：热水停了", now=timezone.now())
    second = park.case(words="第二件：没有车位", now=timezone.now())
    enter(desk, park.officer, live_server)
    desk.goto("/desk/")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.locator("#case blockquote", has_text="第二件").wait_for()
    assert desk.url.endswith(f"/desk/{second.number}?whose=mine")
    assert second.number in desk.locator("#rows [aria-current]").inner_text()
    desk.keyboard.press("r")
    desk.keyboard.type("今晚划好线")
    desk.keyboard.press("Control+Enter")
    desk.get_by_text("答复发出去了").wait_for()
    assert park.fresh(second).state == "answered"


def test_the_asker_rates_on_a_phone_and_nothing_sticks_out(park: World, phone: Any, live_server: Any) -> None:
    case = park.case(now=timezone.now())
    actions.answer_case(case=case, text="明天起可以停在东门。", by=park.officer, now=timezone.now())
    phone.goto(links.track_path(case))
    assert phone.get_by_text("明天起可以停在东门。").first.is_visible()
    assert fits(phone)
    phone.get_by_label("非常满意", exact=True).check()
    phone.get_by_label("解决了", exact=True).check()
    phone.get_by_role("button", name="评一下").click()
    phone.get_by_text("谢谢，您的评价我们都会看。").wait_for()
    assert park.fresh(case).state == "closed"


def test_the_desk_works_without_scripts(park: World, visitor: Any, live_server: Any) -> None:
    case = park.case(now=timezone.now())
    page = visitor(java_script_enabled=False)
    enter(page, park.officer, live_server)
    page.goto("/desk/")
    page.get_by_role("link", name=case.title).click()
    page.get_by_role("link", name="请他补充").click()
    page.get_by_label("请他补充什么").fill("几号车位？")
    page.get_by_role("button", name="请他补充").click()
    page.get_by_text("问过去了").wait_for()
    assert park.fresh(case).state == "waiting"
