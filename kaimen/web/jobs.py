"""What the hall keeps fresh by itself; read by the job worker at start."""

from datetime import datetime, timedelta

from kaimen.cases import figures
from kaimen.foundation.jobs import timetable


@timetable(every=timedelta(minutes=10))
def refresh_figures(now: datetime) -> None:
    """Count again the months that something happened to."""
    figures.refresh(now)
