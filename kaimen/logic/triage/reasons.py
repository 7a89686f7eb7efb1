"""Which words of a message led to a class: to be shown beside the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kaimen.logic.triage.model import Block, Model
from kaimen.logic.triage.texts import LEARNT_GRAMS, LONGEST_GRAM, Message, hash_terms, plain, words

LEAST: Final = 0.05  # of the strongest word; below that it only came along


def deciding_words(model: Model, message: Message, label: str, limit: int = 5) -> tuple[str, ...]:
    """The words of the message that speak most for `label` against all other classes, strongest first.

    Only words that the model knows: from the lexicon, or said by several people (`Settings.fewest`). So nothing that one
    person alone has told can come out here to somebody else.
    """
    total: dict[str, float] = {}
    for field, text in enumerate((message.subject, message.detail)):
        cut = [word for word in dict.fromkeys(words(plain(text))) if len(word) > 1]
        for word, weight in zip(cut, _weights(model, cut, field, label), strict=True):
            total[word] = total.get(word, 0.0) + float(weight)
    best = sorted((word for word in total if total[word] > 0), key=lambda word: (-total[word], word))
    return tuple(word for word in best if total[word] >= LEAST * total[best[0]])[:limit]


def _weights(model: Model, cut: Sequence[str], field: int, label: str) -> NDArray[np.float64]:
    found = np.zeros(len(cut))
    if not cut:
        return found
    grams = [(n, gram) for n, word in enumerate(cut) for gram in _grams(word)]
    rows = np.array([n for n, _gram in grams])
    buckets = hash_terms([gram for _n, gram in grams])
    said = model.lexicon.weights[:, model.lexicon.labels.index(label)] - model.lexicon.weights.mean(axis=1)
    ground = model.ground / max(1.0, float(np.abs(said).max())) * (2 - field)
    np.add.at(found, rows, ground * _looked_up(model.lexicon.buckets, said, buckets))
    if model.base is None:
        return found
    column = model.labels.index(label)
    learnt = np.array([len(gram) in LEARNT_GRAMS for _n, gram in grams])
    for number, (where, keys) in (
        (field, (rows[learnt], buckets[learnt])),
        (field + 2, (np.arange(len(cut)), hash_terms(cut))),
    ):
        block = model.blocks[number]
        margin = _margin(block, column) * model.settings.blocks[number]
        np.add.at(found, where, _looked_up(block.buckets, margin, keys))
    # A word that stands in no block as a whole was said by too few people to be shown, unless the lexicon has it.
    public = np.isin(hash_terms(cut), model.blocks[field + 2].buckets) | np.isin(
        hash_terms([word[:LONGEST_GRAM] for word in cut]), model.lexicon.buckets
    )
    return np.where(public, found, 0.0)


def _margin(block: Block, column: int) -> NDArray[np.float64]:
    margin = block.rarity * (block.weights[:, column] - block.weights.mean(axis=1))
    return np.asarray(margin, dtype=np.float64)


def _looked_up(
    buckets: NDArray[np.int64] | NDArray[np.int32],
    values: NDArray[np.float64] | NDArray[np.float32],
    keys: NDArray[np.int64],
) -> NDArray[np.float64]:
    if not len(buckets):
        return np.zeros(len(keys))
    order = np.argsort(buckets, kind="stable")
    place = np.minimum(np.searchsorted(buckets, keys, sorter=order), len(buckets) - 1)
    at = order[place]
    return np.where(buckets[at] == keys, values[at], 0.0).astype(float)


def _grams(word: str) -> list[str]:
    return [word[i : i + n] for n in range(1, LONGEST_GRAM + 1) for i in range(len(word) - n + 1)]
