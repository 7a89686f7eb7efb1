"""What the ear understood of each case, kept beside what it turns out to be: figures and learning compare the two.

By a job, many at once: nobody waits for it at the door, where the domain is mostly known already.
"""

from datetime import datetime
from itertools import groupby

from django.db import transaction

from kaimen.cases.models import Case
from kaimen.foundation.rows import insert
from kaimen.intake.hearing import Heard, hear_all
from kaimen.intake.models import Reading

AT_ONCE = 200
MARGIN = 5_000  # submissions looked through again: a later one may have been committed, and read, before an earlier one


@transaction.atomic
def read_new(now: datetime) -> int:
    """Read up to AT_ONCE cases that were not read yet, in the order in which they came in; how many. Each once."""
    last = Reading.objects.order_by("-pk").values_list("case__submission__pk", flat=True).first() or 0
    new = (
        Case.objects.filter(submission__pk__gt=last - MARGIN, reading__isnull=True)
        .select_related("community")
        .only("community", "words", "service_id")
        .order_by("submission__pk")[:AT_ONCE]
    )
    read = []
    for community, cases in groupby(new, key=lambda case: case.community):
        group = list(cases)
        heard = hear_all(community, [case.words for case in group])
        read += [_reading(case, each, now) for case, each in zip(group, heard, strict=True)]
    return len(insert(read))


def _reading(case: Case, heard: Heard, now: datetime) -> Reading:
    return Reading(
        case=case,
        domain=heard.domain,
        service_id=case.service_id,
        confidence=min(1.0, heard.confidence),
        sure=heard.sure,
        ranked=[[domain.key, round(confidence, 4)] for domain, confidence in heard.ranked],
        mentions={
            "places": [place.name for place in heard.places],
            "enterprises": [firm.name for firm in heard.enterprises],
        },
        model=heard.model,
        at=now,
    )
