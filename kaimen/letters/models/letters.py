from django.db import models
from django.db.models import Q

from kaimen.foundation.fields import EncryptedTextField
from kaimen.foundation.models import Organisation, Person
from kaimen.letters.enums import LetterChannel, LetterState

from .mailings import Batch, Mailing


class Letter(models.Model):
    """One letter to one recipient. How to reach them is encrypted; `recipient` makes it one letter each."""

    community = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="letters")
    seq = models.PositiveIntegerField()
    recipient = models.CharField(max_length=64)  # a person, or a digest of who the table names
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="letters")
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="+")

    name = models.CharField(max_length=80)
    title = models.CharField(max_length=80, blank=True)  # post, as 工会主席
    unit = models.CharField(max_length=120, blank=True)
    phone = EncryptedTextField(blank=True, default="")
    phone_digest = models.CharField(max_length=64, blank=True, default="")
    email = EncryptedTextField(blank=True, default="")
    email_digest = models.CharField(max_length=64, blank=True, default="")
    address = EncryptedTextField(blank=True, default="")
    address_digest = models.CharField(max_length=64, blank=True, default="")
    postcode = models.CharField(max_length=6, blank=True)
    fields = EncryptedTextField(blank=True, default="")  # what else the table holds, as JSON

    channel = models.CharField(max_length=8, choices=LetterChannel.choices)
    state = models.CharField(max_length=10, choices=LetterState.choices, default=LetterState.WAITING)
    rank = models.PositiveSmallIntegerField(
        default=2
    )  # enums.RANKS of the state: what is missing comes first
    state_at = models.DateTimeField()
    reason = models.CharField(max_length=40, blank=True)  # why it bounced, came back or was left out: a code
    round = models.PositiveSmallIntegerField(
        default=1
    )  # how often it was made: 2 after its address was mended
    pdf = models.CharField(max_length=80, blank=True)
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, blank=True, related_name="letters")
    posting_number = models.CharField(max_length=30, blank=True)
    answered_as = models.CharField(max_length=24, blank=True)  # number of the case that the answer became

    # the letter's door: as everywhere, the link follows from the salt (foundation.secret_links)
    salt = models.CharField(max_length=32)
    link_digest = models.CharField(max_length=64, unique=True)
    link_closed_at = models.DateTimeField(null=True, blank=True)

    claimed_by = models.CharField(max_length=24, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    stamp = models.CharField(max_length=24, blank=True)  # of the last move: tells which rows an update moved
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["mailing", "rank", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "seq"], name="letter_seq_once"),
            models.UniqueConstraint(fields=["mailing", "recipient"], name="one_letter_each"),
            models.UniqueConstraint(
                fields=["posting_number"], condition=~Q(posting_number=""), name="posting_number_once"
            ),
            models.CheckConstraint(condition=Q(state__in=LetterState.values), name="letter_state_known"),
        ]
        indexes = [
            models.Index(fields=["mailing", "rank", "seq"]),
            models.Index(fields=["mailing", "channel", "rank", "seq"]),
            models.Index(fields=["mailing", "channel", "rank", "batch"], name="letters_to_print"),
            models.Index(fields=["mailing", "name", "unit", "id"], name="letters_by_words"),
            models.Index(fields=["phone_digest"]),
        ]

    @property
    def number(self) -> str:
        """What stands on the sheet and the label, and is typed or scanned: 12-0007."""
        return f"{self.mailing_id}-{self.seq:04d}"


class LetterEvent(models.Model):
    """One step of a letter. Only added to: the database refuses changes (migration)."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="events")
    verb = models.CharField(max_length=12)
    was = models.CharField(max_length=10)
    became = models.CharField(max_length=10)
    round = models.PositiveSmallIntegerField(default=1)
    code = models.CharField(max_length=40, blank=True)  # why, or by which server's answer
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Unsubscribed(models.Model):
    """An address that wants no letters but official ones: only its digest is kept, which is what is compared."""

    community = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)  # of a phone, an e-mail address, or a person
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["community", "digest"], name="unsubscribed_once")]
