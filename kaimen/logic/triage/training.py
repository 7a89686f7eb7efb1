"""From texts with their right classes to a model whose confidence was checked on texts that it had not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from kaimen.logic.triage import ridge
from kaimen.logic.triage.lexicon import Lexicon
from kaimen.logic.triage.measuring import near_duplicates, score
from kaimen.logic.triage.model import (
    BATCH,
    Block,
    Model,
    Scores,
    Settings,
    learnt_scores,
    side_by_side,
    softmax,
)
from kaimen.logic.triage.texts import Counts, Message, counts_of
from kaimen.logic.triage.weighing import Right, known, log_ratios

DEFAULT: Final = Settings()
FOLDS: Final = 5
FEWEST_TEXTS: Final = 20
SHARPNESS: Final = np.geomspace(0.3, 30.0, 60)
MODESTY: Final = 0.5  # standard errors of the loss
GROUND: Final = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.1, 1.5, 2.0)


class NotEnough(Exception):
    """Too few texts, or all of one class: keep the model that is there."""


def cold(lexicon: Lexicon, labels: Sequence[str] | None = None) -> Model:
    """A model of everyday words alone, over `labels` (default: all classes of the lexicon)."""
    return Model(tuple(sorted(labels or lexicon.labels)), lexicon)


def train(
    messages: Sequence[Message],
    truth: Sequence[str],
    lexicon: Lexicon,
    *,
    labels: Sequence[str] = (),
    groups: Sequence[int] | None = None,
    settings: Settings = DEFAULT,
    seed: int = 0,
) -> Model:
    """Learn from texts with their classes; every class must be in the lexicon (it may have no words there).

    `labels`: classes that may be answered though no text has them yet; there only the lexicon speaks.

    `groups`: texts that must stay together when confidence is checked, and that count as one voice when a feature must
    occur in several (default: near-duplicates); in the product also the person, so that nothing of one person's wording
    alone enters the model. Same input, same model. `notes` keep the cross-validated figures. Raises NotEnough.
    """
    labels = tuple(sorted({*truth, *labels}))
    if len(messages) < FEWEST_TEXTS or len(set(truth)) < 2:
        raise NotEnough
    together = np.unique(groups if groups is not None else near_duplicates(messages), return_inverse=True)[1]
    counts = _in_batches(messages)
    said = lexicon.scores(counts)
    ground = said[:, [lexicon.labels.index(label) for label in labels]]
    right = np.array(truth)[:, None] == np.array(labels)[None, :]
    learnt = _unseen(counts, right, together, settings, seed)
    share, sharpness = _mix(learnt, ground, right, _shares(settings, not right.any(axis=0).all()))
    blocks, base = _learn(counts, right, together, settings)
    return Model(
        labels=labels,
        lexicon=lexicon,
        settings=settings,
        blocks=blocks,
        base=base,
        sharpness=sharpness,
        ground=share,
        texts=len(messages),
        notes=_notes(learnt + share * ground, sharpness, labels, truth),
    )


def _in_batches(messages: Sequence[Message]) -> Counts:
    parts = [counts_of(messages[i : i + BATCH]).all for i in range(0, len(messages), BATCH)]
    return Counts(*(csr_matrix(vstack(tables, format="csr")) for tables in zip(*parts, strict=True)))


def _learn(
    counts: Counts, right: Right, together: NDArray[np.int64], settings: Settings
) -> tuple[tuple[Block, ...], NDArray[np.float32]]:
    """The features with their weights for each class, and what is said of a text without any of them.

    The weights are those of a ridge regression, and a little of naive Bayes: they err on different texts.
    """
    blocks = [known(table, right, together, settings.fewest, settings.telling) for table in counts.blocks]
    weighed = zip(blocks, counts.blocks, settings.blocks, strict=True)
    rows = side_by_side([block.rows(table) * weight for block, table, weight in weighed])
    targets = np.where(right, 1.0, -1.0)
    untaught = ~right.any(axis=0)
    targets[:, untaught] = targets[:, ~untaught].mean()  # neither likely nor ruled out: the lexicon decides
    base = targets.mean(axis=0)
    weights = ridge.fit(rows, targets - base, settings.alpha) + settings.ratios * log_ratios(rows, right)
    parts = np.split(weights.astype(np.float32), np.cumsum([len(block.buckets) for block in blocks])[:-1])
    taught = (replace(block, weights=part) for block, part in zip(blocks, parts, strict=True))
    return tuple(taught), base.astype(np.float32)


def _unseen(
    counts: Counts, right: Right, together: NDArray[np.int64], settings: Settings, seed: int
) -> Scores:
    """The scores of each text by a model that has seen neither it nor anything of its group."""
    order = np.random.default_rng(seed).permutation(together.max() + 1)
    fold = order[together] % FOLDS
    scores = np.zeros(right.shape, np.float32)
    for number in range(FOLDS):
        held, rest = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        if not len(held) or not len(rest):
            continue
        blocks, base = _learn(counts.of(rest), right[rest], together[rest], settings)
        scores[held] = learnt_scores(blocks, base, settings, counts.of(held))[0]
    return scores


def _shares(settings: Settings, untaught: bool) -> Sequence[float]:
    if not settings.use_words:
        return (0.0,)
    return GROUND[1:] if untaught else GROUND


def _mix(learnt: Scores, ground: Scores, right: Right, shares: Sequence[float]) -> tuple[float, float]:
    """How much the lexicon says beside what was learnt, and the factor that makes confidences of scores.

    Both are chosen where the confidences explain the truth of unseen texts best (temperature scaling, Guo et al. 2017):
    few texts lean on the lexicon, many can do without.
    """
    column = right.argmax(axis=1)
    row = np.arange(len(column))

    def losses(share: float, sharpness: float) -> NDArray[np.floating[Any]]:
        chances = softmax((learnt + share * ground) * sharpness)
        return np.asarray(-np.log(np.maximum(chances[row, column], 1e-9)))

    found = [(losses(share, s).mean(), share, float(s)) for share in shares for s in SHARPNESS]
    least, share, sharpness = min(found)
    # Few texts leave it open how sharp is right: then the modest end of what fits is taken.
    doubt = losses(share, sharpness).std() / len(column) ** 0.5
    modest = min(s for loss, other, s in found if other == share and loss <= least + MODESTY * doubt)
    return share, modest


def _notes(scores: Scores, sharpness: float, labels: tuple[str, ...], truth: Sequence[str]) -> dict[str, Any]:
    chances = softmax(scores * sharpness)
    said = [labels[column] for column in chances.argmax(axis=1)]
    found = score(truth, said, [float(c) for c in chances.max(axis=1)])
    return {
        "macro_f1": round(found.macro_f1, 4),
        "accuracy": round(found.accuracy, 4),
        "ece": round(found.ece, 4),
        "per_class": {label: round(f1, 4) for label, f1 in found.per_class.items()},
    }
