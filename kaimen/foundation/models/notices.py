from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaimen.foundation.enums import DeliveryChannel, DeliveryState
from kaimen.foundation.fields import EncryptedTextField

from .organisations import Organisation
from .people import Person


class Notice(models.Model):
    """Something a person should know: a code and parameters, put into words when it is read or sent."""

    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="notices", db_index=False
    )
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    # sealed: a tracking link opens a case, so the database alone must not show it
    link = EncryptedTextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["person", "read_at"])]


class Delivery(models.Model):
    """One notice on its way over one channel; `key` makes sending it twice impossible to ask for."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=DeliveryChannel.choices)
    address = EncryptedTextField(blank=True)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="one_delivery_per_channel")]


class Webhook(models.Model):
    """A group robot (DingTalk or WeCom format) that an organisation wants to hear from."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="webhooks")
    url = EncryptedTextField()
    flavour = models.CharField(max_length=10, choices=[("dingtalk", _("钉钉")), ("wecom", _("企业微信"))])
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
