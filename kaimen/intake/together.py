"""Others who are saying the same: what somebody may join, without seeing anybody's words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from kaimen.cases import queries as case_queries
from kaimen.cases.models import Case, CaseGroup
from kaimen.catalogue.models import Service
from kaimen.foundation.models import Organisation

RECENT = timedelta(days=90)
OFFERED = 3


@dataclass(frozen=True)
class Together:
    """Something to join: `case` stands for it; `group` if they are handled together already; `count` of open cases."""

    case: Case
    group: CaseGroup | None
    count: int


def others_saying(
    *, community: Organisation, words: str, service: Service | None, now: datetime
) -> list[Together]:
    """Open groups about the same service, then single open cases in similar words; at most OFFERED, largest first."""
    found = _groups(community, service, now) if service else []
    seen = {offer.group.pk for offer in found if offer.group}
    for case, _likeness in case_queries.similar_open(community, words, limit=OFFERED) if words else []:
        if case.group_id in seen:
            continue
        if case.group_id:
            seen.add(case.group_id)
            found.append(_of_group(case))
        else:
            found.append(Together(case=case, group=None, count=1))
    return found[:OFFERED]


def _groups(community: Organisation, service: Service, now: datetime) -> list[Together]:
    """Two queries: the largest open groups of this service, and a case of each to stand for it."""
    counted = (
        Case.objects.open()
        .filter(community=community, service=service, group__isnull=False, received_at__gte=now - RECENT)
        .order_by()
        .values("group")
        .annotate(count=Count("pk"), newest=Max("pk"))
        .order_by("-count", "group")[:2]
    )
    counts = {row["newest"]: row["count"] for row in counted}
    cases = Case.objects.filter(pk__in=counts).select_related("group", "service")
    offers = [Together(case=case, group=case.group, count=counts[case.pk]) for case in cases]
    return sorted(offers, key=lambda offer: (-offer.count, offer.case.pk))


def _of_group(case: Case) -> Together:
    count = Case.objects.open().filter(group=case.group_id).count()
    return Together(case=case, group=case.group, count=count)
