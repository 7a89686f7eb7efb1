"""One need or task found by anything that staff have in hand: its number, words from it, the asker's phone."""

import re

from django.db.models import Q, QuerySet

from kaimen.cases import search as full_text
from kaimen.cases.models import Case, NumberCounter, Task
from kaimen.foundation.enums import RoleKind
from kaimen.foundation.models import Person
from kaimen.foundation.organisations import phone_digest
from kaimen.foundation.permissions import scope

from .lists import rows, searched, visible_cases

NUMBER = re.compile(r"(?:(KM\d*)-?)?(?:(\d{4})-)?(\d{1,7})", re.IGNORECASE)
YEARS_BACK = 2  # a bare 418 is looked for in the two newest years


def cases_said(person: Person, text: str, limit: int) -> list[Case]:
    """Cases this person may see whose number is `text` (whole, or only its last part), then those that say it."""
    found = {case.pk: case for case in _numbered(person, text)[:limit]}
    keys = full_text.matching(text, searched(person))
    said = rows(visible_cases(person).filter(pk__in=keys)).order_by("-received_at", "-pk")
    for case in said[:limit]:
        found.setdefault(case.pk, case)
    return list(found.values())[:limit]


def cases_by_phone(person: Person, phone: str, limit: int) -> list[Case]:
    """Cases asked with this phone, newest first; a confidential one only for who may know its asker.

    Compares digests: the number itself is neither read nor shown.
    """
    supervised = scope(person, RoleKind.SUPERVISOR).values("pk")
    may_know = Q(confidential=False) | Q(owner=person) | Q(community__in=supervised)
    asked = visible_cases(person).filter(may_know, asker_phone_digest=phone_digest(phone))
    return list(rows(asked).order_by("-received_at", "-pk")[:limit])


def tasks_said(person: Person, text: str, limit: int) -> list[Task]:
    """Tasks for this handler's organisations whose title or detail contains `text`, newest first."""
    mine = Task.objects.filter(Q(organisation__in=scope(person, RoleKind.HANDLER)) | Q(handler=person))
    said = mine.filter(Q(title__icontains=text) | Q(detail__icontains=text))
    return list(said.select_related("organisation").order_by("-pk")[:limit])


def _numbered(person: Person, text: str) -> QuerySet[Case]:
    """By whole numbers only, so that the unique index answers; the counters know which prefixes and years exist."""
    parts = NUMBER.fullmatch("".join(text.split()))
    if parts is None:
        return Case.objects.none()
    prefix, year, value = parts.groups()
    counters = NumberCounter.objects.filter(community__in=searched(person), value__gte=int(value))
    if prefix:
        counters = counters.filter(prefix=prefix.upper())
    known = sorted(counters.values_list("year", "prefix"), reverse=True)
    newest = sorted({row_year for row_year, _ in known}, reverse=True)[:YEARS_BACK]
    years = {int(year)} if year else set(newest)
    numbers = [f"{pre}-{row_year}-{int(value):05d}" for row_year, pre in known if row_year in years]
    return rows(visible_cases(person).filter(number__in=numbers)).order_by("-received_at", "-pk")
