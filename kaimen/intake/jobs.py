"""What the door does by itself."""

from datetime import datetime, timedelta

from kaimen.foundation.jobs import timetable
from kaimen.intake import learning


@timetable(every=timedelta(hours=24))
def learn_from_cases(now: datetime) -> None:
    """A new model for each community from what officers decided; the old one stays to return to."""
    learning.learn_everywhere(now)
