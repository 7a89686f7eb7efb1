"""Stable ids: which of the new groups is which of the issues that were there before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence


def keep_ids(
    groups: Sequence[Sequence[int]], before: Mapping[int, int], held: Mapping[int, int]
) -> list[int | None]:
    """For each group of rows the id that it goes on under, None for a new issue.

    `before` is each row's issue until now. `held` are rows that an officer's hand or a lock ties to an issue: a group
    with such a row is that issue. Otherwise an id goes to the group that took over most of its members, of equal ones
    to the first; an issue is never in two groups, and a group that merges several keeps the id of the largest part.
    """
    ids: list[int | None] = [None] * len(groups)
    taken: set[int] = set()
    claims: list[tuple[int, int, int]] = []
    for number, rows in enumerate(groups):
        tied = {held[row] for row in rows if row in held}
        if tied:
            ids[number] = min(tied)
            taken.add(min(tied))
    for number, rows in enumerate(groups):
        if ids[number] is None:
            shares = Counter(before[row] for row in rows if row in before)
            claims += [(-count, issue, number) for issue, count in shares.items()]
    for _, issue, number in sorted(claims):
        if ids[number] is None and issue not in taken:
            ids[number] = issue
            taken.add(issue)
    return ids
