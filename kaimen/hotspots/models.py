from django.db import models
from django.db.models import Q
from django.utils import timezone

from kaimen.cases.models import Case
from kaimen.catalogue.models import Domain
from kaimen.foundation.models import Organisation, Person
from kaimen.hotspots.enums import Deed


class HotIssue(models.Model):
    """What many say in many wordings, heard as one thing. Its number stays; what is told of it is kept by jobs."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="hot_issues")
    title = models.CharField(max_length=120, blank=True)
    named_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    domain = models.ForeignKey(Domain, models.SET_NULL, null=True, blank=True, related_name="+")
    merged_into = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="merged")

    locked_at = models.DateTimeField(
        null=True, blank=True
    )  # the machine neither joins, splits nor renames it
    locked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    hidden_at = models.DateTimeField(null=True, blank=True)  # not on the public page
    marked_at = models.DateTimeField(null=True, blank=True)  # proposed for being taken up in common
    marked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    mark_note = models.TextField(blank=True)

    messages = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    support = models.PositiveIntegerField(default=0)
    heat = models.FloatField(default=0)
    parts = models.JSONField(default=list)  # [[code, counted, points]]: the sum that makes the heat
    trend = models.JSONField(default=list)  # cases in each of the last weeks, oldest first
    places = models.JSONField(default=list)  # [[key of the place or "", name, cases]]
    enterprises = models.JSONField(default=list)  # [[name, people]]
    matter = models.CharField(max_length=160, blank=True)  # the service that most of them ask for
    named_firms = models.JSONField(default=list)  # firms that the words name
    marks = models.JSONField(default=list)  # [[gram, weight]]: what a new case is compared with
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # when the figures above were counted
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-heat", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=models.F("pk")), name="issue_not_in_itself"),
            models.CheckConstraint(
                condition=Q(locked_at=None) | Q(locked_by__isnull=False), name="issue_locked_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(marked_at=None) | Q(marked_by__isnull=False), name="issue_marked_by_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-heat"], condition=Q(merged_into=None), name="hottest_issues"),
            models.Index(fields=["community", "-last_at"], name="issues_spoken_of_last"),
        ]


class IssueMembership(models.Model):
    """Which issue a case belongs to, and why. The case itself is not touched: its words and number stay its own."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="issue_membership")
    issue = models.ForeignKey(HotIssue, models.CASCADE, related_name="memberships")
    words = models.JSONField(default=list)  # stretches in common that decided
    likeness = models.FloatField(default=1)  # 0 … 1, when it joined
    placed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["issue", "-joined_at"])]


class IssueDeed(models.Model):
    """What somebody did to an issue, with what is needed to take it back."""

    issue = models.ForeignKey(HotIssue, models.CASCADE, related_name="deeds")
    deed = models.CharField(max_length=10, choices=Deed.choices)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    params = models.JSONField(default=dict)  # what is shown
    before = models.JSONField(default=dict)  # what was, for taking it back
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]


class Ear(models.Model):
    """How far a community's cases have been heard, and what is known of its words."""

    community = models.OneToOneField(Organisation, models.CASCADE, related_name="ear")
    heard_until = models.BigIntegerField(default=0)  # the key of the last case heard
    gathered_at = models.DateTimeField(null=True, blank=True)  # when all was last looked at together
    weights = models.BinaryField(default=bytes)  # packed logic.hotspots.terms.Weights
