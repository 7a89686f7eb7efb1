from django.db import models
from django.db.models import Q
from django.utils import timezone

from kaimen.foundation.enums import ConsentKind, RoleKind
from kaimen.foundation.fields import EncryptedTextField
from kaimen.foundation.lean_indexes import given
from kaimen.logic.identity import mask_id, mask_name, mask_phone

from .organisations import Organisation


class Person(models.Model):
    """A real-name person. Phone, ID number and address are encrypted; the digests beside them find them again."""

    name = models.CharField(max_length=80)
    title = models.CharField(max_length=80, blank=True)
    phone = EncryptedTextField(blank=True, default="")
    phone_digest = models.CharField(max_length=64, blank=True, default="")
    id_number = EncryptedTextField(blank=True, default="")
    id_digest = models.CharField(max_length=64, blank=True, default="")
    address = EncryptedTextField(blank=True, default="")
    email = models.EmailField(blank=True, default="")
    birth_date = models.DateField(null=True, blank=True)
    office_hours = models.CharField(max_length=120, blank=True)
    public_phone = models.CharField(max_length=40, blank=True)  # a desk line that staff show to askers
    photo = models.ForeignKey(
        "foundation.Attachment", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    elder_mode = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["phone_digest"], condition=~Q(phone_digest=""), name="phone_once"
            ),
            models.UniqueConstraint(fields=["id_digest"], condition=~Q(id_digest=""), name="id_number_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def face_url(self) -> str:
        """Where the portrait is, "" without one. It cannot be guessed and ends when the portrait is taken down.

        The same on every page, so that a browser loads it once: the suggestion shows it at every word typed.
        """
        return f"/face/{self.photo.token}" if self.photo else ""

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone) if self.phone else ""

    @property
    def masked_id(self) -> str:
        return mask_id(self.id_number) if self.id_number else ""

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)


class Employment(models.Model):
    person = models.ForeignKey(Person, models.CASCADE, related_name="employments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="employments")
    post = models.CharField(max_length=80, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"], condition=Q(until=None), name="one_open_employment_each"
            )
        ]


class Role(models.Model):
    """(person, kind, organisation): holds for that organisation and everything under it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=12, choices=RoleKind.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="roles")
    domains = models.JSONField(default=list, blank=True)  # domain keys an officer looks after; [] = all
    areas = models.JSONField(default=list, blank=True)  # areas of the park; [] = all
    active = models.BooleanField(default=True)
    since = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "organisation"], name="role_once"),
            models.CheckConstraint(condition=Q(kind__in=RoleKind.values), name="role_kind_known"),
        ]
        indexes = [models.Index(fields=["organisation", "kind"])]


class Absence(models.Model):
    """Days on which a person is not on duty, so that routing passes them by."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="absence_in_order")
        ]


class Consent(models.Model):
    """What a person agreed to, in which version of the text, and when (PIPL articles 13, 14, 29)."""

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="consents", null=True, blank=True, db_index=False
    )
    kind = models.CharField(max_length=20, choices=ConsentKind.choices)
    text_version = models.CharField(max_length=20)
    reference = models.CharField(max_length=60, blank=True)  # e.g. case number, where no person is known
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [given("person", "consents_with_person")]
