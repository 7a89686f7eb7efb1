import secrets

from django.db import models
from django.utils import timezone

from kaimen.cases.models import Case
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation.lean_indexes import given
from kaimen.foundation.models import MachineKey, Organisation, Person, Place
from kaimen.intake.enums import TableState


def short_token() -> str:
    return secrets.token_urlsafe(9)


class FormLink(models.Model):
    """A QR code on a wall or at the end of a survey: says where the need comes from, so nobody has to type it."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="form_links")
    token = models.CharField(max_length=20, unique=True, default=short_token)
    name = models.CharField(max_length=80)
    question = models.CharField(max_length=120, blank=True)  # shown instead of 有什么事？
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="form_links")
    enterprise = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="form_links")
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["-pk"]


class Visit(models.Model):
    """Somebody went to an enterprise or a dormitory and listened; each need they heard becomes a case."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="visits")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="visited")
    visitor = models.ForeignKey(Person, models.PROTECT, related_name="visits")
    on = models.DateField()
    met = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-on", "-pk"]


class Submission(models.Model):
    """One press of the button. `key` is unique: the same form sent twice is one case."""

    key = models.CharField(max_length=64, unique=True)
    case = models.OneToOneField(Case, models.CASCADE, related_name="submission")
    form = models.ForeignKey(
        FormLink, models.PROTECT, null=True, blank=True, related_name="submissions", db_index=False
    )
    visit = models.ForeignKey(
        Visit, models.PROTECT, null=True, blank=True, related_name="submissions", db_index=False
    )
    table = models.ForeignKey(
        "NeedsTable", models.SET_NULL, null=True, blank=True, related_name="submissions", db_index=False
    )
    address_digest = models.CharField(max_length=64, blank=True)
    device_digest = models.CharField(max_length=64, blank=True)
    phone_digest = models.CharField(max_length=64, blank=True)
    # the other system that brought it, and may read it again
    machine = models.ForeignKey(
        MachineKey, models.PROTECT, null=True, blank=True, related_name="submissions", db_index=False
    )
    taken_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["address_digest", "at"]),
            models.Index(fields=["device_digest", "at"]),
            models.Index(fields=["phone_digest", "at"]),
            *(
                given(name, f"submissions_with_{name}")
                for name in ("form", "visit", "table", "machine", "taken_by")
            ),
        ]


class NeedsTable(models.Model):
    """A table of existing needs on its way through the door: looked through, confirmed, brought in row by row.

    The file itself lies with foundation.tables for a day at most; here stand no words and no names of anybody.
    `row` is the last row that was dealt with: each row moves it in the same transaction that opens its case.
    """

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="needs_tables")
    filename = models.CharField(max_length=120)
    handle = models.CharField(max_length=200)  # of foundation.tables
    digest = models.CharField(max_length=64)  # SHA-256 of the file: the same file again is recognised
    columns = models.JSONField(default=dict)  # intake.importing.FIELDS -> heading
    keep_times = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=TableState.choices, default=TableState.DRAFT)
    problem = models.CharField(max_length=20, blank=True)
    total = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)  # of the good ones: were here already when looked through
    cut = models.PositiveIntegerField(default=0)
    bad_count = models.PositiveIntegerField(default=0)
    bad = models.JSONField(default=list)  # [[row, column, code], …]
    unknown_units = models.JSONField(default=list)
    row = models.PositiveIntegerField(default=1)
    made = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    moved_at = (
        models.DateTimeField()
    )  # of the last step: long ago while running means that its worker is gone
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "digest"],
                condition=models.Q(state__in=[TableState.RUNNING, TableState.DONE]),
                name="needs_table_once",
            ),
        ]


class TriageModel(models.Model):
    """What the community's cases taught, as numbers (logic.triage); older ones are kept to return to."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="triage_models")
    made_at = models.DateTimeField(default=timezone.now)
    texts = models.PositiveIntegerField()
    corrections = models.PositiveIntegerField(default=0)  # texts whose item an officer had changed
    figures = models.JSONField(
        default=dict
    )  # on texts that the model had not seen: macro_f1, accuracy, ece, per_class
    stored = models.BinaryField()
    active = models.BooleanField(default=False)
    chosen_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+"
    )  # None: the job

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["community"], condition=models.Q(active=True), name="one_active_triage_model"
            )
        ]


class Reading(models.Model):
    """What was understood of a case when it came in; what it turned out to be stands with the case itself."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="reading")
    domain = models.ForeignKey(Domain, models.SET_NULL, null=True, blank=True, related_name="+")
    service = models.ForeignKey(Service, models.SET_NULL, null=True, blank=True, related_name="+")
    confidence = models.FloatField(default=0)  # of the domain, 0 … 1
    sure = models.BooleanField(default=False)
    ranked = models.JSONField(default=list)  # [[key of a domain, confidence]], likeliest first
    mentions = models.JSONField(default=dict)  # {"places": [names], "enterprises": [names]}
    model = models.ForeignKey(TriageModel, models.SET_NULL, null=True, blank=True, related_name="readings")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0, confidence__lte=1), name="confidence_is_a_share"
            )
        ]
