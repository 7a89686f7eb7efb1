from django.db import models
from django.utils import timezone

from kaimen.foundation.models import Organisation, Person
from kaimen.letters.enums import LetterKind, SignatureForm


class LetterTemplate(models.Model):
    """A letter with fields in braces, as it reads now; what it read before stays in its versions."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="letter_templates")
    key = models.SlugField(max_length=60)
    kind = models.CharField(max_length=12, choices=LetterKind.choices, default=LetterKind.PERSONAL)
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=80, blank=True)
    greeting = models.CharField(max_length=120, blank=True)
    body = models.TextField()
    sender = models.CharField(max_length=80, blank=True)  # who signs it
    number = models.CharField(max_length=80, blank=True)  # 发文字号 (logic.issuing), or that of a certificate
    signed = models.CharField(
        max_length=10, choices=SignatureForm.choices, default=SignatureForm.SEALED
    )  # official papers
    version = models.PositiveIntegerField(default=1)
    from_pack = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-active", "kind", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["community", "key"], name="letter_template_key_once"),
            models.UniqueConstraint(fields=["community", "name"], name="letter_template_name_once"),
            models.CheckConstraint(condition=models.Q(kind__in=LetterKind.values), name="letter_kind_known"),
            models.CheckConstraint(
                condition=models.Q(signed__in=SignatureForm.values), name="signature_form_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LetterTemplateVersion(models.Model):
    """What a template read under which number; never changed afterwards."""

    template = models.ForeignKey(LetterTemplate, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.JSONField()  # {"name", "title", "greeting", "body", "sender", "number", "signed"}
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="letter_template_version_once")
        ]
