"""A small mailing of the park: three chairs, invented, and the steps it takes."""

from datetime import datetime
from typing import Any

from kaimen.letters import actions
from kaimen.letters.actions.making import make_slice
from kaimen.letters.actions.moving import recount
from kaimen.letters.actions.sending import send_slice
from kaimen.letters.models import Letter, LetterTemplate, Mailing, MailingCount
from kaimen.letters.recipients import Recipient
from tests.cast import MONDAY, World

TEXT = {
    "name": "示例慰问信",
    "title": "给主席的一封信",
    "greeting": "{姓名}主席：",
    "body": "感谢您在**{单位}**的工作。",
    "sender": "示例总工会",
}


def template(park: World, **changes: str) -> LetterTemplate:
    return actions.add_template(
        community=park.community, kind="personal", text=TEXT | changes, by=park.supervisor, now=MONDAY
    )


def chairs(n: int = 3, **changes: Any) -> list[Recipient]:
    return [
        Recipient(
            **{
                "name": f"示例主席{number}",
                "unit": f"示例{number}厂",
                "phone": f"139{number:08d}",
                "email": f"chair{number}@example.org",
                "address": f"31580{number % 10} 示例路 {number} 号",
                "postcode": f"31580{number % 10}",
            }
            | changes
        )
        for number in range(1, n + 1)
    ]


def mailing(
    park: World,
    recipients: list[Recipient] | None = None,
    channels: tuple[str, ...] = ("print",),
    **more: Any,
) -> Mailing:
    given = {"text": TEXT, "kind": "personal", "official": True, "now": MONDAY, "by": park.supervisor} | more
    return actions.mail_to(
        organisation=park.community,
        community=park.community,
        name="示例来信",
        recipients=chairs() if recipients is None else recipients,
        channels=channels,
        **given,
    )


def made(
    park: World,
    recipients: list[Recipient] | None = None,
    channels: tuple[str, ...] = ("print",),
    **more: Any,
) -> Mailing:
    found = mailing(park, recipients, channels, **more)
    report = actions.check_mailing(mailing=found, by=park.supervisor, now=MONDAY)
    assert not report["blocks"], report
    actions.make_letters(mailing=found, by=park.supervisor, now=MONDAY)
    while make_slice(pk=found.pk, now=MONDAY):
        pass
    found.refresh_from_db()
    return found


def sent(
    park: World,
    recipients: list[Recipient] | None = None,
    channels: tuple[str, ...] = ("email",),
    **more: Any,
) -> Mailing:
    found = made(park, recipients, channels, **more)
    actions.send_letters(mailing=found, by=park.supervisor, now=MONDAY)
    go_out(found)
    return found


def go_out(found: Mailing, now: datetime = MONDAY) -> None:
    while send_slice(pk=found.pk, now=now):
        pass
    found.refresh_from_db()


def states(found: Mailing) -> list[str]:
    return list(found.letters.order_by("seq").values_list("state", flat=True))


def the(found: Mailing, seq: int = 1) -> Letter:
    return found.letters.select_related("mailing__organisation", "mailing__community", "person").get(seq=seq)


def counts_agree(found: Mailing) -> bool:
    """The kept counts are what counting would give."""
    kept = {(c.channel, c.state): c.letters for c in MailingCount.objects.filter(mailing=found) if c.letters}
    return kept == recount(found)
