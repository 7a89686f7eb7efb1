"""Services to ask about, where nothing was found that fits well enough to be shown as found."""

import copy
from collections.abc import Mapping

from kaimen.foundation.models import Organisation
from kaimen.logic.ranking import blended

from .search import Found, _snapshot


def nearest(
    community: Organisation,
    text: str,
    chance: Mapping[str, float],
    *,
    at_least: float,
    audience: str | None = None,
    limit: int = 3,
) -> list[Found]:
    """Of the `limit` published services that the words come nearest to, those ranked `at_least`, best first.

    The rank is that of logic.ranking without the closer look, 0 … 1: the whole wording against all that is written of
    a service, times what was understood of the domain (`chance`: confidence of each domain's key).
    """
    snapshot = _snapshot(community)
    services = snapshot.services
    order = blended(
        snapshot.ranker.scores(text), {}, {key: s.domain.key for key, s in services.items()}, chance
    )
    if audience:
        order = [(key, rank) for key, rank in order if services[key].audience == audience]
    return [
        Found(copy.copy(services[key]), 0.0, (), "body", (), sure=False, rank=rank)
        for key, rank in order[:limit]
        if rank >= at_least
    ]
