from django.db import models
from django.db.models import Q
from django.utils import timezone

from kaimen.cases.enums import TaskState
from kaimen.foundation.models import Organisation, Person

from .case import Case


class Task(models.Model):
    """Work asked of an organisation; it may serve many cases."""

    community = models.ForeignKey(Organisation, models.PROTECT, related_name="tasks")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="asked_tasks")
    handler = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="handled_tasks")
    cases = models.ManyToManyField(Case, related_name="tasks")
    title = models.CharField(max_length=80)
    detail = models.TextField()
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.ASKED)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="task_state_known")
        ]
        indexes = [models.Index(fields=["organisation", "state"])]


class TaskLink(models.Model):
    """A link that opens exactly one task without an account; expires, and can be revoked. See Case.track_salt."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="links")
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    for_person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
