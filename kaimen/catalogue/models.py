import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from kaimen.foundation.models import Organisation, Person

from .enums import Audience, ServiceState


class Domain(models.Model):
    """A field of life: 住房保障, 通勤交通 …"""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="domains")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80, blank=True)
    icon = models.CharField(max_length=40, default="circle-help")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.WORKER)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["community", "key"], name="domain_key_once")]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class ServiceQuerySet(models.QuerySet["Service"]):
    def published(self) -> "ServiceQuerySet":
        return self.filter(state=ServiceState.PUBLISHED)


class Service(models.Model):
    """One item of a published list. The row is what is published; `draft` holds changes nobody sees yet."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="services")
    key = models.SlugField(max_length=80)
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="services")
    audience = models.CharField(max_length=10, choices=Audience.choices)
    point = models.PositiveSmallIntegerField(null=True, blank=True)  # 1–10 on the ten-point list 企服十条
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="responsible_for")
    state = models.CharField(max_length=10, choices=ServiceState.choices, default=ServiceState.DRAFT)
    version = models.PositiveIntegerField(default=0)
    draft = models.JSONField(null=True, blank=True)

    name = models.CharField(max_length=200)  # the longest of 1,135 real ones has 110 characters
    name_en = models.CharField(max_length=300, blank=True)
    summary = models.CharField(max_length=240)
    summary_en = models.CharField(max_length=400, blank=True)
    who = models.TextField(blank=True)
    documents = models.JSONField(default=list, blank=True)  # [str]
    steps = models.JSONField(default=list, blank=True)  # [str]
    place = models.CharField(max_length=160, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    fee = models.CharField(max_length=120, blank=True)
    legal_basis = models.JSONField(default=list, blank=True)  # [{title, article, date}]
    phrases = models.JSONField(default=list, blank=True)  # [str] what people say instead of the name
    answers = models.JSONField(default=list, blank=True)  # [{question, answer}] that need no case at all
    first_answer_days = models.PositiveSmallIntegerField(default=2)
    solve_days = models.PositiveSmallIntegerField(default=10)
    loaded = models.JSONField(
        null=True, blank=True
    )  # what a pack last wrote: what differs was edited by staff
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["domain__order", "point", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["community", "key"], name="service_key_once"),
            models.CheckConstraint(
                condition=Q(first_answer_days__gte=1) & Q(solve_days__gte=models.F("first_answer_days")),
                name="promise_is_possible",
            ),
            models.UniqueConstraint(
                fields=["community", "point"], condition=~Q(point=None), name="point_once"
            ),
        ]
        indexes = [models.Index(fields=["community", "state"])]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name

    @property
    def summary_here(self) -> str:
        """The summary in the reader's language, as far as there is one."""
        english = self.summary_en and (get_language() or "").startswith("en")
        return self.summary_en if english else self.summary


class ServiceVersion(models.Model):
    """What was published under which number: never changed afterwards, so that an old promise can be shown."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["service", "number"], name="service_version_once")]


class ListRevision(models.Model):
    """Counts every change of a community's published list, so that each process knows when its index is old."""

    community = models.OneToOneField(Organisation, models.CASCADE, related_name="list_revision")
    number = models.PositiveBigIntegerField(default=0)
    # new with every change: after a restored backup the same number may stand for another list
    stamp = models.UUIDField(default=uuid.uuid4)
