"""What letters hold about a person, for the person's own rights (foundation.my_data)."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from kaimen.foundation.models import Person
from kaimen.foundation.my_data import EXPORT_LIMIT, Holding, register
from kaimen.letters import files
from kaimen.letters.models import Batch, Letter


def _theirs(person: Person) -> Any:
    mine = Q(person=person)
    if person.phone_digest:
        mine |= Q(phone_digest=person.phone_digest)
    return Letter.objects.filter(mine)


def _export(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "mailing": letter.mailing.name,
            "number": letter.number,
            "state": letter.state,
            "at": letter.state_at.isoformat(),
            "channel": letter.channel,
            "address": letter.address,
            "phone": letter.phone,
            "email": letter.email,
            "answered_as": letter.answered_as,
        }
        for letter in _theirs(person).select_related("mailing")[:EXPORT_LIMIT]
    ]


def _open(person: Person) -> list[str]:
    return []  # a letter under way keeps nobody


def _erase(person: Person) -> None:
    """Name, address and the paper itself go, also from files printed together; that a letter went out stays."""
    theirs = _theirs(person)
    names = [name for name in theirs.values_list("pdf", flat=True) if name]
    batches = list(Batch.objects.filter(letters__in=theirs).distinct())
    for batch in batches:
        names += [batch.print_file, batch.label_file]
    Batch.objects.filter(pk__in=[batch.pk for batch in batches]).update(print_file="", label_file="")
    theirs.update(
        name="已注销",
        title="",
        phone="",
        phone_digest="",
        email="",
        email_digest="",
        address="",
        address_digest="",
        postcode="",
        fields="",
        pdf="",
    )
    transaction.on_commit(lambda: files.forget(names))


def connect() -> None:
    register(Holding(name="letters", export=_export, open_matters=_open, erase=_erase))
