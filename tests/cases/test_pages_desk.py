"""The officer's desk: the list, the one case, every verb, several at once, and what leaves the house."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from kaimen.cases import actions
from kaimen.cases.models import AnswerTemplate, Case, SavedView, Task
from kaimen.foundation.models import AuditEntry, DataRead
from tests.cases.cast import World
from tests.cases.doors import signed_in

pytestmark = pytest.mark.django_db


def now() -> Any:
    return timezone.now()


@pytest.fixture
def officer(park: World) -> Client:
    return signed_in(park.officer)


def show(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def do(client: Client, case: Case, verb: str, **data: Any) -> Any:
    data.setdefault("seen", case.state)
    return client.post(f"/desk/{case.number}/do/{verb}", data)


def test_the_list_shows_mine_by_due_time_and_not_a_colleagues(park: World, officer: Client) -> None:
    late = park.case(words="最急的热水", now=now() - timedelta(days=20))
    park.case(words="不急的食堂", now=now())
    park.case(words="同事的停车", owner=park.colleague, now=now())
    shown = show(officer, "/desk/")
    assert shown.index("最急的热水") < shown.index("不急的食堂")
    assert "同事的停车" not in shown
    assert "同事的停车" in show(officer, "/desk/?whose=all")
    only = show(officer, "/desk/?due=late")
    assert late.number in only
    assert "不急的食堂" not in only


@pytest.mark.parametrize("state", ["open", "any"])  # counted with the page, and before it
def test_each_case_stands_on_one_page_and_the_pages_are_counted(
    park: World, officer: Client, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setattr("kaimen.cases.views.desk.A_PAGE", 2)
    cases = [park.case(words=f"第{n}件", now=now() - timedelta(minutes=n)) for n in range(5)]
    pages = [officer.get(f"/desk/?state={state}&page={n}").context["list"].page for n in (1, 2, 3)]
    assert [(page.number, page.paginator.count, page.paginator.num_pages) for page in pages] == [
        (n, 5, 3) for n in (1, 2, 3)
    ]
    assert sorted(case.pk for page in pages for case in page) == sorted(case.pk for case in cases)
    for asked, given in (("99", 3), ("0", 3), ("x", 1), ("", 1)):
        assert officer.get(f"/desk/?state={state}&page={asked}").context["list"].page.number == given
    empty = officer.get(f"/desk/?state={state}&channel=phone&page=2").context["list"].page
    assert (empty.number, list(empty)) == (1, [])


def test_filters_it_does_not_understand_are_left_out(park: World, officer: Client) -> None:
    case = park.case(now=now())
    response = officer.get(
        "/desk/?due=never&domain=nix&enterprise=99999&channel=smoke&state=x&sort=y&page=zz"
    )
    assert response.status_code == 200
    assert case.number in response.content.decode()


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("channel=phone", True),
        ("channel=web", False),
        ("domain=commute", True),
        ("text=停车位", True),
        ("text=食堂", False),
        ("state=waiting", False),
        ("state=tasks", False),
        ("sort=new", True),
    ],
)
def test_each_filter(park: World, officer: Client, query: str, there: bool) -> None:
    case = park.case(channel="phone", now=now())
    assert (case.number in show(officer, f"/desk/?{query}")) is there


def test_filter_by_enterprise_and_by_open_task(park: World, officer: Client) -> None:
    case = park.case(enterprise=park.firm, now=now())
    other = park.case(now=now())
    shown = show(officer, f"/desk/?enterprise={park.firm.pk}")
    assert case.number in shown
    assert other.number not in shown
    actions.give_task(
        cases=[other],
        organisation=park.department,
        title="看看",
        detail="看",
        days=2,
        by=park.officer,
        now=now(),
    )
    assert other.number in show(officer, "/desk/?state=tasks")


def test_views_are_kept_replaced_and_dropped_by_their_owner_only(park: World, officer: Client) -> None:
    officer.post("/desk/views", {"name": "电话来的", "query": "channel=phone"})
    officer.post("/desk/views", {"name": "电话来的", "query": "channel=phone&due=late"})
    view = SavedView.objects.get()
    assert (view.person, view.query) == (park.officer, "channel=phone&due=late")
    assert "电话来的" in show(officer, "/desk/")
    assert signed_in(park.colleague).post(f"/desk/views/{view.pk}/drop").status_code == 404
    assert officer.post(f"/desk/views/{view.pk}/drop").status_code == 302
    assert not SavedView.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_rows(park: World, officer: Client) -> None:
    for _ in range(2):
        park.case(enterprise=park.firm, now=now())
    show(officer, "/desk/")
    with CaptureQueriesContext(connection) as few:
        show(officer, "/desk/")
    for _ in range(15):
        park.case(enterprise=park.firm, now=now())
    with CaptureQueriesContext(connection) as many:
        show(officer, "/desk/")
    assert len(many) == len(few) <= 20


def test_a_case_costs_the_same_however_long_its_story(park: World, officer: Client) -> None:
    case = park.case(now=now())
    path = f"/desk/{case.number}"
    show(officer, path)
    with CaptureQueriesContext(connection) as few:
        show(officer, path)
    for n in range(6):
        actions.add_note(case=case, text=f"备注 {n}", by=park.officer, now=now())
    with CaptureQueriesContext(connection) as many:
        show(officer, path)
    assert len(many) == len(few) <= 32


def test_htmx_gets_the_case_alone_and_history_the_whole_page(park: World, officer: Client) -> None:
    case = park.case(now=now())
    part = officer.get(f"/desk/{case.number}", headers={"HX-Request": "true"}).content.decode()
    assert case.words in part
    assert "<html" not in part
    back = officer.get(
        f"/desk/{case.number}", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )
    assert "<html" in back.content.decode()


def test_answering_with_a_template(park: World, officer: Client) -> None:
    case = park.case(now=now() - timedelta(days=1))
    template = AnswerTemplate.objects.create(community=park.community, name="收到", text="您好，这样办了。")
    assert "您好，这样办了。" in show(officer, f"/desk/{case.number}?do=answer&template={template.pk}")
    assert do(officer, case, "answer", text="您好，今晚就修。").status_code == 302
    case = park.fresh(case)
    assert case.state == "answered"
    assert "您好，今晚就修。" in show(officer, f"/desk/{case.number}/print")


def test_answering_the_whole_group(park: World, officer: Client) -> None:
    one, two = park.case(now=now()), park.case(words="也没车位", now=now())
    assert do(officer, one, "join", number=two.number.lower()).status_code == 302
    assert do(officer, park.fresh(one), "answer", text="都能停了", also_group="on").status_code == 302
    assert park.fresh(two).state == "answered"
    assert park.fresh(two).words == "也没车位"
    assert do(officer, park.fresh(one), "leave").status_code == 302
    assert park.fresh(one).group is None


def test_tasks_to_several_at_once_and_a_link_shown_once(park: World, officer: Client) -> None:
    case = park.case(now=now())
    response = do(
        officer,
        case,
        "task",
        organisations=[park.department.pk, park.firm.pk],
        title="早高峰先劝离",
        detail="能不能先劝离",
        days=3,
    )
    assert response.status_code == 302
    first, second = Task.objects.order_by("pk")
    assert {first.organisation, second.organisation} == {park.department, park.firm}
    made = officer.post(f"/desk/{case.number}/tasks/{first.pk}/link").content.decode()
    token = made.split("/task/")[1][:22]
    assert Client().get(f"/task/{token}").status_code == 200
    assert token not in show(officer, f"/desk/{case.number}")
    officer.post(f"/desk/{case.number}/tasks/{first.pk}/revoke")
    assert Client().get(f"/task/{token}").status_code == 404
    officer.post(f"/desk/{case.number}/tasks/{second.pk}/cancel")
    second.refresh_from_db()
    assert second.state == "cancelled"
    assert officer.post(f"/desk/{case.number}/tasks/{second.pk}/link").status_code == 409


def test_asking_refusing_extending_noting_and_changing(park: World, officer: Client) -> None:
    case = park.case(now=now())
    assert do(officer, case, "take").status_code == 302
    assert do(officer, park.fresh(case), "progress", text="问过物业了").status_code == 302
    assert do(officer, park.fresh(case), "note", text="明天再打电话").status_code == 302
    assert do(officer, park.fresh(case), "title", title="车位").status_code == 302
    assert do(officer, park.fresh(case), "service", service=park.service.pk).status_code == 302
    assert do(officer, park.fresh(case), "extend", days=3, reason="等批复").status_code == 302
    assert do(officer, park.fresh(case), "ask", question="几号车位？").status_code == 302
    assert park.fresh(case).state == "waiting"
    refuse = {"clause": "第三条", "reason": "没有地", "other_way": "东门停车场"}
    assert do(officer, park.fresh(case), "refuse", **refuse).status_code == 302
    shown = show(officer, f"/desk/{case.number}")
    for expected in ("问过物业了", "明天再打电话", "等第二人签字", "延 3 个工作日", "几号车位？"):
        assert expected in shown, expected


def test_handing_over_closing_and_reopening(park: World, officer: Client) -> None:
    case = park.case(now=now() - timedelta(days=1))
    assert do(officer, case, "hand_over", to=park.colleague.pk, reason="她懂").status_code == 302
    assert park.fresh(case).owner == park.colleague
    do(officer, park.fresh(case), "answer", text="好了")
    assert do(officer, park.fresh(case), "close").status_code == 302
    assert do(officer, park.fresh(case), "reopen", reason="没好").status_code == 302
    assert park.fresh(case).state == "reopened"


def test_calling_back_and_mending(park: World, officer: Client) -> None:
    case = park.case(now=now() - timedelta(days=1))
    actions.answer_case(case=case, text="好了", by=park.officer, now=now())
    assert "回访" not in show(officer, f"/desk/{case.number}").split('id="doing"')[1].split("</section>")[0]
    actions.rate_case(case=case, score=1, solved="no", by=None, now=now())
    assert do(officer, park.fresh(case), "call_back", text="道歉了").status_code == 302
    assert do(officer, park.fresh(case), "mended", text="换了水泵").status_code == 302
    assert do(officer, park.fresh(case), "mended", text="换了水泵，又换一次").status_code == 409


def test_the_second_officer_is_told_who_was_quicker_and_keeps_the_words(park: World, officer: Client) -> None:
    case = park.case(now=now())
    actions.answer_case(case=park.fresh(case), text="先答了", by=park.colleague, now=now())
    response = do(officer, case, "answer", text="我也写了很长的一段答复")
    assert response.status_code == 409
    shown = response.content.decode()
    assert "示例李答复" in shown
    assert "我也写了很长的一段答复" in shown
    assert case.answers.count() == 1
    assert do(officer, park.fresh(case), "take").status_code == 409


def test_what_is_missing_is_said_and_the_rest_stays(park: World, officer: Client) -> None:
    case = park.case(now=now())
    response = do(officer, case, "refuse", clause="", reason="理由写好了", other_way="找工会")
    assert response.status_code == 422
    assert "理由写好了" in response.content.decode()
    missing = do(officer, case, "join", number="KM-2026-99999")
    assert "没有这个编号" in missing.content.decode()
    assert do(officer, case, "fly").status_code == 404


def test_the_phone_is_masked_until_asked_for_and_the_asker_can_see_who_read_it(
    park: World, officer: Client
) -> None:
    case = park.case(asker=park.asker, asker_name="陈小明", asker_phone="13812342201", now=now())
    shown = show(officer, f"/desk/{case.number}")
    assert "138****2201" in shown
    assert "陈小明" not in shown
    revealed = officer.post(f"/desk/{case.number}/phone")
    assert "13812342201" in revealed.content.decode()
    assert revealed["Cache-Control"] == "no-store"
    read = DataRead.objects.get()
    assert (read.person, read.reader, read.what, read.purpose) == (
        park.asker,
        park.officer,
        "phone",
        case.number,
    )
    assert AuditEntry.objects.filter(verb="case.phone_read", actor=park.officer).count() == 1
    assert "13812342201" not in show(officer, f"/desk/{case.number}")


def test_a_confidential_asker_is_hidden_from_a_colleague(park: World) -> None:
    case = park.case(asker_name="陈小明", confidential=True, now=now())
    colleague = signed_in(park.colleague)
    shown = show(colleague, f"/desk/{case.number}")
    assert "陈＊＊" not in shown
    assert "不想让人知道是谁" in shown
    assert colleague.post(f"/desk/{case.number}/phone").status_code == 403
    assert not DataRead.objects.exists()


def test_several_at_once(park: World, officer: Client) -> None:
    cases = [park.case(now=now()) for _ in range(3)]
    numbers = [case.number for case in cases]
    officer.post("/desk/bulk", {"verb": "take", "numbers": numbers[:2]})
    assert [park.fresh(case).state for case in cases] == ["in_hand", "in_hand", "received"]
    again = officer.post("/desk/bulk", {"verb": "take", "numbers": numbers}, follow=True).content.decode()
    assert "1 件办好了" in again
    assert f"{numbers[0]}：现在是“在办”" in again
    asked = officer.post("/desk/bulk", {"verb": "merge", "numbers": numbers})
    assert "放在一起叫什么" in asked.content.decode()
    officer.post("/desk/bulk", {"verb": "merge", "numbers": numbers, "sure": "1", "title": "停车难"})
    assert {park.fresh(case).group.title for case in cases} == {"停车难"}
    task = {
        "organisations": [park.department.pk],
        "title": "划线",
        "detail": "重新划线",
        "days": 3,
        "sure": "1",
    }
    officer.post("/desk/bulk", {"verb": "task", "numbers": numbers, **task})
    assert Task.objects.get().cases.count() == 3
    move = {"to": park.colleague.pk, "reason": "我休假", "sure": "1"}
    officer.post("/desk/bulk", {"verb": "hand_over", "numbers": numbers, **move})
    assert {park.fresh(case).owner for case in cases} == {park.colleague}


def test_several_at_once_never_reaches_another_community(park: World, officer: Client) -> None:
    case = park.case(now=now())
    stranger = signed_in(park.elsewhere())
    stranger.post("/desk/bulk", {"verb": "take", "numbers": [case.number]})
    assert park.fresh(case).state == "received"
    assert (
        signed_in(park.manager).post("/desk/bulk", {"verb": "take", "numbers": [case.number]}).status_code
        == 403
    )
    nothing = officer.post("/desk/bulk", {"verb": "take"}, follow=True).content.decode()
    assert "先在左边勾几件" in nothing


def test_the_export_masks_and_follows_the_filter(park: World, officer: Client) -> None:
    park.case(words="我叫陈小明，电话 13812342201", asker_name="陈小明", asker_phone="13812342201", now=now())
    park.case(words="=HYPERLINK(1)", channel="phone", owner=park.colleague, confidential=True, now=now())
    rows = list(
        csv.reader(io.StringIO(officer.get("/desk/export.csv?whose=all").content.decode("utf-8-sig")))
    )
    assert len(rows) == 3
    text = "\n".join(map(",".join, rows))
    assert "13812342201" not in text
    assert "陈＊＊" in text
    assert "不公开" in text
    assert "'=HYPERLINK(1)" in text
    book = officer.get("/desk/export.xlsx?whose=all&channel=phone").content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet][0] == "编号"
    assert len(sheet) == 2
    assert sheet[1][2] == "=HYPERLINK(1)"
    assert officer.get("/desk/export.pdf").status_code == 404


def test_what_was_said_on_the_phone_is_written_down(park: World, officer: Client) -> None:
    case = park.case(now=now())
    do(officer, case, "ask", question="几号车位？")
    assert do(officer, park.fresh(case), "supply", text="三号门那个").status_code == 302
    assert park.fresh(case).state == "in_hand"
    task = actions.give_task(
        cases=[park.fresh(case)],
        organisation=park.firm,
        title="共享",
        detail="夜里",
        days=3,
        by=park.officer,
        now=now(),
    )
    path = f"/desk/{case.number}/tasks/{task.pk}/reply"
    assert officer.post(path, {"reply": ""}).status_code == 409
    assert officer.post(path, {"reply": "同意共享"}).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.reply, task.handler) == ("done", "同意共享", None)
    again = officer.post(path, {"reply": "又说了一遍"})
    assert again.status_code == 409
    assert "又说了一遍" in again.content.decode()


def test_a_supervisor_looks_at_one_officers_desk(park: World) -> None:
    park.case(words="示例王的事", now=now())
    park.case(words="示例李的事", owner=park.colleague, now=now())
    shown = show(signed_in(park.supervisor), f"/desk/?whose=all&owner={park.colleague.pk}")
    assert "示例李的事" in shown
    assert "示例王的事" not in shown
