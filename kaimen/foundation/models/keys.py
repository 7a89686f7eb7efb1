from django.db import models
from django.db.models import Q
from django.utils import timezone

from .organisations import Organisation
from .people import Person


class MachineKey(models.Model):
    """Another system's way in: what it may do, where, how much, until when. Only a digest of the secret is kept."""

    name = models.CharField(max_length=80)  # whose system it is: 市民热线平台
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="machine_keys")
    scopes = models.JSONField(default=list)  # values of KeyScope
    # whose permissions apply, for scopes that act like a person; never set for the others
    acts_for = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="machine_keys")
    prefix = models.CharField(max_length=16, unique=True)  # shown in lists, finds the row
    digest = models.CharField(max_length=64)
    per_minute = models.PositiveIntegerField(default=60)
    needs_per_hour = models.PositiveIntegerField(default=200)
    needs_per_day = models.PositiveIntegerField(default=1000)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    # the minute (since 1970) in which it was last used, and how often in it: counted by the database for all processes
    minute = models.PositiveBigIntegerField(default=0)
    used_in_minute = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(per_minute__gte=1), name="key_may_ask_at_all"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("made_at")), name="key_lives_before_it_ends"
            ),
        ]

    def __str__(self) -> str:
        return self.prefix
