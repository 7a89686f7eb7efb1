from django.db import models
from django.utils import timezone

from kaimen.foundation.models import Attachment, Organisation, Person

from .mailings import Mailing


class Letterhead(models.Model):
    """What an organisation's papers bear: its 代字 in every 发文字号, its mark and where to find it at the head of its letters."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="letterhead")
    code = models.CharField(max_length=20, blank=True)  # 代字, as 灵工 in 灵工发〔2026〕3号
    lines = models.CharField(max_length=200, blank=True)  # small at the head of a letter: address, telephone
    logo = models.ForeignKey(Attachment, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.code


class IssuedNumber(models.Model):
    """The register of what an organisation issued (发文登记): one count for each 代字 and year, no number twice."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="issued_numbers")
    code = models.CharField(max_length=40)  # the whole of what stands before the year: 灵工发
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    mailing = models.OneToOneField(
        Mailing, models.SET_NULL, null=True, blank=True, related_name="issued_number"
    )  # the number stays used when the papers are gone
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code", "year", "serial"], name="issued_number_once"
            ),
            models.CheckConstraint(condition=models.Q(serial__gt=0), name="issued_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code}〔{self.year}〕{self.serial}号"
