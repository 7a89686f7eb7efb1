"""Audit: one row for every write, made in the same transaction."""

from typing import Any

from django.db.models import Model

from kaimen.foundation.models import AuditEntry, DataRead, Person


def record(
    *, verb: str, subject: Model, by: Person | None, community_id: int | None = None, **params: Any
) -> AuditEntry:
    """Append an audit row. `params` are codes and ids only: personal data does not belong in the audit."""
    return AuditEntry.objects.create(
        actor=by,
        verb=verb,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        community_id=community_id if community_id is not None else getattr(subject, "community_id", None),
        params=params,
    )


def record_read(*, person: Person, reader: Person, what: str, purpose: str) -> None:
    """Note that `reader` saw `what` of `person`, so that the person can see it (PIPL article 44, right to know)."""
    if person.pk != reader.pk:
        DataRead.objects.create(person=person, reader=reader, what=what, purpose=purpose)
