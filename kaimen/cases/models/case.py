from django.db import models
from django.db.models import Q
from django.utils import timezone

from kaimen.cases.enums import OPEN_STATES, Alarm, CaseState, Channel, Wish
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation.fields import EncryptedTextField
from kaimen.foundation.lean_indexes import given
from kaimen.foundation.models import Attachment, Organisation, Person, Place
from kaimen.logic.text import beyond


class CaseGroup(models.Model):
    """Cases about the same thing, handled together. Each keeps its own number, words, answer and rating."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="case_groups")
    title = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> "CaseQuerySet":
        return self.filter(state__in=OPEN_STATES)


class Case(models.Model):
    """One need and its handling: the asker's own words for ever, and exactly one owner."""

    # An index of its own only where no longer one begins with the column; where mostly nothing stands, only for what stands.
    community = models.ForeignKey(Organisation, models.PROTECT, related_name="cases", db_index=False)
    number = models.CharField(max_length=24, unique=True)  # KM-2026-00418
    words = models.TextField()  # as said; the database refuses to change it (migration 0002)
    title = models.CharField(max_length=60)  # a short handle for lists, staff may edit it
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="cases")
    domain = models.ForeignKey(
        Domain, models.PROTECT, null=True, blank=True, related_name="cases", db_index=False
    )
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.RECEIVED)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.WEB)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="owned_cases", db_index=False)
    routing = models.JSONField(default=list)  # [[code, params]]: why this person owns it
    urgent = models.BooleanField(default=False)
    urgent_why = models.JSONField(
        default=list
    )  # [[alarm, the words that raised it]]; empty: somebody said so
    kind = models.CharField(max_length=12, choices=Wish.choices, blank=True, default="")

    asker = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="cases", db_index=False
    )
    asker_name = models.CharField(max_length=80, blank=True)
    asker_phone = EncryptedTextField(blank=True, default="")
    asker_phone_digest = models.CharField(max_length=64, blank=True, default="")
    enterprise = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="enterprise_cases", db_index=False
    )
    confidential = models.BooleanField(default=False)  # keep my name from those who handle it
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="cases", db_index=False
    )
    place_text = models.CharField(max_length=120, blank=True)

    # The tracking link is HMAC(key, salt): the database alone opens no case; a new salt revokes the old link.
    track_salt = models.CharField(max_length=32)
    track_digest = models.CharField(max_length=64, unique=True)

    group = models.ForeignKey(
        CaseGroup, models.SET_NULL, null=True, blank=True, related_name="cases", db_index=False
    )
    received_at = models.DateTimeField()
    first_answered_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopened_by_asker = models.PositiveSmallIntegerField(default=0)
    next_due_on = models.DateField(
        null=True, blank=True
    )  # earliest open promise; kept by actions, orders the desk
    escalation_level = models.PositiveSmallIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_known"),
            models.CheckConstraint(condition=~Q(words=""), name="case_has_words"),
            models.CheckConstraint(condition=Q(reopened_by_asker__lte=1), name="asker_reopens_once"),
        ]
        indexes = [
            models.Index(fields=["owner", "state", "next_due_on"]),
            models.Index(fields=["owner", "-received_at"]),
            models.Index(fields=["community", "state", "next_due_on"]),
            models.Index(fields=["community", "-received_at"]),
            models.Index(fields=["community", "domain", "-received_at"]),
            models.Index(fields=["asker_phone_digest"]),
            *(given(name, f"cases_with_{name}") for name in ("asker", "enterprise", "place", "group")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def further(self) -> str:
        """What the words say beyond the title, "" if nothing: a list shows both and must not say it twice."""
        return beyond(self.title, self.words)

    @property
    def alarms(self) -> list[tuple[str, str]]:
        """Why it is urgent: what it is about, in words, and what was said."""
        named = dict(Alarm.choices)
        return [(str(named[code]), words) for code, words in self.urgent_why if code in named]

    @property
    def about_life(self) -> bool:
        """Somebody may want to harm themselves: whoever opens this page is told whom to call."""
        return any(code == Alarm.SELF_HARM for code, _words in self.urgent_why)


class CaseText(models.Model):
    """What a case says, Han characters spaced out, for full-text search on both databases (cases/search.py)."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="text", primary_key=True)
    community_id = models.BigIntegerField()
    body = models.TextField()


class CaseAttachment(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    shown_to_asker = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]


class NumberCounter(models.Model):
    """The last number given in a community's year; taken with one atomic UPDATE."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(default=0)
    prefix = models.CharField(max_length=12, default="KM")  # KM, or KM7 for a further community of one house

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "year"], name="one_counter_a_year"),
            models.UniqueConstraint(fields=["prefix", "year"], name="one_community_a_prefix"),
        ]
