"""My words find the service: no official word in them, wordings that differ, and a person when it is urgent."""

from typing import Any

import pytest
from django.utils import timezone

from kaimen.intake.jobs import read_new_cases
from tests.journeys.cast import Lingfeng, fits, sign_in

pytestmark = pytest.mark.journey


def say(phone: Any, words: str) -> Any:
    phone.goto("/say")
    phone.get_by_role("textbox", name="有什么事").press_sequentially(words)
    phone.locator("#suggest .who__name").wait_for()
    return phone.locator("#suggest")


def test_my_words_find_the_service(lingfeng: Lingfeng, phone: Any) -> None:
    for words, service in (
        ("床上面天花板往下滴水，被子都湿了", "宿舍维修"),
        ("打工的孩子在这儿能念书吗", "随迁子女义务教育入学"),
        ("工錢拖了三個月沒給", "欠薪与工资争议"),
    ):
        suggestion = say(phone, words)
        suggestion.get_by_label(service, exact=True).first.wait_for()
        assert fits(phone)
    assert "马上有人看" in suggestion.inner_text()
    phone.get_by_role("button", name="就这事，交给他们").click()
    phone.wait_for_url("**/t/*")
    case = lingfeng.the_case()
    assert case.service is not None and case.service.key == "unpaid-wages" and case.urgent
    read_new_cases(timezone.now())
    assert case.reading.domain == case.service.domain


def test_in_despair_somebody_is_there_at_once_and_the_officer_sees_it_first(
    lingfeng: Lingfeng, phone: Any, desk: Any
) -> None:
    lingfeng.knock()
    suggestion = say(phone, "我撑不下去了，活着没意思")
    suggestion.get_by_role("link", name="心理援助热线 12356").wait_for()
    assert suggestion.get_by_role("link", name="急救 120").get_attribute("href") == "tel:120"
    assert fits(phone)
    phone.get_by_role("button", name="就这事，交给他们").click()
    phone.wait_for_url("**/t/*")
    assert phone.get_by_role("link", name="心理援助热线 12356").is_visible()

    case = lingfeng.community.cases.get(urgent=True)
    sign_in(desk, case.owner)
    desk.goto("/desk/")
    first = desk.locator("#rows li").first
    assert "可能想不开" in first.inner_text() and case.title in first.inner_text()
    first.locator("a").first.click()
    desk.get_by_text("马上要有人看").wait_for()
