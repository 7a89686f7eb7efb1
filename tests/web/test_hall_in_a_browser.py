"""The hall as people meet it: a sentence typed on a phone, large letters, the board with a chosen domain."""

from typing import Any

from kaimen.cases import figures
from tests.cases.cast import world
from tests.rig.browser import fits
from tests.web.march import NOW, play


def test_a_worker_types_one_sentence_and_sees_who_will_own_it(phone: Any, transactional_db: None) -> None:
    world()
    phone.goto("/")
    assert phone.locator("h1").inner_text().split() == ["有什么事？", "说一句。"]
    phone.locator("#words").press_sequentially("厂门口停车没地方", delay=10)
    phone.locator("#suggest").get_by_text("示例王").or_(
        phone.locator("#suggest").get_by_text("示例李")
    ).first.wait_for()
    assert phone.locator("#suggest").get_by_text("最晚答复").count() == 1
    phone.get_by_role("button", name="就这事").click()
    assert phone.locator("textarea[name=words]").input_value() == "厂门口停车没地方"


def test_large_letters_fit_the_phone(phone: Any, transactional_db: None) -> None:
    park = world()
    play(park)
    figures.recompute_all(park.community, NOW)
    phone.goto("/board/")
    _fits(phone)
    before = phone.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    phone.get_by_role("button", name="大字").click()
    phone.locator("html.elder").wait_for()
    phone.wait_for_load_state()
    assert phone.url.endswith("/board/")
    assert phone.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") > before * 1.2
    for address in ("/", "/board/", "/board/how"):
        phone.goto(address)
        _fits(phone)


def _fits(page: Any) -> None:
    """Nothing to push sideways, nothing too small for a thumb."""
    assert fits(page), page.url
    small = page.locator(".btn:visible, .pill:visible, .tabs a:visible, select:visible").evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().height < 44).map(e => e.textContent.trim())"
    )
    assert small == [], page.url


def test_choosing_a_domain_shows_its_figures_at_once(desk: Any, transactional_db: None) -> None:
    park = world()
    play(park)
    figures.recompute_all(park.community, NOW)
    desk.goto("/board/")
    desk.locator("#domain").select_option("commute")
    desk.get_by_text("到期 8 件里 6 件").wait_for()
    desk.wait_for_load_state()
    desk.locator("#domain").select_option("housing")
    desk.get_by_text("少于 5 件的不单列，免得从数里认出人").wait_for()
    assert desk.locator(".figure__value").count() == 0
