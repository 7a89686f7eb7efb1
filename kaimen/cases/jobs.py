"""What happens to cases by itself."""

from datetime import datetime, timedelta

from kaimen.cases import actions
from kaimen.foundation.jobs import timetable


@timetable(every=timedelta(minutes=15))
def escalate_late_cases(now: datetime) -> None:
    """Late promises climb to the supervisor and on to the federation."""
    actions.escalate_late(now=now)


@timetable(every=timedelta(hours=1))
def close_silent_cases(now: datetime) -> None:
    """Answered 5 working days ago and not a word since: closed, and counted as silence."""
    actions.close_silent(now=now)
