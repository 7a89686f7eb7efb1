"""What the door does by itself."""

from datetime import datetime, timedelta

from kaimen.foundation.jobs import timetable
from kaimen.intake import learning, readings


@timetable(every=timedelta(hours=24))
def learn_from_cases(now: datetime) -> None:
    """A new model for each community from what officers decided; the old one stays to return to."""
    learning.learn_everywhere(now)


@timetable(every=timedelta(minutes=1))
def read_new_cases(now: datetime) -> None:
    """What the ear understands of each new case is kept beside what it turns out to be."""
    while readings.read_new(now) >= readings.AT_ONCE:
        pass
