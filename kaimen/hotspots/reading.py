"""Cases as the ear hears them: who said it, when, where, in which words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from kaimen.cases.models import Case
from kaimen.logic.hotspots.messages import BODY, HEAD, Message

COLUMNS = (
    "pk",
    "words",
    "asker_id",
    "asker_phone_digest",
    "received_at",
    "place__key",
    "place__name",
    "place_text",
    "service__name",
    "domain_id",
    "enterprise__name",
    "confidential",
    "group_id",
)


@dataclass(frozen=True, slots=True)
class Said:
    """One case, light enough to hold twenty thousand of them."""

    message: Message
    matter: str  # the service; not compared: the words decide, a service holds many matters
    place: tuple[str, str]  # key and name; key "" where only words were given
    enterprise: str
    domain: int | None
    group: int | None


def said_in(cases: QuerySet[Case]) -> list[Said]:
    """What the cases say, in the order of the queryset; one query."""
    return [_said(dict(zip(COLUMNS, row, strict=True))) for row in cases.values_list(*COLUMNS)]


def _said(row: dict[str, Any]) -> Said:
    place = (row["place__key"] or "", row["place__name"] or row["place_text"] or "")
    message = Message(
        id=str(row["pk"]),
        user=_who(row),
        at=row["received_at"].timestamp(),
        subject="",
        detail=row["words"][: HEAD + BODY],
        places=(place[1],) if place[1] else (),
        shown=not row["confidential"],
    )
    return Said(
        message,
        row["service__name"] or "",
        place,
        row["enterprise__name"] or "",
        row["domain_id"],
        row["group_id"],
    )


def _who(row: dict[str, Any]) -> str:
    """The same string for the same person, as far as anybody can know; "" for nobody known."""
    if row["asker_phone_digest"]:
        return f"t{row['asker_phone_digest']}"
    return f"p{row['asker_id']}" if row["asker_id"] else ""


def joined(members: Iterable[Said]) -> int:
    """How many said "me too" to something that was said before: those in a group less one for each group."""
    groups = Counter(member.group for member in members if member.group)
    return sum(groups.values()) - len(groups)
