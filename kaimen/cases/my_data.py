"""What cases hold about a person, for the person's own rights (foundation.my_data)."""

from typing import Any

from django.db.models import Q

from kaimen.cases import search
from kaimen.cases.models import Case, DueFeed
from kaimen.foundation.models import Person
from kaimen.foundation.my_data import EXPORT_LIMIT, Holding, register


def _theirs(person: Person) -> Any:
    mine = Q(asker=person)
    if person.phone_digest:  # said without signing in, with the phone that has since been proven
        mine |= Q(asker_phone_digest=person.phone_digest)
    return Case.objects.filter(mine)


def _export(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "number": case.number,
            "words": case.words,
            "state": case.state,
            "owner": case.owner.name,
            "received_at": case.received_at.isoformat(),
            "place": case.place_text,
        }
        for case in _theirs(person).select_related("owner")[:EXPORT_LIMIT]
    ]


def _open(person: Person) -> list[str]:
    return [f"{case.title}（{case.number}）" for case in _theirs(person).open()[:20]]


def _erase(person: Person) -> None:
    """The words stay, as the archive asks; who said them goes."""
    DueFeed.objects.filter(person=person).delete()
    theirs = list(
        _theirs(person).values_list("pk", flat=True)
    )  # the phone that finds them goes with the update
    Case.objects.filter(pk__in=theirs).update(asker_name="", asker_phone="", asker_phone_digest="")
    for case in Case.objects.filter(pk__in=theirs).select_related("place", "enterprise"):
        search.write_text(case)  # the searchable copy held the name as well


def connect() -> None:
    register(Holding(name="cases", export=_export, open_matters=_open, erase=_erase))
