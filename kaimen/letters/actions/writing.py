"""A mailing takes shape: its words, its recipients, the look through before anything is made."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from kaimen.foundation import audit, tables
from kaimen.foundation.fields import digest
from kaimen.foundation.models import Organisation, Person
from kaimen.foundation.organisations import phone_digest
from kaimen.foundation.secret_links import new_salt
from kaimen.letters import links
from kaimen.letters.enums import OPEN_TO_CHANGE, LetterState
from kaimen.letters.errors import NotNow
from kaimen.letters.looking import look_through
from kaimen.letters.models import Letter, LetterTemplate, Mailing
from kaimen.letters.permissions import check_can_send
from kaimen.letters.recipients import EVERYBODY, Recipient, Ways, by_roles, by_rows
from kaimen.logic.posting import recipient_columns

from .moving import add_counts, move_mailing

MOST = 100_000  # recipients of one mailing
AT_ONCE = 1000
TEXT = ("title", "greeting", "body", "sender", "number", "signed")


def text_of(template: LetterTemplate) -> dict[str, str]:
    return {name: getattr(template, name) for name in TEXT}


@transaction.atomic
def start_mailing(
    *,
    organisation: Organisation,
    community: Organisation,
    name: str,
    template: LetterTemplate,
    channels: Sequence[str],
    official: bool,
    by: Person,
    now: datetime,
) -> Mailing:
    """A draft with the words of `template` as they read now. PermissionDenied unless `by` may send for `organisation`."""
    check_can_send(by, organisation)
    mailing = Mailing.objects.create(
        organisation=organisation,
        community=community,
        name=name,
        kind=template.kind,
        template=template,
        text=text_of(template),
        channels=list(channels),
        official=official,
        created_by=by,
        created_at=now,
        moved_at=now,
    )
    audit.record(verb="mailing.start", subject=mailing, by=by, template=template.pk, version=template.version)
    return mailing


@transaction.atomic
def change_text(*, mailing: Mailing, text: dict[str, str], by: Person, now: datetime) -> None:
    """Other words for this mailing alone. NotNow("moved") once it is being made."""
    _change(mailing, by, now, text={name: text.get(name, "") for name in TEXT}, report={})


@transaction.atomic
def take_roles(
    *, mailing: Mailing, top: Organisation, role: str, kinds: Sequence[str], by: Person, now: datetime
) -> int:
    """Recipients from the directory, instead of those of before. NotNow: moved, nobody, too_many."""
    check_can_send(by, top)
    source = {"kind": "roles", "top": top.pk, "role": role or EVERYBODY, "kinds": list(kinds)}
    found = by_roles(top=top, role=role or EVERYBODY, kinds=kinds)
    return _put(mailing, found, by, now, source=source, handle="", filename="", columns={})


def take_table(*, mailing: Mailing, upload: UploadedFile, by: Person, now: datetime) -> int:
    """Recipients from an Excel or CSV file, columns guessed. Raises NotATable; NotNow also: no_name_column."""
    handle = tables.keep(upload)
    first = next(tables.read_table(tables.kept(handle)), None)
    if first is None:
        raise NotNow("nobody")
    columns = recipient_columns([heading for heading in first if heading])
    filename = (upload.name or "")[-120:]
    Mailing.objects.filter(pk=mailing.pk, state__in=OPEN_TO_CHANGE).update(
        handle=handle, filename=filename, columns=columns
    )
    mailing.handle, mailing.filename = handle, filename
    return choose_columns(mailing=mailing, columns=columns, by=by, now=now)


@transaction.atomic
def choose_columns(*, mailing: Mailing, columns: dict[str, str], by: Person, now: datetime) -> int:
    """Read the kept table again with these columns. NotATable("gone") after a day; NotNow as in `take_table`."""
    if not columns.get("name"):
        raise NotNow("no_name_column")
    rows = tables.read_table(tables.kept(mailing.handle))
    found = by_rows(rows=rows, columns=columns, top=mailing.organisation)
    return _put(mailing, found, by, now, source={"kind": "table"}, columns=columns)


@transaction.atomic
def mail_to(
    *,
    organisation: Organisation,
    community: Organisation,
    name: str,
    text: dict[str, str],
    kind: str,
    recipients: Iterable[Recipient],
    channels: Sequence[str],
    by: Person | None,
    now: datetime,
    key: str | None = None,
    about: str = "",
    official: bool = True,
    template: LetterTemplate | None = None,
) -> Mailing:
    """A room above hands over a list: a draft with its recipients, to be looked through as any other.

    `key` makes it once only: the same key again returns the same mailing. `about` names the matter (a case number):
    such a mailing is shown by the room that wrote it, not among the others. NotNow: nobody, too_many.
    """
    known = Mailing.objects.filter(key=key).first() if key else None
    if known:
        return known
    mailing = Mailing(
        organisation=organisation,
        community=community,
        name=name[:80],
        kind=kind,
        template=template,
        text={field: text.get(field, "") for field in TEXT},
        channels=list(channels),
        official=official,
        about=about,
        key=key,
        created_by=by,
        created_at=now,
        moved_at=now,
    )
    try:
        with transaction.atomic():
            mailing.save()
    except IntegrityError:  # asked for at the same moment, and the other one was first
        return Mailing.objects.get(key=key)
    audit.record(verb="mailing.start", subject=mailing, by=by)
    _put(mailing, recipients, by, now, source={"kind": "list"})
    return mailing


@transaction.atomic
def check_mailing(*, mailing: Mailing, by: Person | None, now: datetime) -> dict[str, Any]:
    """Look through it as making would, making nothing; it is `checked` when nothing stands against it. The report."""
    report = look_through(mailing, now)
    if report["blocks"]:
        _change(mailing, by, now, report=report)
    elif not move_mailing(mailing=mailing, verb="check", now=now, by=by, report=report):
        raise NotNow("moved")
    mailing.report = report
    return report


@transaction.atomic
def drop_mailing(*, mailing: Mailing, by: Person) -> None:
    """Take back a draft with its list; one that was begun stays. NotNow("moved")."""
    if not Mailing.objects.filter(pk=mailing.pk, state__in=OPEN_TO_CHANGE).exists():
        raise NotNow("moved")
    audit.record(verb="mailing.drop", subject=mailing, by=by)
    forget_table(mailing)
    mailing.delete()


def forget_table(mailing: Mailing) -> None:
    try:
        tables.kept(mailing.handle).unlink(missing_ok=True)
    except tables.NotATable:
        return  # none, or gone already


def _change(mailing: Mailing, by: Person | None, now: datetime, **changes: Any) -> None:
    if not move_mailing(mailing=mailing, verb="change", now=now, by=by, **changes):
        raise NotNow("moved")
    for name, value in changes.items():
        setattr(mailing, name, value)


def _put(
    mailing: Mailing, recipients: Iterable[Recipient], by: Person | None, now: datetime, **changes: Any
) -> int:
    """The list as rows, in the caller's transaction: the same person or row twice is one letter."""
    _change(mailing, by, now, report={}, **changes)
    ways, letters, seen = Ways(mailing), list[Letter](), set[str]()
    for one in islice(recipients, MOST + 1):
        if one.key in seen:
            continue
        seen.add(one.key)
        letters.append(_letter(mailing, len(letters) + 1, one, ways.channel_for(one), now))
    if len(letters) > MOST:
        raise NotNow("too_many", most=MOST)
    if not letters:
        raise NotNow("nobody")
    mailing.letters.all().delete()
    mailing.counts.all().delete()
    Letter.objects.bulk_create(letters, batch_size=AT_ONCE)
    counted: dict[tuple[str, str], int] = {}
    for letter in letters:
        counted[letter.channel, LetterState.WAITING] = (
            counted.get((letter.channel, LetterState.WAITING), 0) + 1
        )
    add_counts(mailing.pk, counted)
    Mailing.objects.filter(pk=mailing.pk).update(total=len(letters), last_seq=len(letters))
    mailing.total = len(letters)
    return len(letters)


def _letter(mailing: Mailing, seq: int, one: Recipient, channel: str, now: datetime) -> Letter:
    salt = new_salt()
    return Letter(
        mailing=mailing,
        community=(one.organisation and one.organisation.community) or mailing.community,
        seq=seq,
        recipient=one.key,
        person=one.person,
        organisation=one.organisation,
        name=one.name,
        title=one.title,
        unit=one.unit,
        fields=json.dumps(one.fields, ensure_ascii=False) if one.fields else "",
        channel=channel,
        state_at=now,
        salt=salt,
        link_digest=links.digest_of(salt),
        **reach(one.phone, one.email, one.address, one.postcode),
    )


def reach(phone: str, email: str, address: str, postcode: str) -> dict[str, str]:
    """How to reach somebody, with the digests that find doubles and what was unsubscribed."""
    return {
        "phone": phone,
        "phone_digest": phone_digest(phone),
        "email": email,
        "email_digest": digest(email.lower(), "email") if email else "",
        "address": address,
        "address_digest": digest("".join(address.split()), "address") if address else "",
        "postcode": postcode[:6],
    }
