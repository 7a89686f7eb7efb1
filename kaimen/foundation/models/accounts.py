from django.contrib.auth.models import AbstractUser
from django.db import models

from .people import Person


class Account(AbstractUser):
    """A way to sign in. Staff have a password and a second factor; workers only ever use phone and code."""

    first_name = None  # type: ignore[assignment]  # the person carries the name
    last_name = None  # type: ignore[assignment]  # the person carries the name
    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="account")

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.person.name if self.person else self.username

    def get_short_name(self) -> str:
        return self.get_full_name()


class SignInCode(models.Model):
    """A six-digit code on its way to a phone. Only digests are kept: neither phone nor code is readable here."""

    phone_digest = models.CharField(max_length=64, db_index=True)
    address_digest = models.CharField(max_length=64, blank=True, db_index=True)
    code_digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_at"]


class PasswordLink(models.Model):
    """A link by which one account sets its password once; a newer link or its use ends it (secret_links)."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="password_links")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
