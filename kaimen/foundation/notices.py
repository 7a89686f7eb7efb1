"""Notices: in the app always; by e-mail, SMS and group robot where there is an address (sent by a job)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kaimen.foundation.delivering import deliver
from kaimen.foundation.enqueuing import enqueue_all
from kaimen.foundation.enums import DeliveryChannel
from kaimen.foundation.models import Delivery, Notice, Organisation, Person, Webhook
from kaimen.foundation.rows import insert, insert_values, settle


@dataclass(frozen=True)
class Message:
    """What somebody is to be told: `person` sees it in the app, and by e-mail when they have an address; `sms_to` also
    gets a text message. `params` hold codes, numbers and names shown in the sentence, never phone or ID numbers.
    """

    person: Person | None
    code: str
    link: str = ""
    sms_to: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def notify_all(messages: Sequence[Message]) -> None:
    """Queue notices in the caller's transaction: they and the jobs that send them exist if and only if that commits."""
    reached = [(told, addresses) for told in messages if (addresses := _addresses(told))]
    insert_values(Notice, (_row(told) for told in messages if not _addresses(told)))
    if not reached:
        return
    notices = insert(Notice(**_row(told)) for told, _ in reached)
    settle()  # the deliveries need the notices' keys, and the jobs theirs
    wanted = insert(
        Delivery(notice=notice, channel=channel, address=address)
        for notice, (_, addresses) in zip(notices, reached, strict=True)
        for channel, address in addresses
    )
    settle()
    enqueue_all(deliver, [[delivery.pk] for delivery in wanted])


def _row(told: Message) -> dict[str, Any]:
    person_id = told.person.pk if told.person else None
    return {"person_id": person_id, "code": told.code, "link": told.link, "params": told.params}


def _addresses(told: Message) -> list[tuple[DeliveryChannel, str]]:
    """Where a message goes beside the app."""
    email = told.person.email if told.person else ""
    both = ((DeliveryChannel.EMAIL, email), (DeliveryChannel.SMS, told.sms_to))
    return [(channel, address) for channel, address in both if address]


def notify(
    *,
    person: Person | None,
    code: str,
    link: str = "",
    sms_to: str = "",
    params: dict[str, Any] | None = None,
) -> None:
    """Queue one notice, as `notify_all` does."""
    notify_all([Message(person, code, link, sms_to, params or {})])


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
