from django.db import models
from django.db.models import Q
from django.utils import timezone

from kaimen.cases.enums import Decision, Reader, Score, Solved
from kaimen.foundation.lean_indexes import given
from kaimen.foundation.models import Person

from .case import Case
from .task import Task


class TimelineEntry(models.Model):
    """A step of a case in codes and parameters. Complete and append-only (migration 0002)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="timeline", db_index=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    text = models.TextField(blank=True)  # words somebody wrote at this step
    reader = models.CharField(max_length=5, choices=Reader.choices, default=Reader.ALL)
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="timeline", db_index=False
    )

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["case", "at"]),
            *(given(name, f"steps_with_{name}") for name in ("actor", "task")),
        ]


class Answer(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="answers")
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]


class Refusal(models.Model):
    """A fair no: clause and reason, a second person signs, the asker may appeal to the level above."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="refusals")
    clause = models.CharField(max_length=200)
    reason = models.TextField()
    other_way = models.TextField(blank=True)  # where else the asker can turn
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision.choices, default=Decision.PENDING)
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signer_note = models.TextField(blank=True)
    appeal_text = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_upheld = models.BooleanField(null=True, blank=True)
    appeal_decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    appeal_decided_at = models.DateTimeField(null=True, blank=True)
    appeal_note = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(signed_by=models.F("proposed_by")), name="a_second_person_signs"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(decision="pending"), name="one_pending_refusal"
            ),
        ]


class Rating(models.Model):
    """好差评. Round 1 after an answer; round 2 once, after a bad rating was mended."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="ratings")
    round = models.PositiveSmallIntegerField(default=1)
    score = models.PositiveSmallIntegerField(choices=Score.choices)
    solved = models.CharField(max_length=6, choices=Solved.choices)
    comment = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="one_rating_a_round"),
            models.CheckConstraint(condition=Q(score__range=(1, 5)), name="score_1_to_5"),
            models.CheckConstraint(condition=Q(round__range=(1, 2)), name="one_re_rating"),
        ]
