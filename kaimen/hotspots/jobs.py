"""The ear's two jobs; read by the job worker at start."""

from datetime import datetime, timedelta

from django.utils import timezone

from kaimen.foundation.jobs import timetable
from kaimen.hotspots import actions
from kaimen.hotspots.models import Ear

NIGHT = range(1, 6)  # o'clock
ENOUGH = timedelta(hours=20)
TOO_LONG = timedelta(hours=36)  # the machine was off at night: then by day


@timetable(every=timedelta(minutes=2))
def hear_new_cases(now: datetime) -> None:
    """New cases join an issue or start one."""
    while actions.hear_new(now) >= 400:
        pass


@timetable(every=timedelta(hours=1))
def gather_at_night(now: datetime) -> None:
    """Look at everything together, once a night."""
    at_night = timezone.localtime(now).hour in NIGHT
    before = now - (ENOUGH if at_night else TOO_LONG)
    for ear in Ear.objects.filter(gathered_at__lt=before).select_related("community"):
        actions.gather_issues(community=ear.community, now=now)
