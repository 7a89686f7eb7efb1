"""Reads of hot issues: the board, one issue, what everybody may see."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import get_language

from kaimen.cases.models import Case
from kaimen.cases.queries import communities_of
from kaimen.foundation.models import Organisation, Person, Place
from kaimen.hotspots.models import HotIssue, IssueMembership
from kaimen.logic.labels import Box, Circle, names_beside
from kaimen.logic.rates import SMALLEST_GROUP

SHOWN = 100
PUBLIC = 20
WINDOW = timedelta(days=180)
PLAN = Box(-9, -4, 109, 104)  # the ground in _map.html, where names stand
LETTER, LATIN = 5.6, 4.4  # sizes of .map__name: names are longer where they are not Chinese
SORTS = {"": ("-heat", "pk"), "people": ("-people", "-heat", "pk"), "new": ("-last_at", "pk")}


def issues_for(person: Person) -> QuerySet[HotIssue]:
    """Issues of the communities whose cases this person reads."""
    here = communities_of(person)
    return HotIssue.objects.filter(community__in=here, merged_into=None, messages__gt=0)


def board(
    person: Person, *, domain: str = "", days: int = 0, place: str = "", sort: str = "", now: datetime
) -> list[HotIssue]:
    """The hottest issues of at least two cases, at most SHOWN."""
    issues = issues_for(person).filter(messages__gt=1).select_related("domain", "community")
    if domain:
        issues = issues.filter(domain__key=domain)
    if days:
        issues = issues.filter(last_at__gte=now - timedelta(days=days))
    found = list(issues.order_by(*SORTS.get(sort, SORTS[""]))[:SHOWN])
    if place:
        found = [issue for issue in found if any(key == place for key, _name, _times in issue.places)]
    return found


def members(issue: HotIssue) -> QuerySet[IssueMembership]:
    """The newest first, with all that a row shows."""
    rows = IssueMembership.objects.filter(issue=issue).select_related("case__place", "case__owner")
    return rows.order_by("-case__received_at", "-pk")


def beside(issue: HotIssue) -> QuerySet[HotIssue]:
    """Others of the community that it might be merged with: the hottest, and those about the same service first."""
    others = HotIssue.objects.filter(community=issue.community, merged_into=None, messages__gt=0)
    return others.exclude(pk=issue.pk)


@dataclass(frozen=True)
class Spot:
    """A circle on the map."""

    key: str
    name: str
    cases: int
    x: float
    y: float
    radius: float
    label: (
        tuple[float, float] | None
    )  # the middle of its name; None where a larger circle's name has the room


def spots(community: Organisation, issues: Iterable[HotIssue]) -> list[Spot]:
    """Places that the issues name, where they lie on the park's plan; the largest first, so that small ones stay on top."""
    counted: Counter[str] = Counter()
    for issue in issues:
        for key, _name, times in issue.places:
            if key:
                counted[key] += times
    places = {place.key: place for place in Place.objects.filter(community=community, key__in=counted)}
    top = max(counted.values(), default=1)
    shown = [
        key for key, _times in sorted(counted.items(), key=lambda row: (-row[1], row[0])) if key in places
    ]
    circles = [
        Circle(places[key].x, places[key].y, 1.6 + 5.4 * math.sqrt(counted[key] / top), str(places[key]))
        for key in shown
    ]
    size = LETTER if (get_language() or "zh").startswith("zh") else LATIN
    return [
        Spot(
            key,
            circle.name,
            counted[key],
            circle.x,
            circle.y,
            round(circle.radius, 1),
            (round(box.middle[0], 1), round(box.middle[1], 1)) if box else None,
        )
        for key, circle, box in zip(shown, circles, names_beside(circles, size, PLAN), strict=True)
    ]


@dataclass(frozen=True)
class Public:
    """What everybody sees: issues of at least five people, with what they are part of."""

    issues: Sequence[HotIssue]
    cases: int  # in the shown issues
    all_cases: int  # received in the window: the denominator
    small: int  # issues not shown because too few people speak of them; 0 where naming it would tell of one
    heard_until: datetime | None


def public(community: Organisation, now: datetime) -> Public:
    """Counts are of the last half year; issues taken off the page by an officer are not in it."""
    recent = HotIssue.objects.filter(community=community, merged_into=None, last_at__gte=now - WINDOW)
    large = recent.filter(people__gte=SMALLEST_GROUP, hidden_at=None).select_related("domain")
    shown = list(large.order_by("-heat", "pk")[:PUBLIC])
    small = recent.filter(people__lt=SMALLEST_GROUP).aggregate(issues=Count("pk"), people=Sum("people"))
    received = Case.objects.filter(community=community, received_at__gte=now - WINDOW).count()
    return Public(
        issues=shown,
        cases=sum(issue.messages for issue in shown),
        all_cases=received,
        small=small["issues"] if (small["people"] or 0) >= SMALLEST_GROUP else 0,
        heard_until=max((issue.told_at for issue in shown if issue.told_at), default=None),
    )


def one_for(person: Person, pk: int) -> HotIssue:
    """The issue; HotIssue.DoesNotExist also where this person must not know of it."""
    issue: Any = (
        HotIssue.objects.filter(community__in=communities_of(person))
        .select_related("community", "domain", "locked_by", "marked_by", "named_by", "merged_into")
        .get(pk=pk)
    )
    found: HotIssue = issue
    return found
