"""S1 on a phone and a desk: one sentence in, one person answers, to the end."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from kaimen.cases import actions, figures
from kaimen.cases.enums import CaseState, PromiseKind
from kaimen.cases.models import Promise
from kaimen.foundation.workcalendar import calendar
from kaimen.intake.actions import Asker
from kaimen.logic.deadlines import add_workdays
from kaimen.look.templatetags.look import day

from .cast import DRAWN, PARKING, Lingfeng, fits, open_track, shown, sign_in

SECRET_WORDS = "夜里宿舍门口有人停车吵架，我住 402"


def promised(days: int) -> str:
    return day(add_workdays(timezone.localdate(), days, calendar()))


def test_a_worker_says_one_sentence_and_sees_who_will_answer(lingfeng: Lingfeng, phone: Any) -> None:
    other = lingfeng.knock(SECRET_WORDS, asker=Asker(name="示例邻居", phone="13800000777"))
    phone.goto("/")
    phone.get_by_role("textbox", name="有什么事").press_sequentially(PARKING)

    # nothing pressed yet
    suggestion = phone.locator("#suggest")
    suggestion.get_by_label("园区停车位增设与管理").wait_for()
    assert suggestion.get_by_label("园区停车位增设与管理").is_checked()
    owner = suggestion.locator(".who__name").inner_text().split()[0]
    assert owner in {lingfeng.officer.name, lingfeng.colleague.name}
    assert suggestion.locator(".promises dd").all_inner_texts() == [promised(1), promised(10)]
    assert SECRET_WORDS not in shown(phone) and "402" not in shown(phone)
    assert fits(phone)

    phone.get_by_role("button", name="就这事", exact=True).click()
    phone.get_by_role("button", name="就这事，交给他们").click()
    phone.wait_for_url("**/t/*")

    case = lingfeng.community.cases.exclude(pk=other.pk).get()
    assert case.words == PARKING and case.asker is None
    assert case.number in phone.locator("header .head__over").inner_text()
    assert phone.locator("blockquote.words").inner_text().strip() == PARKING
    assert phone.locator(".who__name").inner_text().startswith(case.owner.name)
    assert [
        text.split()[:2] for text in phone.locator(".track .promises dd:nth-of-type(1)").all_inner_texts()
    ] == [
        promised(1).split(),
        promised(10).split(),
    ]
    assert phone.locator(".qr svg").is_visible()
    for hidden in (SECRET_WORDS, "示例邻居", "13800000777", other.number, "13800000021", "13800000011"):
        assert hidden not in shown(phone)
    assert fits(phone)


def test_officer_department_and_firm_work_and_what_is_late_climbs_by_itself(
    lingfeng: Lingfeng, desk: Any, visitor: Any
) -> None:
    case = lingfeng.knock(asker=Asker(name="示例周", phone="13800000777"))
    police, firm = lingfeng.organisations["traffic-police"], lingfeng.organisations["hengzhu"]

    sign_in(desk, case.owner)
    desk.goto("/desk/")
    desk.get_by_role("link", name=case.title).click()
    assert desk.locator("#case blockquote.words").inner_text().startswith(PARKING)
    assert "13800000777" not in shown(desk)
    desk.get_by_role("button", name="接手").click()
    desk.get_by_text("接手了。").wait_for()

    desk.get_by_role("link", name="交办", exact=True).click()
    desk.get_by_label(police.name).check()
    desk.get_by_label(firm.name).check()
    desk.get_by_label("要他们做什么").fill("请到东门看一眼，回一句能不能画车位。")
    desk.get_by_label("几个工作日").fill("2")
    desk.get_by_role("button", name="交办", exact=True).click()
    desk.get_by_text("交办了，时限从明天起数。").wait_for()

    card = desk.locator("article.card").filter(has_text=police.name)
    card.get_by_text("发链接、记回话、取消").click()
    card.get_by_role("button", name="做一个链接").click()
    address = desk.locator(".card--gold .keep__url").inner_text()

    guest = visitor()
    guest.goto("/task/" + address.rsplit("/", 1)[1])
    assert PARKING in shown(guest)
    for hidden in ("示例周", "13800000777", firm.name):
        assert hidden not in shown(guest)
    guest.get_by_label("办得怎么样").fill("能画 20 个，下周画。")
    guest.get_by_role("button", name="回过去").click()
    guest.get_by_text("回过去了。").wait_for()

    asker = open_track(visitor(), case)
    asker.get_by_text(f"{police.name}回话了").wait_for()
    for hidden in (lingfeng.people["wei-zhiyuan"].name, "能画 20 个", lingfeng.supervisor.name):
        assert hidden not in shown(asker)

    late = Promise.objects.get(kind=PromiseKind.TASK, task__organisation=firm).due_on
    assert late == add_workdays(timezone.localdate(), 2, calendar())
    days = (add_workdays(late, 1, calendar()) - timezone.localdate()).days
    case.refresh_from_db()
    actions.tell_progress(case=case, text="交警能画，等厂里回话。", by=case.owner, now=timezone.now())
    assert actions.escalate_late(now=timezone.now() + timedelta(days=days)) == 1
    asker.reload()
    asker.get_by_text("已经报给督办").wait_for()
    assert lingfeng.supervisor.name not in shown(asker)

    watcher = sign_in(visitor(), lingfeng.supervisor)
    watcher.goto("/notices/")
    watcher.get_by_role("button", name="去看").first.click()
    watcher.wait_for_url(f"**/desk/{case.number}*")
    assert lingfeng.supervisor.name in watcher.locator(".timeline").inner_text()

    desk.goto(f"/desk/{case.number}")
    desk.keyboard.press("r")
    desk.get_by_label("答复", exact=True).fill(DRAWN)
    desk.keyboard.press("Control+Enter")
    desk.get_by_text("答复发出去了").wait_for()
    asker.reload()
    assert asker.locator("#answer .answer__text").inner_text() == DRAWN


def test_the_worker_rates_and_asks_once_to_have_it_done_again(lingfeng: Lingfeng, phone: Any) -> None:
    case = answered(lingfeng)
    open_track(phone, case)
    levels = phone.get_by_role("group", name="满意吗").get_by_role("radio")
    assert levels.count() == 5
    phone.get_by_label("基本满意", exact=True).check()
    phone.get_by_role("group", name="事情解决了吗").get_by_role("radio").first.check()
    phone.get_by_role("button", name="评一下").click()
    phone.get_by_text("谢谢，您的评价我们都会看。").wait_for()
    assert phone.get_by_role("button", name="评一下").count() == 0
    assert case.ratings.get().score == 3

    phone.get_by_text("没办好，重新办").click()
    phone.get_by_label("哪里没办好").fill("线画了，又被货车占了。")
    phone.get_by_role("button", name="重新办").click()
    phone.get_by_role("heading", name="重新办，接着管").wait_for()
    case.refresh_from_db()
    assert (case.state, case.reopened_by_asker) == (CaseState.REOPENED, True)

    actions.answer_case(case=case, text="门口装了地桩。", by=case.owner, now=timezone.now())
    phone.reload()
    phone.locator("#answer").get_by_text("门口装了地桩。").wait_for()
    assert phone.get_by_text("没办好，重新办").count() == 0
    assert fits(phone)


def test_the_public_board_shows_figures_with_their_denominators(lingfeng: Lingfeng, phone: Any) -> None:
    for score in (5, 5, 4, 3, 1):
        case = answered(lingfeng)
        solved = "yes" if score > 2 else "no"
        actions.rate_case(case=case, score=score, solved=solved, comment="", by=None, now=timezone.now())
    answered(lingfeng)  # and says nothing
    lingfeng.knock()  # and is still open
    figures.recompute_all(lingfeng.community)

    phone.goto("/board/")
    board = phone.locator("main").inner_text()
    assert "表态 5 人里 4 人说解决了" in board
    assert "打分 5 人里 4 人给“基本满意”或更好" in board
    assert "1 人没表态，不算解决" in board
    assert "1 人没打分，不算满意" in board
    assert "1 件还在办" in board
    assert board.count("80.0%") == 2
    assert PARKING not in shown(phone) and lingfeng.officer.name not in shown(phone)
    assert fits(phone)


def answered(lingfeng: Lingfeng) -> Any:
    case = lingfeng.knock()
    actions.take_case(case=case, by=case.owner, now=timezone.now())
    actions.answer_case(case=case, text=DRAWN, by=case.owner, now=timezone.now())
    return case
