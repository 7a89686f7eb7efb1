"""What a person may do with their own data (PIPL articles 44 to 47): see, correct, take along, have deleted.

Rooms above keep personal data of their own. They register what they hold, so that the ground need not know them.
"""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from kaimen.foundation import audit, files
from kaimen.foundation.models import Account, Consent, Notice, Person
from kaimen.foundation.permissions import roles_of


@dataclass(frozen=True)
class Holding:
    """What a room holds about a person.

    `export` gives plain JSON values; `open_matters` names what must be finished before deletion (shown to the
    person); `erase` takes the person's name and numbers out of what the room has to keep.
    """

    name: str
    export: Callable[[Person], Any]
    open_matters: Callable[[Person], list[str]]
    erase: Callable[[Person], None]


HOLDINGS: dict[str, Holding] = {}
EXPORT_LIMIT = 5000  # rows of one list; nobody has so many, a runaway import might


class NotYet(Exception):
    """Deletion has to wait; `code` is staff or open_matters, `matters` lists them."""

    def __init__(self, code: str, matters: list[str]) -> None:
        super().__init__(code)
        self.code, self.matters = code, matters


def register(holding: Holding) -> None:
    HOLDINGS[holding.name] = holding


def export(person: Person) -> dict[str, Any]:
    """Everything held about `person` as JSON values (PIPL article 45: a copy, in a form others can read)."""
    return {
        "person": {
            "name": person.name,
            "phone": person.phone,
            "id_number": person.id_number,
            "address": person.address,
            "email": person.email,
            "birth_date": person.birth_date and person.birth_date.isoformat(),
            "since": person.created_at.isoformat(),
            "photo_jpeg_base64": _photo(person),
        },
        "employments": [
            {
                "organisation": row.organisation.name,
                "post": row.post,
                "since": _day(row.since),
                "until": _day(row.until),
            }
            for row in person.employments.select_related("organisation")
        ],
        "roles": [
            {"kind": row.kind, "organisation": row.organisation.name, "active": row.active}
            for row in person.roles.select_related("organisation")
        ],
        "consents": [
            {
                "kind": row.kind,
                "text_version": row.text_version,
                "given_at": row.given_at.isoformat(),
                "withdrawn_at": _day(row.withdrawn_at),
            }
            for row in person.consents.all()
        ],
        "read_by": [
            {"reader": row.reader.name, "at": row.at.isoformat(), "what": row.what, "purpose": row.purpose}
            for row in person.data_reads.select_related("reader")[:EXPORT_LIMIT]
        ],
        "notices": [
            {"code": row.code, "params": row.params, "at": row.created_at.isoformat()}
            for row in person.notices.all()[:EXPORT_LIMIT]
        ],
        **{name: holding.export(person) for name, holding in HOLDINGS.items()},
    }


@transaction.atomic
def correct(*, person: Person, name: str, email: str, by: Person) -> None:
    """Correct name and e-mail (PIPL article 46); the old values are not kept."""
    changed = [field for field, new in (("name", name), ("email", email)) if getattr(person, field) != new]
    if changed:
        person.name, person.email = name, email
        person.save(update_fields=["name", "email"])
        audit.record(verb="person.correct", subject=person, by=by, fields=changed)


@transaction.atomic
def set_elder_mode(*, person: Person, on: bool) -> None:
    """Larger type on every device the person signs in on."""
    person.elder_mode = on
    person.save(update_fields=["elder_mode"])


@transaction.atomic
def withdraw_consent(*, person: Person, pk: int, by: Person, now: datetime) -> bool:
    """Withdraw one's own consent (PIPL article 15); what was done on its ground before stays lawful (article 16)."""
    done = Consent.objects.filter(pk=pk, person=person, withdrawn_at=None).update(withdrawn_at=now)
    if done:
        audit.record(verb="consent.withdraw", subject=person, by=by, consent=pk)
    return bool(done)


def hindrances(person: Person) -> NotYet | None:
    """Why the person's data cannot be deleted yet, or None (PIPL article 47)."""
    if roles_of(person):
        return NotYet("staff", [])
    matters = [matter for holding in HOLDINGS.values() for matter in holding.open_matters(person)]
    return NotYet("open_matters", matters) if matters else None


@transaction.atomic
def erase(*, person: Person, by: Person, now: datetime) -> None:
    """Delete what identifies the person; raises NotYet while a case is open or a role is held.

    Cases keep the words, without name and phone; the audit keeps a number that no longer leads to anybody.
    """
    waits = hindrances(person)
    if waits:
        raise waits
    for holding in HOLDINGS.values():
        holding.erase(person)
    Consent.objects.filter(person=person, withdrawn_at=None).update(withdrawn_at=now)
    Notice.objects.filter(person=person).delete()
    person.data_reads.all().delete()
    person.employments.all().delete()
    account = Account.objects.filter(person=person).first()
    if account:
        account.username, account.email, account.is_active = f"gone-{secrets.token_hex(8)}", "", False
        account.set_unusable_password()  # a new random value: every session elsewhere ends
        account.save()
        Authenticator.objects.filter(user=account).delete()
    for field in (
        "phone",
        "phone_digest",
        "id_number",
        "id_digest",
        "address",
        "email",
        "title",
        "public_phone",
    ):
        setattr(person, field, "")
    photo = person.photo
    person.name, person.birth_date, person.photo = "已注销", None, None
    person.save()
    if photo:
        transaction.on_commit(lambda: files.discard([photo]))
    audit.record(verb="person.erase", subject=person, by=by)


def _photo(person: Person) -> str | None:
    if person.photo is None:
        return None
    try:
        with person.photo.file.open("rb") as stored:
            return base64.b64encode(stored.read()).decode()
    except FileNotFoundError:
        return None


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None
