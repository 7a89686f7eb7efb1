from django.db import models
from django.db.models import Q

from kaimen.foundation.models import Organisation, Person
from kaimen.letters.enums import BatchState, LetterChannel, LetterKind, LetterState, MailingState, ReadingStep

from .templates import LetterTemplate


class Mailing(models.Model):
    """One letter text on its way to many. Its words are its own: a template changed later changes nothing here."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="mailings")  # who sends
    community = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+"
    )  # at whose door replies knock
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=LetterKind.choices, default=LetterKind.PERSONAL)
    template = models.ForeignKey(LetterTemplate, models.SET_NULL, null=True, blank=True, related_name="+")
    text = (
        models.JSONField()
    )  # {"title", "greeting", "body", "sender", "number", "signed"} as they were when the template was taken
    official = models.BooleanField(default=True)  # goes to everybody; the others pass by who wants none
    channels = models.JSONField(default=list)  # in this order: the first by which somebody can be reached
    about = models.CharField(max_length=40, blank=True)  # what a room above wrote it for, as a case number
    key = models.CharField(max_length=80, unique=True, null=True)  # asked for twice is made once

    handle = models.CharField(max_length=200, blank=True)  # of the table just read (foundation.tables)
    filename = models.CharField(max_length=120, blank=True)
    headings = models.JSONField(default=list)  # of that table: a page need not open the file
    columns = models.JSONField(default=dict)
    source = models.JSONField(
        default=dict
    )  # {"kind": "roles"|"table"|"list", …}: where the recipients came from
    report = models.JSONField(
        default=dict
    )  # of the last look through: numbers, and letters by number, no names

    state = models.CharField(max_length=10, choices=MailingState.choices, default=MailingState.DRAFT)
    problem = models.CharField(max_length=40, blank=True)  # why the list could not be read: a code
    # while a job reads the list: which worker does, how far it is, how many of how many
    read_mark = models.CharField(max_length=24, blank=True)
    read_step = models.CharField(max_length=8, choices=ReadingStep.choices, blank=True)
    read_done = models.PositiveIntegerField(default=0)
    read_of = models.PositiveIntegerField(default=0)
    read_rows = models.PositiveIntegerField(default=0)  # of the table, that need not be looked at again
    read_look = models.JSONField(default=dict)  # the look through, as far as it is
    total = models.PositiveIntegerField(default=0)
    last_seq = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MailingState.values), name="mailing_state_known")
        ]
        indexes = [models.Index(fields=["community", "-created_at"])]

    def __str__(self) -> str:
        return self.name


class MailingCount(models.Model):
    """How many letters of a mailing are in which state, kept with every move: a page asks these few rows."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="counts")
    channel = models.CharField(max_length=8, choices=LetterChannel.choices)
    state = models.CharField(max_length=10, choices=LetterState.choices)
    letters = models.IntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "channel", "state"], name="one_count_each"),
            models.CheckConstraint(condition=Q(letters__gte=0), name="no_negative_letters"),
        ]


class Batch(models.Model):
    """Paper letters that go to the post together: one file to print, one of labels, one posting list."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=BatchState.choices, default=BatchState.MAKING)
    letters_count = models.PositiveIntegerField(default=0)
    print_file = models.CharField(max_length=80, blank=True)
    label_file = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    posted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "number"], name="batch_once"),
            models.UniqueConstraint(
                fields=["mailing"], condition=Q(state=BatchState.MAKING), name="one_batch_at_a_time"
            ),
        ]
