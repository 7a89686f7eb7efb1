"""Notices: in the app always; by e-mail, SMS and group robot where there is an address (sent by a job)."""

from typing import Any

from kaimen.foundation.delivering import deliver
from kaimen.foundation.enums import DeliveryChannel
from kaimen.foundation.models import Delivery, Notice, Organisation, Person, Webhook


def notify(
    *,
    person: Person | None,
    code: str,
    link: str = "",
    sms_to: str = "",
    params: dict[str, Any] | None = None,
) -> Notice:
    """Queue a notice in the caller's transaction: it and the jobs that send it exist if and only if that commits.

    `person` sees it in the app, and by e-mail when they have an address; `sms_to` also gets a text message.
    `params` hold codes, numbers and names shown in the sentence, never phone or ID numbers.
    """
    notice = Notice.objects.create(person=person, code=code, link=link, params=params or {})
    wanted = []
    if person and person.email:
        wanted.append(Delivery(notice=notice, channel=DeliveryChannel.EMAIL, address=person.email))
    if sms_to:
        wanted.append(Delivery(notice=notice, channel=DeliveryChannel.SMS, address=sms_to))
    for delivery in Delivery.objects.bulk_create(wanted):
        deliver.enqueue(delivery.pk)
    return notice


def notify_group(
    *, organisation: Organisation, code: str, link: str = "", params: dict[str, Any] | None = None
) -> int:
    """Queue a notice for each active group robot of `organisation`; how many. In the caller's transaction.

    A group chat has readers we do not know: `params` hold numbers and dates, nobody's words, names or titles, and
    `link` leads to a page that asks who is there.
    """
    robots = list(Webhook.objects.filter(organisation=organisation, active=True))
    for robot in robots:
        notice = Notice.objects.create(person=None, code=code, link=link, params=params or {})
        delivery = Delivery.objects.create(
            notice=notice, channel=DeliveryChannel.WEBHOOK, address=str(robot.pk)
        )
        deliver.enqueue(delivery.pk)
    return len(robots)
