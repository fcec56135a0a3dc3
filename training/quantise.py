"""Weights as 8-bit integers with a scale for every few values."""

import numpy as np
import numpy.typing as npt

from training.encoder import Array

Bytes = npt.NDArray[np.int8]
#: Seven bits: two products of 255 x 64 still fit the 16-bit sums of processors without VNNI, so a score is the
#: same on every machine.
LARGEST = 63


def by_column(weight: Array) -> tuple[Bytes, Array]:
    """A matrix ``[out, in]`` as bytes ``[in, out]``, and one scale an output."""
    scale = np.maximum(np.abs(weight).max(axis=1), 1e-12).astype(np.float32) / LARGEST
    return np.rint(weight / scale[:, None]).astype(np.int8).T.copy(), scale


def by_row(table: Array) -> tuple[Bytes, Array]:
    """A table of vectors as bytes, and one scale a row."""
    scale = (np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12).astype(np.float32) / 127).astype(np.float32)
    return np.rint(table / scale).astype(np.int8), scale
