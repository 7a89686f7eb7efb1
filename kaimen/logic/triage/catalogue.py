"""The vocabulary of a published list: what its items are called and what people say for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kaimen.logic.phrasing import cores, pieces
from kaimen.logic.triage.lexicon import Vocabulary
from kaimen.logic.triage.texts import plain, words


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the list: its class and all that is written about it."""

    label: str
    title: str
    phrases: tuple[str, ...] = ()
    body: str = ""


def vocabularies_of_list(
    items: Iterable[Item], pack: Mapping[str, Mapping[str, Any]], everyday: Mapping[str, Sequence[str]]
) -> dict[str, Vocabulary]:
    """For each class: the words of its titles, of what people say for it, and those of the pack under its name."""
    strong: dict[str, list[str]] = defaultdict(list)
    often: dict[str, list[str]] = defaultdict(list)
    for item in items:
        strong[item.label] += cores(item.title) or [item.title]
        strong[item.label] += [
            w for official, said in everyday.items() if official in item.title for w in said
        ]
        often[item.label] += _said((item.title, *item.phrases))
        often[item.label] += _said((item.body,))
    for label in strong:
        strong[label] += str(pack.get(label, {}).get("strong", "")).split()
        often[label] += str(pack.get(label, {}).get("words", "")).split()
    return {
        label: Vocabulary(
            strong=tuple(dict.fromkeys(strong[label])), often=tuple(dict.fromkeys(often[label]))
        )
        for label in strong
    }


def _said(texts: Iterable[str]) -> list[str]:
    """Words of two characters and more, without those that every sentence has."""
    return [word for text in texts for piece in pieces(text) for word in words(plain(piece)) if len(word) > 1]
