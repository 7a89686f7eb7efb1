from django.db import models
from django.utils import timezone

from kaimen.foundation.lean_indexes import given

from .people import Person


class AuditEntry(models.Model):
    """Who did what to which object, when. Append-only: the database refuses UPDATE and DELETE (migration 0002)."""

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    community_id = models.BigIntegerField(null=True, blank=True)
    params = models.JSONField(default=dict)  # codes and ids, never personal data

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"]), given("actor", "audit_with_actor")]


class AuditSeal(models.Model):
    """A batch of audit entries bound into the chain: sha256 over the previous seal and every row of the batch."""

    first_entry = models.BigIntegerField()
    last_entry = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]


class DataRead(models.Model):
    """Somebody on the staff read a person's personal data. The person sees this list (谁看过我)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="data_reads")
    reader = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=20)  # phone, id_number, address, name, roster
    purpose = models.CharField(max_length=80)  # a code or a case number

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["person", "-at"])]
