"""Everyday words for each class: all that is known on the first day, and the ground that training starts from."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from kaimen.logic.triage.texts import BUCKETS, LONGEST_GRAM, Counts, Features, hash_terms, plain

STRONG: Final = 1.0
OFTEN: Final = 0.45  # words that are said about other things too
NAMES: Final = 1.0
SUBJECT: Final = 2.0  # a word in the subject says twice as much as one in the text


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one class: those that settle it, those that are common, and its official names."""

    strong: tuple[str, ...] = ()
    often: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """Weights (terms × classes) of words that say a class, found by their hash."""

    labels: tuple[str, ...]
    buckets: NDArray[np.int64]
    weights: NDArray[np.float32]

    def scores(self, counts: Counts) -> NDArray[np.float32]:
        """(texts, classes): how much the words of each text say each class; rows of length one, or zero."""
        table = self._table
        total = np.zeros((counts.subject_grams.shape[0], len(self.labels)), np.float32)
        subject, detail = (
            (counts.subject_grams, counts.subject_threes),
            (counts.detail_grams, counts.detail_threes),
        )
        for grams, weight in ((subject, SUBJECT), (detail, 1.0)):
            said = sum((part @ table).toarray() for part in grams)
            total += weight * _unit(np.asarray(said, dtype=np.float32))
        return _unit(total)

    def scores_alone(self, features: Sequence[Features]) -> NDArray[np.float32]:
        """The same for one text: (1, classes)."""
        total = np.zeros((1, len(self.labels)), np.float32)
        for parts, weight in ((features[0::4], SUBJECT), (features[1::4], 1.0)):
            total += weight * _unit(sum(map(self._said, parts), np.zeros_like(total)))
        return _unit(total)

    def _said(self, part: Features) -> NDArray[np.float32]:
        """What the words of one table say, added up in the order of their buckets, as a sparse product does."""
        buckets, counts = part
        held, weights = self._rows
        if not len(held) or not len(buckets):
            return np.zeros((1, len(self.labels)), np.float32)
        at = np.minimum(np.searchsorted(held, buckets), len(held) - 1)
        known = held[at] == buckets
        said: NDArray[np.float32] = (counts[known, None] * weights[at[known]]).sum(axis=0, keepdims=True)
        return said

    @cached_property
    def _rows(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Buckets, rising, each once, and their weights: two words that fell into one bucket count together."""
        held, at = np.unique(self.buckets, return_inverse=True)
        weights = np.zeros((len(held), len(self.labels)), np.float32)
        np.add.at(weights, at, self.weights)
        return held, weights

    @cached_property
    def _table(self) -> csr_matrix:
        rows = np.repeat(self.buckets, len(self.labels))
        columns = np.tile(np.arange(len(self.labels)), len(self.buckets))
        return csr_matrix((self.weights.ravel(), (rows, columns)), shape=(BUCKETS, len(self.labels)))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths: NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return lengths


def lexicon_of(vocabularies: Mapping[str, Vocabulary]) -> Lexicon:
    """A lexicon over the classes named; a word of several classes says less for each, a longer word says more."""
    labels = tuple(sorted(vocabularies))
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for column, label in enumerate(labels):
        for term, weight in _terms(vocabularies[label]):
            found[term][column] = max(weight, found[term].get(column, 0.0))
    terms = sorted(found)
    weights = np.zeros((len(terms), len(labels)), np.float32)
    for row, term in enumerate(terms):
        rare = math.log(1 + len(labels) / len(found[term])) * len(term) ** 0.5
        for column, weight in found[term].items():
            weights[row, column] = weight * rare
    return Lexicon(labels, hash_terms(terms), weights)


def _terms(words: Vocabulary) -> Iterable[tuple[str, float]]:
    for listed, weight in ((words.often, OFTEN), (words.names, NAMES), (words.strong, STRONG)):
        for word in listed:
            for term in plain(word).split():
                if len(term) > 1:
                    yield term[:LONGEST_GRAM], weight
