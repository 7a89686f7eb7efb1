"""What the home page reads."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from kaimen.cases.enums import OPEN_STATES
from kaimen.cases.models import Case, CaseGroup
from kaimen.catalogue.enums import Audience
from kaimen.catalogue.models import Domain, Service
from kaimen.foundation.enums import OrganisationKind
from kaimen.foundation.models import Organisation
from kaimen.logic.rates import SMALLEST_GROUP

GROUPS_READ = 200  # the newest groups; older ones have had their time on the page
WEEKS = 8


@dataclass(frozen=True)
class Voices:
    """A thing that many said, with the title that staff gave it; nobody's own words."""

    title: str
    people: int
    firms: int
    weeks: list[int]


def communities() -> QuerySet[Organisation]:
    return Organisation.objects.filter(kind=OrganisationKind.COMMUNITY, active=True).order_by("path")


def worker_domains(community: Organisation) -> QuerySet[Domain]:
    return Domain.objects.filter(community=community, audience=Audience.WORKER)


def services_by_audience(community: Organisation) -> dict[str, int]:
    counted = Service.objects.published().filter(community=community).order_by()
    return dict(counted.values_list("audience").annotate(n=Count("pk")))


def talked_about(community: Organisation, now: datetime, limit: int = 3) -> list[Voices]:
    """What most people are saying and is still being worked on."""
    groups = _groups(community).filter(unfinished__gt=0).order_by("-people", "pk")
    return _with_weeks(list(groups[:limit]), now)


def done_in_common(community: Organisation, now: datetime, limit: int = 3) -> list[Voices]:
    """What many said and has been answered for every one of them."""
    groups = _groups(community).filter(unfinished=0).order_by("-pk")
    return _with_weeks(list(groups[:limit]), now)


def _groups(community: Organisation) -> Any:
    newest = CaseGroup.objects.filter(community=community).order_by("-pk").values_list("pk", flat=True)
    groups = CaseGroup.objects.filter(pk__in=list(newest[:GROUPS_READ])).annotate(
        people=Count("cases", distinct=True),
        firms=Count("cases__enterprise", distinct=True),
        unfinished=Count("cases", filter=Q(cases__state__in=OPEN_STATES), distinct=True),
    )
    return groups.filter(people__gte=SMALLEST_GROUP)


def _with_weeks(groups: list[Any], now: datetime) -> list[Voices]:
    start = now - timedelta(weeks=WEEKS)
    weeks = {group.pk: [0] * WEEKS for group in groups}
    cases = Case.objects.filter(group__in=groups, received_at__gte=start, received_at__lte=now)
    for pk, at in cases.values_list("group_id", "received_at"):
        weeks[pk][min(WEEKS - 1, (at - start).days // 7)] += 1
    return [Voices(group.title, group.people, group.firms, weeks[group.pk]) for group in groups]
