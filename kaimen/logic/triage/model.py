"""A model: ranks classes for messages, says how sure it is and why, and is stored as plain numbers."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from kaimen.logic.triage.lexicon import Lexicon
from kaimen.logic.triage.texts import BUCKETS, Counts, Features, Message, counts_of, features_of

FORM: Final = 2  # of the stored file; another number is refused
BATCH: Final = 256
# How sharply the agreement of words with a class is read when nothing has been learnt; measured once, on labelled_dev.
COLD_SHARPNESS: Final = 4.6

Scores = NDArray[np.floating[Any]]


class BadModel(Exception):
    """The stored bytes are not a model of this form; nothing of them was used."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What training may weigh differently. The values were chosen by cross-validation (docs/measurements.md)."""

    alpha: float = 0.7  # how strongly weights are held near zero
    blocks: tuple[float, float, float, float] = (
        1.0,
        1.0,
        0.8,
        0.8,
    )  # subject and detail: n-grams, then words
    use_words: bool = True  # the lexicon, added to what was learnt as far as that helps on unseen texts
    fewest: int = 2  # a feature counts when it stands in the texts of so many different groups
    telling: bool = True  # features weighed by how unevenly the classes have them
    ratios: float = 0.025  # how much naive Bayes says beside the ridge


@dataclass(frozen=True, slots=True)
class Class:
    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """All classes, most likely first; confidences add up to 1. `known`: some word of the text was known at all."""

    ranked: tuple[Class, ...]
    known: bool

    @property
    def best(self) -> Class:
        return self.ranked[0]

    def sure(self, enough: float) -> bool:
        """Sure enough to be said unasked."""
        return self.known and self.best.confidence >= enough


@dataclass(frozen=True)
class Block:
    """The features of one table of `Counts` that are known: bucket, rarity, weight for each class."""

    buckets: NDArray[np.int32]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float32]

    @cached_property
    def _place(self) -> NDArray[np.int32]:
        place = np.full(BUCKETS, -1, np.int32)
        place[self.buckets] = np.arange(len(self.buckets), dtype=np.int32)
        return place

    def rows(self, counts: csr_matrix) -> csr_matrix:
        """(texts, features): known features by rarity, each row of length one."""
        at = self._place[counts.indices]
        known = at >= 0
        starts = np.concatenate(([0], np.cumsum(known)))[counts.indptr]
        columns = at[known]
        data = counts.data[known] * self.rarity[columns]
        rows = csr_matrix((data, columns, starts), shape=(counts.shape[0], len(self.buckets)))
        lengths = np.sqrt(np.add.reduceat(np.append(data * data, 0), starts[:-1]) * (np.diff(starts) > 0))
        rows.data = (data / np.repeat(np.maximum(lengths, 1e-6), np.diff(starts))).astype(np.float32)
        return rows

    def scores_alone(self, features: Features) -> tuple[NDArray[np.float32], bool]:
        """For one text the scores of each class, and whether any of its features is known; as `rows` and the product."""
        at = self._place[features[0]]
        known = at >= 0
        columns = at[known]
        data = features[1][known] * self.rarity[columns]
        data = (data / np.sqrt((data * data).sum())).astype(np.float32)
        return (data[:, None] * self.weights[columns]).sum(axis=0, keepdims=True), bool(len(columns))


def learnt_scores(
    blocks: Sequence[Block], base: NDArray[np.float32], settings: Settings, counts: Counts
) -> tuple[Scores, NDArray[np.bool_]]:
    """(texts, labels) of what was learnt alone, and for each text whether any of its features was known."""
    total: Scores = np.tile(base, (counts.blocks[0].shape[0], 1))
    known = np.zeros(len(total), bool)
    for block, table, weight in zip(blocks, counts.blocks, settings.blocks, strict=True):
        rows = block.rows(table)
        total = total + weight * np.asarray(rows @ block.weights)
        known = known | (np.diff(rows.indptr) > 0)
    return total, known


@dataclass(frozen=True)
class Model:
    """Immutable; safe to share between threads. A cold model has no blocks."""

    labels: tuple[str, ...]
    lexicon: Lexicon
    settings: Settings = Settings()
    blocks: tuple[Block, ...] = ()
    base: NDArray[np.float32] | None = None
    sharpness: float = COLD_SHARPNESS
    ground: float = 1.0  # how much the lexicon says beside what was learnt
    texts: int = 0  # that it has learnt from
    notes: dict[str, Any] = field(default_factory=dict)  # figures to keep beside it

    def scores(self, messages: Sequence[Message]) -> tuple[Scores, NDArray[np.bool_]]:
        """(messages, labels) unscaled, and for each message whether anything in it was known."""
        if len(messages) == 1:
            return self._alone(messages[0])
        scored = [self._scored(counts_of(messages[i : i + BATCH])) for i in range(0, len(messages), BATCH)]
        if not scored:
            return np.zeros((0, len(self.labels)), np.float32), np.zeros(0, bool)
        return np.concatenate([s for s, _ in scored]), np.concatenate([k for _, k in scored])

    def _alone(self, message: Message) -> tuple[Scores, NDArray[np.bool_]]:
        """`_scored` for one message, without tables."""
        features = features_of(message, cut=self.base is not None)
        said = self.lexicon.scores_alone(features)
        ground = said[:, self._columns]
        if self.base is None:
            return ground, _any(said)
        total: Scores = np.tile(self.base, (1, 1))
        known = _any(said)
        for block, table, weight in zip(self.blocks, features, self.settings.blocks, strict=False):
            learnt, any_known = block.scores_alone(table)
            total, known = total + weight * learnt, known | any_known
        return (total + self.ground * ground).astype(np.float32), known

    @cached_property
    def _columns(self) -> list[int]:
        return [self.lexicon.labels.index(label) for label in self.labels]

    def _scored(self, counts: Counts) -> tuple[Scores, NDArray[np.bool_]]:
        said = self.lexicon.scores(counts)
        ground = said[:, self._columns]
        if self.base is None:
            return ground, _any(said)
        learnt, known = learnt_scores(self.blocks, self.base, self.settings, counts)
        return (learnt + self.ground * ground).astype(np.float32), _any(said) | known

    def predict(self, messages: Sequence[Message]) -> list[Prediction]:
        """One prediction for each message, whatever it holds; equal scores in the order of the labels."""
        scores, known = self.scores(messages)
        chances = softmax(scores * self.sharpness)
        order = np.argsort(-chances, axis=1, kind="stable")
        return [
            Prediction(
                tuple(Class(self.labels[c], float(chances[row, c])) for c in order[row]), bool(known[row])
            )
            for row in range(len(messages))
        ]

    def to_bytes(self) -> bytes:
        """Numbers as .npy, all else as JSON, in one zip; halves the weights' precision, which changes no rank."""
        about = {
            "form": FORM,
            "labels": self.labels,
            "lexicon": self.lexicon.labels,
            "settings": asdict(self.settings),
            "sharpness": self.sharpness,
            "ground": self.ground,
            "texts": self.texts,
            "notes": self.notes,
        }
        tables: dict[str, NDArray[Any]] = {
            "about": np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8),
            "words": self.lexicon.buckets.astype(np.int32),
            "words_weights": self.lexicon.weights.astype(np.float16),
        }
        if self.base is not None:
            tables["base"] = self.base
        for number, block in enumerate(self.blocks):
            tables[f"buckets{number}"] = block.buckets
            tables[f"rarity{number}"] = block.rarity.astype(np.float16)
            tables[f"weights{number}"] = block.weights.astype(np.float16)
        kept = io.BytesIO()
        np.savez_compressed(kept, allow_pickle=False, **tables)
        return kept.getvalue()


def load(stored: bytes) -> Model:
    """The model of `Model.to_bytes`; raises BadModel for anything else. Never unpickles: no code can hide in it."""
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as tables:
            about = json.loads(tables["about"].tobytes())
            if about["form"] != FORM:
                raise BadModel(str(about["form"]))
            lexicon = Lexicon(
                tuple(about["lexicon"]),
                tables["words"].astype(np.int64),
                tables["words_weights"].astype(np.float32),
            )
            model = Model(
                labels=tuple(about["labels"]),
                lexicon=lexicon,
                settings=Settings(**{**about["settings"], "blocks": tuple(about["settings"]["blocks"])}),
                sharpness=float(about["sharpness"]),
                ground=float(about["ground"]),
                texts=int(about["texts"]),
                notes=dict(about["notes"]),
            )
            if "base" not in tables:
                return _sound(model)
            blocks = tuple(
                Block(
                    tables[f"buckets{n}"],
                    tables[f"rarity{n}"].astype(np.float32),
                    tables[f"weights{n}"].astype(np.float32),
                )
                for n in range(4)
            )
            return _sound(replace(model, blocks=blocks, base=tables["base"]))
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise BadModel(type(error).__name__) from error


def _sound(model: Model) -> Model:
    """Every table of the size that the labels ask for, every bucket inside the table."""
    wide = len(model.labels)
    right = set(model.labels) <= set(model.lexicon.labels) and wide > 0
    right = right and model.lexicon.weights.shape == (len(model.lexicon.buckets), len(model.lexicon.labels))
    right = right and _inside(model.lexicon.buckets) and all(_inside(b.buckets) for b in model.blocks)
    for block in model.blocks:
        right = right and block.weights.shape == (len(block.buckets), wide) == (len(block.rarity), wide)
    right = right and (model.base is None or model.base.shape == (wide,))
    if not right:
        raise BadModel("sizes")
    return model


def _inside(buckets: NDArray[np.signedinteger[Any]]) -> bool:
    return not len(buckets) or bool(buckets.min() >= 0 and buckets.max() < BUCKETS)


def _any(said: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.asarray(said.any(axis=1), dtype=np.bool_)


def softmax(scores: Scores) -> Scores:
    """Rows that add up to 1."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Scores = raised / raised.sum(axis=1, keepdims=True)
    return shares


def side_by_side(parts: Sequence[csr_matrix]) -> csr_matrix:
    """Tables of the same rows as one."""
    return csr_matrix(hstack(list(parts), format="csr"))
