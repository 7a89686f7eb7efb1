"""The audit's seal: batches of rows bound into a hash chain, so that no row can be changed or taken out unseen.

A seal covers every row with an id in (last seal, this one]. Its hash is SHA-256 over the previous seal's hash and the
canonical JSON of each row, in order of id. Who alters a row, or removes one, breaks its seal; who rewrites the seals
as well changes the last hash, which `./run manage audit verify` prints for keeping elsewhere (a notebook will do).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import takewhile

from django.db import connection, transaction

from kaimen.foundation.models import AuditEntry, AuditSeal

BATCH = 5000
SETTLE = timedelta(seconds=30)  # a clock that is a little off between two processes does no harm
BEFORE_ALL = -(2**63)  # also a row planted with a negative id stands inside the first seal


@dataclass(frozen=True)
class Finding:
    """What `verify` found wrong: code changed|missing|chain, and the seal it concerns."""

    code: str
    seal: int
    first_entry: int
    last_entry: int


@transaction.atomic
def seal(now: datetime) -> AuditSeal | None:
    """Seal the next batch of rows older than SETTLE; None if there is nothing to seal.

    Raises OperationalError on PostgreSQL when a long transaction is still writing: the next turn seals.
    """
    _wait_for_writers()
    last = AuditSeal.objects.order_by("-pk").first()
    start = last.last_entry if last else BEFORE_ALL
    unsealed = AuditEntry.objects.filter(pk__gt=start).order_by("pk")[:BATCH]
    # up to the first that has not settled: a row left out between two sealed ones would look like one put in
    rows = list(takewhile(lambda row: row.at < now - SETTLE, unsealed))
    if not rows:
        return None
    previous = last.hash if last else ""
    return AuditSeal.objects.create(
        first_entry=rows[0].pk,
        last_entry=rows[-1].pk,
        count=len(rows),
        previous_hash=previous,
        hash=_hash(previous, rows),
        sealed_at=now,
    )


def _wait_for_writers() -> None:
    """No row may yet appear with a smaller id than one we seal, and no second sealer may work beside us.

    On SQLite the write lock of the transaction does both. PostgreSQL gives out ids before a row is seen, so the
    table is locked against writers for the moment it takes; they wait at most for one batch.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute(f"LOCK TABLE {AuditEntry._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def verify() -> list[Finding]:
    """Recompute every seal from the rows; an empty list means nothing was changed or taken out."""
    findings = []
    previous, start = "", BEFORE_ALL
    for kept in AuditSeal.objects.order_by("pk").iterator():
        rows = list(AuditEntry.objects.filter(pk__gt=start, pk__lte=kept.last_entry).order_by("pk"))
        if kept.previous_hash != previous:
            findings.append(Finding("chain", kept.pk, kept.first_entry, kept.last_entry))
        if len(rows) != kept.count:
            findings.append(Finding("missing", kept.pk, kept.first_entry, kept.last_entry))
        elif _hash(kept.previous_hash, rows) != kept.hash:
            findings.append(Finding("changed", kept.pk, kept.first_entry, kept.last_entry))
        previous, start = kept.hash, kept.last_entry
    return findings


def _hash(previous: str, rows: Iterable[AuditEntry]) -> str:
    chain = sha256(previous.encode())
    for row in rows:
        chain.update(_canonical(row))
    return chain.hexdigest()


def _canonical(row: AuditEntry) -> bytes:
    fields = [
        row.pk,
        row.at.isoformat(),
        row.actor_id,
        row.verb,
        row.subject_kind,
        row.subject_id,
        row.community_id,
        row.params,
    ]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
