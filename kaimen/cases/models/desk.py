from django.db import models
from django.utils import timezone

from kaimen.foundation.models import Organisation, Person


class AnswerTemplate(models.Model):
    """A ready-made answer that officers start from; switched off rather than deleted."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="answer_templates")
    name = models.CharField(max_length=60)
    text = models.TextField()
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)  # counts changes: who edits an old one is told
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="answer_template_name_once")
        ]


class SavedView(models.Model):
    """Filters of the desk that an officer wants back with one key."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=400)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="view_name_once")]


class DueFeed(models.Model):
    """The private address under which one person's calendar reads their due days. See Case.track_salt."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="due_feed")
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)  # to the hour


class MonthlyFigures(models.Model):
    """Counts by community, month received and domain, kept by a job so that no board counts cases itself."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="figures")
    month = models.DateField()  # the first day
    domain_key = models.CharField(max_length=40, blank=True)  # "" = no domain
    audience = models.CharField(max_length=10, blank=True)
    counts = models.JSONField(default=dict)  # see cases/figures.py for the keys
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["month", "domain_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "month", "domain_key", "audience"], name="figures_once"
            )
        ]
