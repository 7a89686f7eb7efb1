"""Ready-made answers: kept by who answers for the wording, filled in for the case, never sent with a gap."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from kaimen.cases.actions import answer_templates
from kaimen.cases.errors import NotNow
from kaimen.cases.models import AnswerTemplate
from kaimen.cases.ready_answers import NAMES, SAMPLE
from kaimen.foundation.models import AuditEntry
from kaimen.logic.placeholders import GAP
from tests.cases.cast import World
from tests.cases.doors import signed_in

pytestmark = pytest.mark.django_db


def make(
    park: World, name: str = "办好了", text: str = "您好，{编号} 办好了。", **more: Any
) -> AnswerTemplate:
    return AnswerTemplate.objects.create(community=park.community, name=name, text=text, **more)


def test_a_new_one_is_on_the_officers_list_and_filled_in_for_the_case(park: World) -> None:
    keeper = signed_in(park.manager)
    keeper.post(
        reverse("manage_answer_new"), {"name": "办好了", "text": "您好，｛编号｝ 由{专员}管，打 {电话}。"}
    )
    template = AnswerTemplate.objects.get()
    assert template.changed_by == park.manager
    assert AuditEntry.objects.filter(verb="answer_template.add", actor=park.manager).exists()
    case = park.case()
    page = (
        signed_in(park.officer).get(f"/desk/{case.number}?do=answer&template={template.pk}").content.decode()
    )
    assert "办好了" in page
    assert f"您好，{case.number} 由示例王管，打 {GAP}。" in page


def test_an_answer_with_a_gap_is_not_sent(park: World) -> None:
    case = park.case()
    sent = signed_in(park.officer).post(
        f"/desk/{case.number}/do/answer", {"text": f"打 {GAP}。", "seen": case.state}
    )
    assert sent.status_code == 422
    assert f"还有空着的“{GAP}”" in sent.content.decode()
    assert not case.answers.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{编好}", "没有“编好”这个空，是不是“编号”？"),
        ("{姓名}", "没有“姓名”这个空。"),
        ("{}", "有一对空的大括号"),
        ("打{电话", "“打{电话”这里的大括号少了一半"),
    ],
)
def test_what_cannot_be_filled_is_said_and_not_kept(park: World, text: str, said: str) -> None:
    page = signed_in(park.manager).post(reverse("manage_answer_new"), {"name": "新的", "text": text})
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not AnswerTemplate.objects.exists()
    with pytest.raises(NotNow, match="template_wrong"):
        answer_templates.add_template(
            community=park.community, name="新的", text=text, by=park.manager, now=timezone.now()
        )


def test_looking_shows_the_sample_and_saves_nothing(park: World) -> None:
    page = signed_in(park.supervisor).post(
        reverse("manage_answer_new"), {"name": "新的", "text": "由{专员}管", "look": "1"}
    )
    assert f"由{SAMPLE['专员']}管" in page.content.decode()
    assert not AnswerTemplate.objects.exists()


def test_the_preview_follows_the_typing(park: World) -> None:
    keeper = signed_in(park.manager)
    page = keeper.post(reverse("manage_answer_preview"), {"text": "{编号}<b>{专元}"}).content.decode()
    assert SAMPLE["编号"] in page
    assert "&lt;b&gt;" in page
    assert "没有“专元”这个空，是不是“专员”？" in page


def test_the_sample_knows_every_name() -> None:
    assert set(SAMPLE) == set(NAMES)


def test_a_name_stands_once(park: World) -> None:
    first, second = make(park), make(park, "另一个")
    keeper = signed_in(park.manager)
    page = keeper.post(
        reverse("manage_answer", args=[second.pk]), {"name": " 办好了 ", "text": "好", "seen": 1}
    )
    assert "已经有一个叫这个名字的模板了" in page.content.decode()
    same = keeper.post(reverse("manage_answer", args=[first.pk]), {"name": "办好了", "text": "好", "seen": 1})
    assert same.status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        make(park)


def test_who_comes_second_is_told_and_keeps_what_they_wrote(park: World) -> None:
    template = make(park)
    url = reverse("manage_answer", args=[template.pk])
    signed_in(park.supervisor).post(url, {"name": "办好了", "text": "督办写的", "seen": 1})
    page = signed_in(park.manager).post(url, {"name": "办好了", "text": "管理员写的", "seen": 1})
    text = page.content.decode()
    assert "刚才有人改过这个模板" in text
    assert "督办写的" in text
    assert "管理员写的" in text
    template.refresh_from_db()
    assert (template.text, template.version) == ("督办写的", 2)


def test_switched_off_it_leaves_the_officers_list_and_comes_back(park: World) -> None:
    template, case = make(park), park.case()
    keeper, officer = signed_in(park.manager), signed_in(park.officer)
    offered = f'<option value="{template.pk}">办好了'
    assert offered in officer.get(f"/desk/{case.number}?do=answer").content.decode()
    keeper.post(reverse("manage_answer_switch", args=[template.pk]), {"on": "0"})
    assert offered not in officer.get(f"/desk/{case.number}?do=answer").content.decode()
    assert "停用了" in keeper.get(reverse("manage_answers")).content.decode()
    keeper.post(reverse("manage_answer_switch", args=[template.pk]), {"on": "1"})
    assert offered in officer.get(f"/desk/{case.number}?do=answer").content.decode()


def test_another_communitys_template_does_not_exist_here(park: World) -> None:
    other = park.elsewhere().roles.get().organisation
    theirs = AnswerTemplate.objects.create(community=other, name="别处", text="好")
    keeper = signed_in(park.manager)
    assert keeper.get(reverse("manage_answer", args=[theirs.pk])).status_code == 404
    assert keeper.post(reverse("manage_answer_switch", args=[theirs.pk]), {"on": "0"}).status_code == 404
    assert "别处" not in keeper.get(reverse("manage_answers")).content.decode()


def test_an_officer_uses_but_does_not_keep_them(park: World) -> None:
    assert signed_in(park.officer).get(reverse("manage_answers")).status_code == 403
    with pytest.raises(PermissionDenied):
        answer_templates.switch_template(template=make(park), on=False, by=park.officer, now=timezone.now())
