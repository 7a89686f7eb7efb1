"""The asker's page by its link: what it shows in each state, and what can be done from it."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from kaimen.cases import actions, links
from kaimen.cases.enums import CaseState
from kaimen.cases.models import Case
from tests.cases.cast import World
from tests.cases.doors import signed_in
from tests.cases.stages import case_in

pytestmark = pytest.mark.django_db


def now() -> Any:
    return timezone.now()


def page(case: Case) -> str:
    return Client().get(links.track_path(case)).content.decode()


def do(case: Case, verb: str, **data: Any) -> Any:
    return Client().post(f"{links.track_path(case)}/do/{verb}", data)


def photo() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "PNG")
    return SimpleUploadedFile("病历.png", drawn.getvalue(), "image/png")


def test_who_has_just_said_it_is_greeted_by_the_owners_name_and_later_no_more(park: World) -> None:
    greeting, at = "听到了。示例王 会管到底。", now()
    assert greeting in page(case_in(park, CaseState.RECEIVED, at - timedelta(minutes=2)))
    assert greeting not in page(case_in(park, CaseState.RECEIVED, at - timedelta(minutes=4)))
    assert greeting not in page(case_in(park, CaseState.ANSWERED, at))


def test_it_shows_words_owner_both_promises_and_how_they_were_counted(park: World) -> None:
    park.officer.public_phone = "0574-00000121"
    park.officer.save()
    case = park.case(now=now())
    shown = page(case)
    for expected in (
        case.number,
        case.words,
        "示例王",
        "tel:0574-00000121",
        "最晚答复",
        "最晚办结",
        "第 1 天",
        "周末",
    ):
        assert expected in shown, expected
    assert "13800000001" not in shown
    assert "收到了，有人管" in shown


def test_the_asker_reads_no_internal_step(park: World) -> None:
    case = park.case(now=now())
    actions.add_note(case=case, text="这人打过三次电话", by=park.colleague, now=now())
    assert "打过三次" not in page(case)
    assert "示例李" not in page(case)


def test_supplying_what_was_asked_with_a_photo(park: World) -> None:
    case = park.case(now=now())
    actions.ask_for_more(case=case, question="有病历吗？", by=park.officer, now=now())
    assert "有病历吗？" in page(case)
    response = do(case, "supply", text="有，见照片", attached=[photo()])
    assert response.status_code == 302
    case.refresh_from_db()
    assert case.state == "in_hand"
    assert case.attachments.get().attachment.content_type == "image/jpeg"
    assert "有，见照片" in page(case)


def test_a_file_that_is_no_photo_is_refused_and_the_words_stay(park: World) -> None:
    case = park.case(now=now())
    actions.ask_for_more(case=case, question="有病历吗？", by=park.officer, now=now())
    script = SimpleUploadedFile("x.jpg", b"<script>alert(1)</script>", "image/jpeg")
    response = do(case, "supply", text="写了很久的话", attached=[script])
    assert response.status_code == 422
    assert "写了很久的话" in response.content.decode()
    assert Case.objects.get(pk=case.pk).state == "waiting"


def test_nothing_supplied_says_so(park: World) -> None:
    case = park.case(now=now())
    actions.ask_for_more(case=case, question="？", by=park.officer, now=now())
    assert "写一句，或者发一张照片" in do(case, "supply", text="").content.decode()


def test_rating_once_and_again_after_mending(park: World) -> None:
    case = park.case(now=now() - timedelta(days=1))
    assert "办得怎么样" not in page(case)
    actions.answer_case(case=case, text="已经报修。", by=park.officer, now=now())
    assert "已经报修。" in page(case)
    assert do(case, "rate", score=1, solved="no", comment="没人来").status_code == 302
    assert 'name="score"' not in page(case)
    case = park.fresh(case)
    actions.note_call_back(case=case, text="道歉", by=park.officer, now=now())
    actions.note_mended(case=case, text="今天修好了", by=park.officer, now=now())
    assert "请再评一次" in page(case)
    assert do(case, "rate", score=5, solved="yes").status_code == 302
    assert list(case.ratings.values_list("round", "score")) == [(1, 1), (2, 5)]
    assert 'name="score"' not in page(case)


def test_reopening_once(park: World) -> None:
    case = park.case(now=now() - timedelta(days=1))
    actions.answer_case(case=case, text="好了", by=park.officer, now=now())
    assert do(case, "reopen", reason="还是没水").status_code == 302
    case = park.fresh(case)
    assert case.state == "reopened"
    assert "还是没水" in page(case)
    actions.answer_case(case=case, text="这次好了", by=park.officer, now=now())
    assert "没办好，重新办" not in page(case)
    again = do(case, "reopen", reason="又停了，写了很多字")
    assert again.status_code == 409
    assert "已经要求重新办过一次" in again.content.decode()
    assert "又停了，写了很多字" in again.content.decode()


def test_appealing_a_refusal(park: World) -> None:
    case = park.case(now=now() - timedelta(days=1))
    refusal = actions.propose_refusal(
        case=case, clause="第三条", reason="不归社区管", other_way="找工会", by=park.officer, now=now()
    )
    assert "不归社区管" not in page(case)
    actions.sign_refusal(refusal=refusal, agree=True, by=park.supervisor, now=now())
    shown = page(case)
    assert "不归社区管" in shown
    assert "找工会" in shown
    assert "不服，请上一级来看" in shown
    assert do(case, "appeal", text="别的厂都有").status_code == 302
    refusal.refresh_from_db()
    assert refusal.appeal_text == "别的厂都有"
    assert "请上一级来看</button>" not in page(case)


def test_someone_was_quicker_and_the_words_stay(park: World) -> None:
    case = park.case(now=now() - timedelta(days=1))
    actions.ask_for_more(case=case, question="哪一天？", by=park.officer, now=now())
    actions.answer_case(case=park.fresh(case), text="查到了，是周二", by=park.officer, now=now())
    response = do(case, "supply", seen="waiting", text="是上周二晚上，我记得很清楚")
    assert response.status_code == 409
    shown = response.content.decode()
    assert "新进展" in shown
    assert "查到了，是周二" in shown
    assert "是上周二晚上，我记得很清楚" in shown
    assert park.fresh(case).state == "answered"


def test_stopping_the_link_shows_the_new_one_once(park: World) -> None:
    case = park.case(now=now())
    old = links.track_path(case)
    response = do(case, "revoke")
    new = links.track_path(park.fresh(case))
    assert new != old
    assert new in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


def test_the_print_view(park: World) -> None:
    case = park.case(now=now())
    response = Client().get(f"{links.track_path(case)}/print")
    assert case.words in response.content.decode()
    assert response["Referrer-Policy"] == "same-origin"


def test_reading_costs_the_same_however_much_happened(park: World) -> None:
    case = park.case(now=now())
    page(case)
    with CaptureQueriesContext(connection) as few:
        page(case)
    for n in range(6):
        actions.tell_progress(case=case, text=f"进展 {n}", by=park.officer, now=now())
    with CaptureQueriesContext(connection) as many:
        page(case)
    assert len(many) == len(few) <= 20


def test_my_cases_together_and_nobody_elses(park: World) -> None:
    mine = park.case(asker=park.asker, words="我的热水停了", now=now())
    park.case(asker=park.stranger, words="别人的事情", now=now())
    shown = signed_in(park.asker).get("/mine").content.decode()
    assert links.track_path(mine) in shown
    assert "我的热水停了" in shown
    assert "别人的事情" not in shown
    assert "还没有" in signed_in(park.officer).get("/mine").content.decode()
