"""The machine's clock stood years ahead for a while, and was put right: nothing waits for that day to come."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kaimen.foundation import delivering, jobs, sealing
from kaimen.foundation.enums import DeliveryState
from kaimen.foundation.models import AuditEntry, Delivery, Notice
from tests.cast import World
from tests.foundation.work_for_tests import effect

pytestmark = pytest.mark.django_db
AHEAD = timedelta(days=1500)
SECOND = timedelta(seconds=1)


def test_the_timetable_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TIMETABLE", {})
    ran: list[datetime] = []
    jobs.timetable(every=timedelta(hours=6))(ran.append)
    now = timezone.now()
    jobs.run_due(now + AHEAD)
    jobs.run_due(now)
    jobs.run_due(now + SECOND)
    jobs.run_due(now + timedelta(hours=6))
    assert ran == [now + AHEAD, now, now + timedelta(hours=6)]


def test_a_job_begun_under_the_wrong_clock_is_given_back() -> None:
    now = timezone.now()
    effect.enqueue("a")
    DBTaskResult.objects.update(status="RUNNING", started_at=now + AHEAD, worker_ids=["w"])
    assert jobs.reap(now) == 1
    assert DBTaskResult.objects.get().status == "READY"


def test_a_job_put_off_under_the_wrong_clock_is_ready_and_one_put_off_by_rule_waits() -> None:
    now = timezone.now()
    astray, by_rule = (effect.enqueue(key) for key in "ab")
    later = now + timedelta(seconds=640)
    DBTaskResult.objects.filter(pk=astray.id).update(run_after=now + AHEAD)
    DBTaskResult.objects.filter(pk=by_rule.id).update(run_after=later)
    jobs.reap(now)
    assert DBTaskResult.objects.get(pk=astray.id).run_after <= now
    assert DBTaskResult.objects.get(pk=by_rule.id).run_after == later


def test_a_mail_claimed_under_the_wrong_clock_is_claimed_again() -> None:
    now = timezone.now()
    notice = Notice.objects.create(code="received")
    mail = Delivery.objects.create(
        notice=notice, channel="email", state=DeliveryState.SENDING, claimed_at=now + AHEAD
    )
    assert delivering.claim(mail.pk, now)
    assert not delivering.claim(mail.pk, now + SECOND)


def test_the_seal_stays_whole_when_the_clock_jumps_forward_and_back(park: World) -> None:
    """Rows dated in the future are not sealed before their time comes, and none is left out between two seals."""
    now = timezone.now()
    for at in (now - timedelta(hours=1), now + timedelta(hours=2), now):
        AuditEntry.objects.create(verb="test", subject_kind="test", subject_id=1, at=at)
    for moment in (now + timedelta(minutes=1), now + timedelta(hours=3)):
        while sealing.seal(moment):
            pass
        assert sealing.verify() == []
