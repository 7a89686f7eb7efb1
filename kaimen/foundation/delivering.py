"""Sending what was queued: one delivery, one channel, once.

A delivery is claimed by a conditional update before anything leaves the house, so two workers never both send it.
A worker killed between claim and send leaves it `sending`; when its job comes back (jobs.LEASE, which is longer than
LEASE here) it is sent again: for a text message a rare second copy is kinder than silence. A mail keeps its Message-ID,
by which mail servers and programs know the second copy for what it is.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q
from django.utils import timezone, translation
from django_tasks import task

from kaimen.foundation import sms
from kaimen.foundation.enums import DeliveryChannel, DeliveryState
from kaimen.foundation.fields import digest
from kaimen.foundation.models import Account, Delivery, Person, Webhook
from kaimen.foundation.notice_words import sentence
from kaimen.foundation.robots import post_to_robot

ATTEMPTS = 5
LEASE = timedelta(minutes=5)  # shorter than a lost job's, or that job would find its own claim still fresh
TIMEOUT = 5
HOPELESS = frozenset(
    {"unavailable", "account_stopped", "BadHeaderError", "ValueError", "DoesNotExist"}
)  # trying again would change nothing


class NotDelivered(Exception):
    """This attempt failed; the job comes again until ATTEMPTS."""


@task()
def deliver(delivery_id: int) -> str:
    """Send one delivery. Returns its state; raises NotDelivered so that the worker retries."""
    now = timezone.now()
    if not claim(delivery_id, now):
        return "not_mine"
    delivery = Delivery.objects.select_related("notice__person").get(pk=delivery_id)
    try:
        with translation.override("zh-hans"):
            _send(delivery)
    except Exception as error:  # whatever a server answers, the delivery must not stay `sending`
        problem = str(getattr(error, "code", None) or type(error).__name__)[:200]
        last = delivery.attempts >= ATTEMPTS or problem in HOPELESS
        state = DeliveryState.FAILED if last else DeliveryState.QUEUED
        Delivery.objects.filter(pk=delivery_id).update(state=state, problem=problem)
        if last:
            return DeliveryState.FAILED
        raise NotDelivered(problem) from None  # not chained: the cause may name an address
    Delivery.objects.filter(pk=delivery_id).update(
        state=DeliveryState.SENT, sent_at=timezone.now(), problem=""
    )
    return DeliveryState.SENT


def claim(delivery_id: int, now: datetime) -> bool:
    """Take the delivery for this attempt; False if somebody else has it or it is done."""
    over = Q(claimed_at__lt=now - LEASE) | Q(
        claimed_at__gt=now + LEASE
    )  # the latter: by a clock that was ahead
    free = Q(state=DeliveryState.QUEUED) | (Q(state=DeliveryState.SENDING) & over)
    return bool(
        Delivery.objects.filter(free, pk=delivery_id).update(
            state=DeliveryState.SENDING, claimed_at=now, attempts=F("attempts") + 1
        )
    )


def _send(delivery: Delivery) -> None:
    text = sentence(delivery.notice)
    link = f"{settings.PUBLIC_URL}{delivery.notice.link}" if delivery.notice.link else ""
    match delivery.channel:
        case DeliveryChannel.EMAIL:
            if _has_left(delivery.notice.person):
                raise sms.NotSent("account_stopped")
            if not settings.EMAIL_HOST:
                raise sms.NotSent("unavailable")
            body = "\n\n".join(part for part in (text, link, "开门 · 有什么事，说一句") if part)
            # Names stand in the body only: in a header, a line break in one could begin another header.
            headers = {"Message-ID": message_id(delivery)}
            mail = EmailMessage(subject="开门：有新消息", body=body, to=[delivery.address], headers=headers)
            mail.connection = get_connection(timeout=TIMEOUT)
            mail.send()
        case DeliveryChannel.SMS:
            sms.send(delivery.address, f"【开门】{text} {link}".strip())
        case DeliveryChannel.WEBHOOK:
            post_to_robot(Webhook.objects.get(pk=int(delivery.address)).url, f"{text} {link}".strip())


def _has_left(person: Person | None) -> bool:
    """Their account was stopped: what they still own is no longer told to an address outside the house."""
    return person is not None and Account.objects.filter(person=person, is_active=False).exists()


def message_id(delivery: Delivery) -> str:
    """The same for every attempt at this delivery, and for no other (RFC 5322, 3.6.4); tells nothing about it."""
    told = f"{delivery.pk} {delivery.notice.created_at.isoformat()}"
    return f"<{digest(told, 'mail')[:40]}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"
