"""Vocabularies from content: the pack of everyday words, and a classification in levels with official names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from kaimen.logic.triage.lexicon import Vocabulary

_SPLIT: Final = re.compile("[和、与及（）“”]")
_SAYS_NOTHING: Final = frozenset(("其他", ""))


def vocabularies_of(
    pack: Mapping[str, Mapping[str, Any]],
    levels: Iterable[Sequence[str]] = (),
    more: Iterable[str] = (),
) -> dict[str, Vocabulary]:
    """The classes of the pack, of the first level of `levels` (rows: class, group, item) and of `more`.

    A class without words in the pack is known by its name and those below it.
    """
    names: dict[str, list[str]] = {label: [] for label in [*pack, *more]}
    for row in levels:
        if row and row[0]:
            names.setdefault(row[0], []).extend(part for name in row for part in _parts(name))
    return {
        label: Vocabulary(
            strong=tuple(str(pack.get(label, {}).get("strong", "")).split()),
            often=tuple(str(pack.get(label, {}).get("words", "")).split()),
            names=tuple(dict.fromkeys([*_parts(label), *listed])),
        )
        for label, listed in names.items()
    }


def _parts(name: str) -> list[str]:
    return [part for part in _SPLIT.split(name) if part not in _SAYS_NOTHING]
