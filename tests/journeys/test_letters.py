"""A care letter to a thousand chairs, until every single one has it (row S6); and a case answered by letter."""

import io
import re
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import xlsxwriter
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kaimen.cases import actions as cases
from kaimen.cases.models import Case
from kaimen.foundation.jobs import PatientWorker
from kaimen.foundation.models import Account, Person
from kaimen.letters import actions
from kaimen.letters.models import Letter, LetterEvent, Mailing
from tests.foundation.servers import post_office
from tests.journeys.cast import Lingfeng, fits, shown, sign_in
from tests.letters.test_sending import Picky

CHAIRS = 1036
BY_MAIL = 436
IN_THE_APP = 100
GONE_AWAY = (700, 801, 1002)


def roster(people: list[Person]) -> bytes:
    """1,036 invented chairs: the first can be reached in the app, then by e-mail, the rest by post."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(
            0, 0, ["企业名称", "主席姓名", "职务", "手机号", "电子邮箱", "通信地址", "今年最难忘"]
        )
        for n in range(1, CHAIRS + 1):
            known = people[n - 1] if n <= len(people) else None
            name = known.name if known else f"示例主席{n}"
            phone = known.phone if known else f"1390{n:07d}"
            mail = f"chair{n}@example.org" if IN_THE_APP < n <= BY_MAIL else ""
            where = f"3158{n % 90:02d} 示例市示例路 {n} 号"
            sheet.write_row(n, 0, [f"示例{n}厂", name, "工会主席", phone, mail, where, f"第 {n} 件事"])
    return out.getvalue()


def settle_people(park: Lingfeng) -> list[Person]:
    """A hundred chairs who have an account, known by phone and name."""
    from kaimen.foundation.enums import RoleKind
    from kaimen.foundation.organisations import add_person, give_role

    people = [
        add_person(name=f"示例主席{n}", phone=f"1390{n:07d}", by=None) for n in range(1, IN_THE_APP + 1)
    ]
    for person in people:
        give_role(person=person, kind=RoleKind.CHAIR, organisation=park.community, by=None)
        Account.objects.create(person=person, username=f"chair{person.pk}")
    return people


def drain() -> None:
    """Every job that waits, in this thread."""
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())
    PatientWorker(interval=0, worker_id="drain").run()


@pytest.mark.django_db(transaction=True)
def test_a_thousand_chairs_each_have_their_letter(
    desk: Any, phone: Any, settings: Any, tmp_path: Any
) -> None:
    """Half a minute: 1,036 letters are really made, 336 really go over SMTP, in a real browser."""
    settings.MEDIA_ROOT = tmp_path
    park = Lingfeng()
    people = settle_people(park)
    actions.add_template(
        community=park.community,
        kind="personal",
        text={
            "name": "示例慰问信",
            "title": "致工会主席的一封信",
            "greeting": "{姓名}主席：",
            "body": "感谢您一年来为**{单位}**职工做的事，尤其是{今年最难忘}。",
            "sender": "示例总工会",
        },
        by=park.supervisor,
        now=timezone.now(),
    )
    sign_in(desk, park.supervisor)
    settings.PUBLIC_URL = desk.evaluate("location.origin")
    desk.goto("/letters/")
    desk.get_by_role("link", name="写一批信").first.click()
    desk.get_by_label("这次叫什么").fill("年末致工会主席")
    desk.get_by_label("怎么送").select_option("app,email,print")
    desk.get_by_role("button", name="下一步：写给谁").click()
    excel = {
        "name": "chairs.xlsx",
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": roster(people),
    }
    desk.get_by_label("收信人名单").set_input_files(excel)
    desk.get_by_role("button", name="用这张表").click()
    desk.get_by_role("button", name=f"做这 {CHAIRS} 封信").click(timeout=30_000)
    found = Mailing.objects.get()
    drain()
    assert Letter.objects.filter(mailing=found, state="made").count() == CHAIRS
    assert LetterEvent.objects.filter(verb="make").count() == CHAIRS

    with post_office(Picky(never="chair200@"), settings) as mailbox:
        desk.reload()
        desk.get_by_role("button", name="开始送").click()
        drain()
    assert len(mailbox.letters) == BY_MAIL - IN_THE_APP - 1
    desk.get_by_role("button", name="排印纸信").click()
    drain()
    desk.reload()
    with desk.expect_popup() as printed:  # the file to print opens beside
        desk.get_by_role("link", name="打印信").click()
    printed.value.close()
    desk.get_by_role("button", name="这一批寄出了").click()
    assert Letter.objects.filter(mailing=found, state="sent").count() == CHAIRS - 1

    # those in the app and by mail read theirs; one answers by the link, on a phone
    mail = message_from_bytes(mailbox.letters[7].content, policy=policy.default)
    link = re.search(r"/l/\S+", mail.get_body().get_content())
    assert link
    phone.goto(link[0])
    heading = phone.get_by_role("heading", level=1).inner_text()
    assert heading.startswith("示") and "主席" not in heading  # masked: the link may be in anybody's hands
    assert "1390" not in shown(phone) and "示例路" not in shown(phone)
    assert fits(phone)
    phone.get_by_label("想回的话").fill("食堂晚饭太早，夜班的人赶不上。")
    phone.get_by_role("button", name="就这话，送出去").click()
    phone.wait_for_url("**/t/*")
    case = Case.objects.get(channel="letter")
    assert case.owner and case.asker_name.startswith("示例主席")
    answered = Letter.objects.get(answered_as=case.number)
    assert answered.state == "replied"

    def scan(codes: str, *, back: str = "") -> None:
        desk.goto(f"/letters/{found.pk}")
        desk.get_by_text("扫码记：送到了、退回来了").click()
        desk.get_by_label("编号或邮件号").fill(codes)
        if back:
            desk.get_by_label("这些信").select_option("return")
            desk.get_by_label("为什么退回").select_option(back)
        desk.get_by_role("button", name="记下").click()

    arrived = [n for n in range(1, CHAIRS + 1) if n not in (*GONE_AWAY, 200)]
    scan("\n".join(f"{found.pk}-{n:04d}" for n in arrived))
    scan("\n".join(f"{found.pk}-{n:04d}" for n in GONE_AWAY), back="moved")
    assert "1032 / 1036" in " ".join(shown(desk).split())

    # what is missing stands first: three came back, one mailbox does not exist; each is mended and goes again
    for n in (*GONE_AWAY, 200):
        desk.goto(f"/letters/{found.pk}")
        desk.locator("#list .row__link").first.click()
        desk.locator("#id_address").fill(f"315800 示例市新路 {n} 号")
        desk.locator("#id_channel").select_option("print")
        desk.get_by_role("button", name="改好，重新做、重新送").click()
        drain()
    desk.goto(f"/letters/{found.pk}")
    desk.get_by_role("button", name="排印纸信").click()
    drain()
    desk.reload()
    desk.get_by_role("button", name="这一批寄出了").click()
    scan("\n".join(f"{found.pk}-{n:04d}" for n in (*GONE_AWAY, 200)))
    page = " ".join(shown(desk).split())
    assert "1036 / 1036" in page and "1036 人都收到了" in page
    found.refresh_from_db()
    assert found.state == "done"
    mended = Letter.objects.get(mailing=found, seq=700)
    assert [e.verb for e in mended.events.order_by("pk")] == [
        "make", "send", "return", "repair", "make", "send", "deliver",
    ]  # fmt: skip


def test_a_case_is_answered_by_letter(desk: Any, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    park = Lingfeng()
    case = park.knock()
    now = timezone.now() + timedelta(seconds=1)
    cases.take_case(case=case, by=park.officer, now=now)
    case.refresh_from_db()
    cases.answer_case(case=case, text="12 月 1 日起新增 20 个车位。", by=park.officer, now=now)
    sign_in(desk, park.officer)
    desk.goto(f"/desk/{case.number}")
    desk.get_by_role("link", name="答复信").click()
    desk.get_by_label("怎么称呼").fill("示例赵")
    desk.get_by_role("button", name="做一封答复信").click()
    letter = Letter.objects.get()
    assert letter.state == "made" and letter.mailing.about == case.number
    paper = desk.request.get(f"/desk/{case.number}/letter/{letter.pk}.pdf")
    assert paper.body().startswith(b"%PDF")
    desk.get_by_role("button", name="送到了").click()
    letter.refresh_from_db()
    assert letter.state == "delivered"
