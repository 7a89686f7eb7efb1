"""Ridge regression on sparse rows by conjugate gradients: deterministic, all classes at once, no outside solver."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

STEPS: Final = 60
CLOSE: Final = 1e-3  # relative residual; ranks no longer change below it

Table = NDArray[np.float64]


def fit(rows: csr_matrix, targets: Table, alpha: float) -> Table:
    """The weights W (features, classes) that minimise |rows·W - targets|² + alpha·|W|².

    Solved for the rows instead of the features (there are far fewer): (R·Rᵀ + alpha)·A = targets, W = Rᵀ·A; Hestenes and
    Stiefel 1952, one step length for each class.
    """
    turned = rows.T.tocsr()
    answer = np.zeros_like(targets)
    left = targets.copy()
    direction = left.copy()
    size = (left * left).sum(axis=0)
    enough = size * CLOSE**2
    for _step in range(STEPS):
        if bool((size <= enough).all()):
            break
        moved = np.asarray(rows @ (turned @ direction)) + alpha * direction
        length = size / np.maximum((direction * moved).sum(axis=0), 1e-30)
        answer += length * direction
        left -= length * moved
        smaller = (left * left).sum(axis=0)
        direction = left + (smaller / np.maximum(size, 1e-30)) * direction
        size = smaller
    return np.asarray(turned @ answer)
