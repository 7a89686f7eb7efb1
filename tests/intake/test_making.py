"""Cases made for load are such as the verbs would have left: every rule that holds for real ones holds for them."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kaimen.cases import clocks, figures
from kaimen.cases.enums import OPEN_STATES, CaseState, PromiseKind
from kaimen.cases.models import Case, MonthlyFigures, Promise, TimelineEntry
from kaimen.cases.queries import search
from kaimen.foundation import sealing
from kaimen.foundation.models import AuditEntry, Delivery, Notice
from kaimen.intake.models import Submission
from tests.cast import World

NUMBER = 250


@pytest.fixture
def made(park: World) -> World:
    call_command("make_cases", str(NUMBER), "--seed", "5", stdout=io.StringIO())
    return park


def test_each_is_whole_and_nobody_is_written_to(made: World) -> None:
    cases = Case.objects.select_related("owner")
    assert cases.count() == NUMBER == Submission.objects.count() == Notice.objects.count()
    assert len({case.words for case in cases}) > NUMBER * 0.95
    assert {case.state for case in cases} >= {CaseState.CLOSED, CaseState.ANSWERED, CaseState.IN_HAND}
    assert not Delivery.objects.exists()
    for case in cases:
        steps = list(TimelineEntry.objects.filter(case=case).order_by("at", "pk"))
        audit = AuditEntry.objects.filter(subject_kind="cases.case", subject_id=case.pk)
        assert steps[0].code == "received" and audit.count() == len(steps)
        kinds = list(Promise.objects.filter(case=case).values_list("kind", flat=True))
        assert kinds[:2] == [PromiseKind.FIRST_ANSWER, PromiseKind.SOLVED]
        over = case.state in (CaseState.ANSWERED, CaseState.CLOSED)
        assert over == bool(case.answered_at) == case.answers.exists()
        assert (case.state == CaseState.CLOSED) == bool(case.closed_at)
        assert case.received_at <= max(step.at for step in steps) <= timezone.now()


def test_due_days_and_figures_are_those_the_house_itself_would_count(made: World) -> None:
    before = dict(Case.objects.values_list("pk", "next_due_on"))
    clocks.refresh_next_due(before)
    assert dict(Case.objects.values_list("pk", "next_due_on")) == before
    kept = {(f.month, f.domain_key, f.audience): f.counts for f in MonthlyFigures.objects.all()}
    figures.recompute_all(made.community)
    assert {(f.month, f.domain_key, f.audience): f.counts for f in MonthlyFigures.objects.all()} == kept
    assert sum(counts["received"] for counts in kept.values()) == NUMBER


def test_they_are_found_and_the_audit_holds(made: World) -> None:
    while sealing.seal(timezone.now() + timedelta(minutes=1)):
        pass
    assert sealing.verify() == []
    case = Case.objects.filter(state__in=OPEN_STATES).first()
    assert case and search(made.officer, case.words[:8]).filter(pk=case.pk).exists()


def test_not_into_a_real_house_by_mistake(park: World, settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("make_cases", "3", stdout=io.StringIO())
    assert not Case.objects.exists()
    call_command("make_cases", "3", "--yes", stdout=io.StringIO())
    assert Case.objects.count() == 3
