"""Which features of texts are looked at, and how much each says before anything is fitted."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from kaimen.logic.triage.model import Block

TELLING: Final = (
    2.0  # how much a feature that stands in one class only counts above one that stands in all alike
)
SMOOTH: Final = 0.02  # of a feature that a class never had

Right = NDArray[np.bool_]


def known(table: csr_matrix, right: Right, together: NDArray[np.int64], fewest: int, telling: bool) -> Block:
    """The features that stand in the texts of at least `fewest` groups, without weights yet.

    `right` (texts, classes). Weighed by the root of their rarity and, if `telling`, by how unevenly the classes have
    them: the divergence of the classes of its texts from those of all texts (supervised term weighting, Debole and
    Sebastiani 2003). It looks at the classes, so whoever holds texts out must weigh anew without them.
    """
    groups = np.unique(together, return_inverse=True)[1]
    members = csr_matrix((np.ones(len(groups), np.float32), (groups, np.arange(len(groups)))))
    held = np.bincount((members @ table).tocsr().indices, minlength=table.shape[1])
    buckets = np.flatnonzero(held >= fewest).astype(np.int32)
    rarity = (np.log((1 + members.shape[0]) / (1 + held[buckets])) + 1) ** 0.5
    if telling:
        rarity = rarity * (1 + TELLING * _divergence(table, right, buckets))
    return Block(buckets, rarity.astype(np.float32), np.zeros((0, 0), np.float32))


def _divergence(table: csr_matrix, right: Right, buckets: NDArray[np.int32]) -> NDArray[np.float64]:
    """Kullback-Leibler, in nats, for each of `buckets`; one text's worth of the usual mixture is added to each."""
    taught = right.any(axis=0)
    usual = right[:, taught].mean(axis=0)[:, None]
    texts = np.zeros((len(usual), len(buckets)))
    for row, column in enumerate(np.flatnonzero(taught)):
        texts[row] = np.bincount(table[right[:, column]].indices, minlength=table.shape[1])[buckets]
    mixture = (texts + usual) / (texts.sum(axis=0) + 1)
    divergence: NDArray[np.float64] = (mixture * np.log(mixture / usual)).sum(axis=0)
    return divergence


def log_ratios(rows: csr_matrix, right: Right) -> NDArray[np.float64]:
    """(features, classes): how much likelier a feature is in a class than outside it, as a logarithm.

    The weights of naive Bayes (Wang and Manning 2012). Classes without texts get zero.
    """
    held = np.asarray(right.T.astype(np.float32) @ rows, dtype=float) + SMOOTH
    outside = held.sum(axis=0) - held
    ratios = np.log(held / held.sum(axis=1, keepdims=True))
    ratios -= np.log(outside / outside.sum(axis=1, keepdims=True))
    ratios[~right.any(axis=0)] = 0.0
    weights: NDArray[np.float64] = ratios.T
    return weights
