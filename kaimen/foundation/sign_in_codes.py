"""Workers sign in by phone and a six-digit code.

Five attempts a code, five minutes, one code a minute and five an hour for a phone, sixty an hour for an address:
a factory's workers share one address, so it may ask often, while a phone cannot be flooded. What the visitor is
told never depends on whether the phone is known.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare

from kaimen.foundation import audit
from kaimen.foundation.enums import ConsentKind
from kaimen.foundation.fields import digest
from kaimen.foundation.models import Account, Consent, Person, SignInCode
from kaimen.foundation.organisations import add_person, phone_digest

LIFE = timedelta(minutes=5)
ATTEMPTS = 5
PER_PHONE = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5))
PER_ADDRESS = ((timedelta(hours=1), 60),)
CONSENT_VERSION = "2026-11"  # of templates/foundation/_consent.html: change both together


class TooMany(Exception):
    """A limit was reached; `minutes` says how long its window is."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


@dataclass(frozen=True)
class Issued:
    row: SignInCode
    code: str


@transaction.atomic
def issue_code(*, phone: str, address: str, now: datetime) -> Issued:
    """A fresh code for a normalised phone; older ones stop working. Raises TooMany.

    Only digests are stored. A flood that runs in parallel meets SQLite's single writer; on PostgreSQL two
    requests in the same instant could both pass the count, which costs one message and opens nothing.
    """
    digests = {"phone_digest": phone_digest(phone), "address_digest": digest(address, "address")}
    for field, limits in (("phone_digest", PER_PHONE), ("address_digest", PER_ADDRESS)):
        for window, most in limits:
            sent = SignInCode.objects.filter(**{field: digests[field]}, sent_at__gt=now - window).count()
            if sent >= most:
                raise TooMany(int(window.total_seconds() // 60))
    SignInCode.objects.filter(phone_digest=digests["phone_digest"], used_at=None).update(used_at=now)
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = SignInCode.objects.create(
        **digests, code_digest=_code_digest(code, phone), sent_at=now, expires_at=now + LIFE
    )
    return Issued(row, code)


def check_code(*, pk: int, phone: str, code: str, now: datetime) -> bool:
    """Spend one attempt on code row `pk`; True exactly once, for the right code in time.

    The row is the one this browser asked for, so a stranger cannot use up somebody's attempts. The attempt is
    counted before the comparison and outside any transaction: an error afterwards does not give it back.
    """
    spent = SignInCode.objects.filter(
        pk=pk, phone_digest=phone_digest(phone), used_at=None, expires_at__gt=now, attempts__lt=ATTEMPTS
    ).update(attempts=F("attempts") + 1)
    if not spent:
        return False
    row = SignInCode.objects.get(pk=pk)
    if not constant_time_compare(row.code_digest, _code_digest(code, phone)):
        return False
    return bool(SignInCode.objects.filter(pk=pk, used_at=None).update(used_at=now))


@transaction.atomic
def account_for_phone(*, phone: str, now: datetime) -> Account:
    """The account of the person with this (proven) phone, made on first use; the consent given is recorded.

    The consent is to KAIMEN's notice on personal data, asked before the code is sent (PIPL articles 13, 14, 17).
    """
    person = Person.objects.filter(phone_digest=phone_digest(phone)).first()
    if person is None:
        person = add_person(name="", phone=phone, by=None)
    account = open_account(person=person)
    _record_consent(person, now)
    return account


@transaction.atomic
def open_account(*, person: Person) -> Account:
    """The person's account, made without a password if there is none."""
    account = Account.objects.filter(person=person).first()
    if account is None:
        account = Account(username=f"w-{secrets.token_hex(8)}", person=person)
        account.set_unusable_password()
        account.save()
        audit.record(verb="account.open", subject=account, by=person)
    return account


def forget_old_codes(now: datetime) -> int:
    """Delete codes older than a day: nothing counts them any more."""
    return SignInCode.objects.filter(sent_at__lt=now - timedelta(days=1)).delete()[0]


def _record_consent(person: Person, now: datetime) -> None:
    kept = {"kind": ConsentKind.PERSONAL_DATA, "text_version": CONSENT_VERSION, "withdrawn_at": None}
    if not Consent.objects.filter(person=person, **kept).exists():
        Consent.objects.create(person=person, given_at=now, **kept)


def _code_digest(code: str, phone: str) -> str:
    return digest(f"{phone}:{code}", "sign_in_code")
