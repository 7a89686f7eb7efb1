"""A need becomes a case: numbered, promised, owned. Many at once cost hardly more than one."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from kaimen.cases import clocks, links, search, steps
from kaimen.cases.enums import Channel
from kaimen.cases.errors import NotNow
from kaimen.cases.models import Case, CaseAttachment, CaseGroup
from kaimen.cases.numbers import next_numbers
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation import notices
from kaimen.foundation.models import Attachment, Organisation, Person, Place
from kaimen.foundation.organisations import phone_digest
from kaimen.foundation.rows import insert, settle, together
from kaimen.foundation.rows import new as new_row
from kaimen.foundation.secret_links import new_salt, token_digest, token_for
from kaimen.foundation.workcalendar import day_of
from kaimen.logic.text import clean

TITLE_LENGTH = 40


@dataclass(frozen=True, kw_only=True)
class NewCase:
    """What a case is opened with. `words` are kept as said (only what cannot be seen is dropped).

    `asker_phone` is already checked and normalised. `by` is who typed it in, None for the asker alone.
    """

    community: Organisation
    words: str
    title: str = ""
    service: Service | None
    domain: Domain | None
    owner: Person
    routing: list[Any]
    channel: Channel | str
    now: datetime
    by: Person | None
    asker: Person | None = None
    asker_name: str = ""
    asker_phone: str = ""
    enterprise: Organisation | None = None
    confidential: bool = False
    place: Place | None = None
    place_text: str = ""
    urgent: bool = False
    urgent_why: Sequence[Sequence[str]] = ()
    kind: str = ""
    attachments: Sequence[Attachment] = ()
    group: CaseGroup | None = None


@dataclass
class Opening:
    """A case on its way into the database, with what belongs to it; invented ones have an answer and tell nobody."""

    new: NewCase
    case: Case
    promises: list[clocks.NewPromise] = field(default_factory=list)
    answer: str = ""
    tells: bool = True


@transaction.atomic
def open_case(**new: Any) -> Case:
    """Open a case and return it; the arguments are those of NewCase. NotNow("no_words") if there are none."""
    return open_cases([NewCase(**new)])[0]


def open_cases(news: Iterable[NewCase]) -> list[Case]:
    """Open cases and return them in this order, each with its number, both promises, its first step, its audit row,
    its searchable text and notices to owner and asker. NotNow("no_words") if one of them says nothing: then none is.

    In the caller's transaction, which a failure must end. Every kind of row is written by one statement for all cases together, so
    the cost of a case falls with their number.
    """
    opened = [prepare(new) for new in news]
    write_opened(opened)
    return [one.case for one in opened]


def write_opened(opened: list[Opening]) -> None:
    """In the caller's transaction, which a failure must end: parts of them may be written."""
    _number(opened)
    insert(one.case for one in opened)
    settle()  # what follows needs their keys
    with together():
        _write_around(opened)


def prepare(new: NewCase) -> Opening:
    words = clean(new.words)
    if not words:
        raise NotNow("no_words")
    asker_phone = new.asker_phone or (new.asker.phone if new.asker else "")
    salt = new_salt()
    case = new_row(
        Case,
        community=new.community,
        words=words,
        title=(new.title or title_of(words))[:60],
        service=new.service,
        domain=new.domain or (new.service.domain if new.service else None),
        channel=new.channel,
        owner=new.owner,
        routing=new.routing,
        urgent=new.urgent or bool(new.urgent_why),
        urgent_why=[list(alarm) for alarm in new.urgent_why],
        kind=new.kind,
        asker=new.asker,
        asker_name=new.asker_name or (new.asker.name if new.asker else ""),
        asker_phone=asker_phone,
        asker_phone_digest=phone_digest(asker_phone),
        enterprise=new.enterprise,
        confidential=new.confidential,
        place=new.place,
        place_text=new.place_text,
        track_salt=salt,
        track_digest=token_digest(token_for(salt, "track")),
        group=new.group,
        received_at=new.now,
    )
    promises = clocks.case_promises(new.service, day_of(new.now))
    case.next_due_on = min(promise.due_on for promise in promises)
    return Opening(new, case, promises)


def _number(opened: list[Opening]) -> None:
    """In the order in which they came; one counter row for each community and year."""
    together: dict[tuple[int, int], list[Case]] = defaultdict(list)
    for one in opened:
        year = day_of(one.new.now).year
        together[one.case.community_id, year].append(one.case)
    for (community_id, year), cases in sorted(together.items(), key=lambda pair: pair[0]):
        numbers = next_numbers(community_id, year, len(cases))
        for case, number in zip(cases, numbers, strict=True):
            case.number = number


def _write_around(opened: list[Opening]) -> None:
    clocks.write_promises((one.case, one.promises) for one in opened)
    search.write_new_texts((one.case, one.answer) for one in opened)
    insert(
        CaseAttachment(case=one.case, attachment=attachment, added_at=one.new.now)
        for one in opened
        for attachment in one.new.attachments
    )
    steps.write_all([step for one in opened for step in _first_steps(one)])
    notices.notify_all([message for one in opened if one.tells for message in _first_messages(one.case)])


def _first_steps(one: Opening) -> list[steps.Step]:
    case, by, now = one.case, one.new.by, one.new.now
    params = {"channel": str(case.channel), "owner": case.owner.name, **_due(one.promises)}
    ids = {"owner": case.owner_id, "service": case.service_id}
    written = [steps.Step(case, "received", by=by, now=now, params=params, ids=ids)]
    if case.group is not None:
        told = {"title": case.group.title}
        written.append(steps.Step(case, "grouped", by=by, now=now, params=told, ids={"group": case.group_id}))
    return written


def _due(promises: list[clocks.NewPromise]) -> dict[str, str]:
    return {str(promise.kind): promise.due_on.isoformat() for promise in promises}


def _first_messages(case: Case) -> list[notices.Message]:
    about = {"number": case.number, "title": case.title}
    told = []
    if case.channel != Channel.IMPORT:  # a table of thousands is told once, by who brings it in
        told.append(notices.Message(case.owner, "case_received", link=links.desk_path(case), params=about))
    return told + steps.to_asker(case, "received", owner=case.owner.name)


def title_of(words: str) -> str:
    """A short handle for lists: the first sentence, cut."""
    first = re.split(r"[。！？!?\n；;]", words.strip(), maxsplit=1)[0].strip() or words.strip()
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"
