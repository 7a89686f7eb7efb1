"""What a group chat hears: that there is work, never whose words or names."""

from datetime import timedelta

import pytest

from kaimen.cases import actions
from kaimen.foundation.models import Delivery, Organisation, Webhook
from kaimen.foundation.notice_words import sentence
from tests.cases.cast import MONDAY, World

pytestmark = pytest.mark.django_db


def robot(organisation: Organisation, **fields: object) -> Webhook:
    return Webhook.objects.create(
        organisation=organisation, url="https://robot.invalid/", flavour="wecom", **fields
    )


def heard() -> list[str]:
    deliveries = Delivery.objects.filter(channel="webhook").select_related("notice")
    return [sentence(delivery.notice) for delivery in deliveries]


def test_a_task_and_a_late_promise_reach_the_groups_without_anybodys_words(park: World) -> None:
    robot(park.department)
    robot(park.community)
    robot(park.department, active=False)
    case = park.case(words="示例的原话不出门。")
    task = actions.give_task(
        cases=[case],
        organisation=park.department,
        title="题目也不出门",
        detail="细节",
        days=1,
        by=park.officer,
        now=MONDAY,
    )
    assert len(heard()) == 1
    actions.escalate_late(now=MONDAY + timedelta(days=3))
    assert len(heard()) == 2
    for text in heard():
        assert "原话" not in text and task.title not in text and case.number not in text


def test_no_robot_no_delivery(park: World) -> None:
    case = park.case()
    actions.give_task(
        cases=[case], organisation=park.firm, title="示例", detail="", days=1, by=park.officer, now=MONDAY
    )
    assert heard() == []
