"""Weights as bytes: only the grams that occur, compressed."""

from __future__ import annotations

import io
import zlib

import numpy as np

from kaimen.logic.hotspots.terms import Weights


def packed(weights: Weights) -> bytes:
    """The weights in a form that `unpacked` reads again, the same on every machine."""
    at = np.flatnonzero(weights.used).astype("<i4")
    columns = [column[at].astype("<f4") for column in _columns(weights)]
    out = io.BytesIO()
    np.savez(out, messages=np.int64(weights.messages), at=at, columns=np.stack(columns))
    return zlib.compress(out.getvalue(), 6)


def unpacked(kept: bytes) -> Weights:
    """What `packed` gave; empty weights for no bytes."""
    weights = Weights()
    if kept:
        with np.load(io.BytesIO(zlib.decompress(kept)), allow_pickle=False) as stored:
            weights.messages = int(stored["messages"])
            for column, values in zip(_columns(weights), stored["columns"], strict=True):
                column[stored["at"]] = values
    return weights


def _columns(weights: Weights) -> list[np.typing.NDArray[np.float32]]:
    return [weights.used, weights.all, weights.inside, weights.touching]
