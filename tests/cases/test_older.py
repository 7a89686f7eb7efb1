"""An earlier book is brought in whole: closed, answered, numbered, and nobody is told."""

from datetime import timedelta

import pytest

from kaimen.cases import actions
from kaimen.cases.enums import CaseState, Channel
from kaimen.cases.models import Answer, Case, CaseText, Promise
from kaimen.cases.search import matching
from kaimen.foundation.models import AuditEntry, Notice
from tests.cast import MONDAY, World

LATER = MONDAY + timedelta(days=30)


def old(park: World, number: int = 0, **changes: object) -> actions.OldCase:
    new = {
        "community": park.community,
        "words": f"第{number}个人说停车难",
        "service": park.service,
        "domain": None,
        "owner": park.officer,
        "routing": [["only_one", {}]],
        "channel": Channel.IMPORT,
        "now": MONDAY,
        "by": None,
        "asker": park.worker,
    }
    return actions.OldCase(
        new=actions.NewCase(**{**new, **changes}),  # type: ignore[arg-type]
        answer="划了线。",
        answered_at=MONDAY + timedelta(hours=5),
    )


def test_each_has_all_its_rows_and_nobody_is_told(park: World) -> None:
    cases = actions.keep_older([old(park, n) for n in range(3)], now=LATER)
    assert [case.state for case in Case.objects.order_by("pk")] == [CaseState.CLOSED] * 3
    assert len({case.number for case in cases}) == 3
    case = Case.objects.get(pk=cases[0].pk)
    assert case.first_answered_at == case.answered_at == MONDAY + timedelta(hours=5)
    assert case.next_due_on is None
    assert [row.code for row in case.timeline.all()] == ["received", "answered", "closed_silent"]
    assert Answer.objects.count() == CaseText.objects.count() == 3
    assert matching("划了线", [park.community.pk]) == sorted((case.pk for case in cases), reverse=True)
    assert not Promise.objects.filter(met_at=None).exists()
    assert AuditEntry.objects.filter(verb="case.answered").count() == 3
    assert not Notice.objects.exists()


@pytest.mark.parametrize("changes", [{"channel": Channel.WEB}, {"now": LATER - timedelta(days=1)}])
def test_what_is_not_over_is_not_brought_in(park: World, changes: dict[str, object]) -> None:
    with pytest.raises(actions.NotNow, match="not_older"):
        actions.keep_older([old(park), old(park, 1, **changes)], now=LATER)
    assert not Case.objects.exists()


def test_what_was_answered_lately_still_waits_for_what_its_asker_says(park: World) -> None:
    case = actions.keep_older([old(park)], now=MONDAY + timedelta(days=1))[0]
    case.refresh_from_db()
    assert (case.state, case.closed_at, case.next_due_on) == (CaseState.ANSWERED, None, None)
    assert [row.code for row in case.timeline.all()] == ["received", "answered"]
    with pytest.raises(actions.NotNow, match="not_older"):
        actions.keep_older([old(park, 1)], now=MONDAY + timedelta(hours=4))
