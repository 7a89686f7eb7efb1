"""Numbers of cases: KM-2026-00418, one row of counting per community and year."""

from django.db import IntegrityError, transaction
from django.db.models import F

from kaimen.cases.models import NumberCounter

PREFIX = "KM"


def next_number(community_id: int, year: int) -> str:
    """The next number of this community and year, without gaps between committed cases.

    The counter row stays locked until the transaction ends: call this as late as possible.
    """
    counter = NumberCounter.objects.filter(community_id=community_id, year=year)
    if not counter.update(value=F("value") + 1):
        _open_year(community_id, year)
        counter.update(value=F("value") + 1)
    prefix, value = counter.values_list("prefix", "value").get()
    return f"{prefix}-{year}-{value:05d}"


def _open_year(community_id: int, year: int) -> None:
    """The first community of a house is plain KM; each further one adds its own id, so that no numbers meet."""
    earlier = NumberCounter.objects.filter(community_id=community_id).order_by("-year").first()
    wanted = [earlier.prefix] if earlier else [PREFIX, f"{PREFIX}{community_id}"]
    for prefix in wanted:
        try:
            with transaction.atomic():
                NumberCounter.objects.get_or_create(
                    community_id=community_id, year=year, defaults={"prefix": prefix}
                )
            return
        except IntegrityError:
            continue  # another community has this prefix
