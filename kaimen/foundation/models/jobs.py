from django.db import models


class JobRun(models.Model):
    """When a job of the timetable last ran: the row is the lock that lets exactly one worker start it."""

    name = models.CharField(max_length=80, unique=True)
    last_started_at = models.DateTimeField(null=True, blank=True)
    next_due_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
