"""Numbers of cases: KM-2026-00418, one row of counting per community and year."""

from django.db import IntegrityError, connection, transaction

from kaimen.cases.models import NumberCounter

PREFIX = "KM"


def next_numbers(community_id: int, year: int, how_many: int) -> list[str]:
    """The next numbers of this community and year, without gaps between committed cases.

    The counter row stays locked until the transaction ends: call this as late as possible.
    """
    taken = _take(community_id, year, how_many)
    if taken is None:
        _open_year(community_id, year)
        taken = _take(community_id, year, how_many)
    if taken is None:
        raise RuntimeError(f"community {community_id} has no prefix left for {year}")
    prefix, last = taken
    return [f"{prefix}-{year}-{value:05d}" for value in range(last - how_many + 1, last + 1)]


def _take(community_id: int, year: int, how_many: int) -> tuple[str, int] | None:
    """Prefix and last number taken; None while the year has no row. One statement: count and look in one go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_numbercounter SET value = value + %s WHERE community_id = %s AND year = %s "
            "RETURNING prefix, value",
            [how_many, community_id, year],
        )
        row: tuple[str, int] | None = cursor.fetchone()
        return row


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
