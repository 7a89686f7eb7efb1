from django.db import models
from django.db.models import Q
from django.utils import timezone

from kaimen.cases.enums import Decision, PromiseKind
from kaimen.foundation.lean_indexes import given
from kaimen.foundation.models import Person

from .case import Case
from .task import Task


class Promise(models.Model):
    """A limit in working days. `due_on` is kept by actions; logic.deadlines explains it day by day."""

    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="promises")
    task = models.ForeignKey(
        Task, models.CASCADE, null=True, blank=True, related_name="promises", db_index=False
    )
    kind = models.CharField(max_length=12, choices=PromiseKind.choices)
    round = models.PositiveSmallIntegerField(default=1)  # a reopened case promises anew
    started_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    extension_days = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True, blank=True)  # null while waiting for the asker
    met_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(
        null=True, blank=True
    )  # no longer asked for (task cancelled, case declined)
    level = models.PositiveSmallIntegerField(default=0)  # how high its lateness has climbed

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False, task__isnull=True) | Q(case__isnull=True, task__isnull=False),
                name="promise_of_case_or_task",
            ),
            models.CheckConstraint(condition=Q(days__gte=1), name="promise_of_a_day_at_least"),
        ]
        indexes = [
            given("task", "promises_with_task"),
            models.Index(
                fields=["level", "due_on"], condition=Q(met_at=None, ended_at=None), name="open_promises"
            ),
        ]


class Pause(models.Model):
    """While the case waits for the asker its clocks stand still."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="pauses")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_on=None), name="one_open_pause"),
        ]


class Extension(models.Model):
    """One more time, once, with a reason, agreed by the supervisor."""

    promise = models.OneToOneField(Promise, models.CASCADE, related_name="extension")
    days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=8, choices=Decision.choices, default=Decision.PENDING)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=models.F("asked_by")), name="another_agrees")
        ]


class Escalation(models.Model):
    """A late promise climbed one level: 1 the supervisor, 2 the federation above."""

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="escalations")
    level = models.PositiveSmallIntegerField()
    to = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    working_days_late = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["promise", "level"], name="climbs_each_level_once")]
