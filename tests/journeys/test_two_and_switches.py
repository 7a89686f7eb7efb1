"""Two officers at once; larger letters and English for whoever needs them."""

from typing import Any

from django.utils import timezone

from kaimen.cases import actions
from kaimen.cases.models import Answer

from .cast import DRAWN, Lingfeng, fits, open_track, sign_in

SLOWER = "我约了交警周三到现场看，看完告诉您。"


def test_two_officers_answer_at_once_and_the_second_loses_nothing(
    lingfeng: Lingfeng, desk: Any, visitor: Any
) -> None:
    case = lingfeng.knock()
    actions.take_case(case=case, by=case.owner, now=timezone.now())
    other = lingfeng.colleague if case.owner == lingfeng.officer else lingfeng.officer
    second = sign_in(visitor(), other)
    for page in (sign_in(desk, case.owner), second):
        page.goto(f"/desk/{case.number}?do=answer")
    desk.get_by_label("答复", exact=True).fill(DRAWN)
    second.get_by_label("答复", exact=True).fill(SLOWER)
    desk.get_by_role("button", name="答复", exact=True).click()
    desk.get_by_text("答复发出去了").wait_for()
    second.get_by_role("button", name="答复", exact=True).click()

    told = second.get_by_role("alert").filter(has_text="比您早一步")
    told.wait_for()
    assert case.owner.name in told.inner_text()
    assert second.get_by_label("答复", exact=True).input_value() == SLOWER
    assert DRAWN in second.locator(".timeline").inner_text()
    assert list(Answer.objects.filter(case=case).values_list("text", flat=True)) == [DRAWN]
    asker = open_track(visitor(), case)
    assert SLOWER not in asker.locator("main").inner_text()


def test_large_letters_stay_on_from_page_to_page(lingfeng: Lingfeng, phone: Any) -> None:
    phone.goto("/")
    before = letters(phone)
    phone.get_by_role("button", name="大字").click()
    phone.wait_for_load_state()
    assert letters(phone) > before * 1.1
    assert fits(phone)
    phone.goto("/list/")
    assert letters(phone) > before * 1.1
    assert fits(phone)
    phone.goto("/")
    phone.get_by_role("button", name="大字").click()
    phone.wait_for_load_state()
    assert letters(phone) == before


def test_the_home_page_in_english_answers_in_english(lingfeng: Lingfeng, phone: Any) -> None:
    phone.goto("/")
    phone.get_by_role("button", name="Switch to English").click()
    phone.wait_for_load_state()
    assert phone.evaluate("document.documentElement.lang") == "en"
    phone.locator("#words").press_sequentially("parking")
    phone.locator("#suggest").get_by_label("Parking in and around the park").wait_for()
    fixed = phone.locator("header, nav, h1, h2, button, label:not([lang])").all_inner_texts()
    chinese = [text for text in fixed if any("一" <= sign <= "鿿" for sign in text.replace("中", ""))]
    assert not chinese
    assert fits(phone)
    phone.get_by_role("button", name="换成中文").click()
    phone.get_by_role("heading", name="有什么事").wait_for()


def letters(page: Any) -> float:
    return float(
        page.evaluate("parseFloat(getComputedStyle(document.querySelector('.row__title, p')).fontSize)")
    )
