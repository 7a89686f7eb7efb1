"""The same door for a firm, by phone, from a code on a wall, from a visit, and for a browser without script."""

from typing import Any

from kaimen.cases.enums import Channel
from kaimen.intake.models import FormLink
from tests.rig.browser import PHONE

from .cast import PARKING, Lingfeng, fits, shown, sign_in

HEARD = ["二号宿舍楼热水晚上十点就停", "夜班下班没有公交车"]


def test_a_firm_finds_its_point_among_the_ten_and_says_it(lingfeng: Lingfeng, desk: Any) -> None:
    chair = lingfeng.people["luo-dachuan"]
    sign_in(desk, chair)
    desk.goto("/")
    desk.get_by_role("link", name="企服十条").click()
    desk.wait_for_url("**/list/?audience=enterprise")
    points = desk.locator('main a[href^="/list/e"]').all_inner_texts()
    assert len(points) == 10
    desk.get_by_role("link", name="招工用工对接").click()
    desk.get_by_role("link", name="就说这件事").click()
    desk.wait_for_url("**/say?service=*")
    desk.get_by_label("有什么事").fill("年后缺 30 个注塑工，想进校招一次")
    desk.get_by_role("button", name="就这事，交给他们").click()
    desk.wait_for_url("**/t/*")

    case = lingfeng.the_case()
    assert (case.service.name, case.asker) == ("招工用工对接", chair)
    assert case.enterprise == lingfeng.organisations["hengzhu"]
    assert desk.locator(".who__name").inner_text().startswith(case.owner.name)
    desk.goto("/mine")
    desk.get_by_role("link").filter(has_text=case.number).first.wait_for()


def test_an_officer_takes_a_phone_call_with_the_keyboard_alone(lingfeng: Lingfeng, desk: Any) -> None:
    sign_in(desk, lingfeng.officer)
    desk.goto("/desk/")
    desk.keyboard.press("n")
    desk.wait_for_url("**/take")
    desk.keyboard.type(HEARD[0])  # the words have the focus already
    desk.locator("#suggest .who__name").wait_for()
    before = desk.locator("#suggest .who__name").inner_text()
    tab_to(desk, "name")
    desk.keyboard.type("示例周")
    tab_to(desk, "phone")
    desk.keyboard.type("13800000777")
    tab_to(desk, "place")
    while desk.locator("[name=place] option:checked").inner_text() != "二号宿舍楼":
        desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Control+Enter")
    desk.get_by_text("请把编号念给对方").wait_for()

    case = lingfeng.the_case()
    assert case.number in shown(desk)
    assert before.startswith(case.owner.name)
    assert (case.channel, case.words, case.place.key) == (Channel.PHONE, HEARD[0], "dorm-2")
    assert (case.asker_name, case.asker_phone) == ("示例周", "13800000777")
    assert "13800000777" not in shown(desk)
    desk.locator("textarea[name=words]:focus").wait_for()  # ready for the next call


def test_a_code_on_a_wall_brings_its_place_along(lingfeng: Lingfeng, phone: Any) -> None:
    link = FormLink.objects.exclude(place=None).select_related("place").first()
    phone.goto(f"/f/{link.token}")
    phone.get_by_text(link.name).wait_for()
    phone.get_by_label("有什么事").press_sequentially(PARKING)
    phone.locator("#suggest .who__name").wait_for()
    phone.get_by_role("button", name="就这事，交给他们").click()
    phone.wait_for_url("**/t/*")

    case = lingfeng.the_case()
    assert (case.channel, case.place) == (Channel.FORM, link.place)
    assert link.place.name in phone.locator("blockquote.words").inner_text()
    assert fits(phone)


def test_what_was_heard_on_a_visit_becomes_one_case_a_line(lingfeng: Lingfeng, desk: Any) -> None:
    firm = lingfeng.organisations["hengzhu"]
    sign_in(desk, lingfeng.officer)
    desk.goto("/visits/")
    desk.get_by_label("去了哪家").select_option(label=firm.name)
    desk.get_by_label("听到的事，一行一件，照原话写").fill("\n".join(HEARD))
    desk.get_by_role("button", name="一行一件，交给人管").click()
    desk.get_by_text("带回 2 件，件件有人管。").wait_for()

    cases = lingfeng.community.cases.order_by("pk")
    assert [case.words for case in cases] == HEARD
    assert {(case.channel, case.enterprise) for case in cases} == {(Channel.VISIT, firm)}
    for case in cases:
        assert case.service and case.owner.name in desk.locator("main").inner_text()


def test_without_script_the_door_opens_all_the_same(lingfeng: Lingfeng, visitor: Any) -> None:
    page = visitor(**PHONE, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("textbox", name="有什么事").fill(PARKING)
    page.get_by_role("button", name="就这事", exact=True).click()
    page.wait_for_url("**/say")
    assert page.get_by_label("园区停车位增设与管理").is_checked()
    owner = page.locator("#suggest .who__name").inner_text().split()[0]
    assert page.locator("#suggest .promises dd").count() == 2

    page.get_by_role("button", name="先看看归哪一项、谁来管").click()
    page.get_by_label("园区停车位增设与管理").check()
    page.get_by_role("button", name="就这事，交给他们").click()
    page.wait_for_url("**/t/*")

    case = lingfeng.the_case()
    assert (case.words, case.service.key, case.owner.name) == (PARKING, "parking", owner)
    assert case.number in page.locator("header .head__over").inner_text()
    assert page.locator(".qr svg").count() == 1


def tab_to(page: Any, name: str, *, back: bool = False) -> None:
    """Press Tab until the field has the focus, as somebody without a mouse does."""
    for _ in range(25):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"{name} is not reached with Tab")
