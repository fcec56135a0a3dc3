"""Sealing: encrypt one document with a key of its own, so that destroying the key destroys the document.

Each document gets a random 256-bit data key (AES-256-GCM, NIST SP 800-38D); the data key is itself sealed
("wrapped") with a key derived from the master key. As associated data the document is bound to the row's id and kind,
the wrapped key to the row's id and the master key's: moved to another row, or changed by one bit, neither opens. A new
master key wraps the data keys anew (`rewrap`) and leaves the documents as they are, to the byte.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import DamagedError

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed document as it is stored."""

    key_id: str
    wrapped_key: bytes
    ciphertext: bytes

    def columns(self) -> dict[str, Any]:
        """Return the columns that hold it."""
        return asdict(self)


def seal(document: bytes, *, wrapping_key: bytes, key_id: str, row: UUID, kind: str) -> Sealed:
    """Return `document` sealed for the row `row`; `wrapping_key` is 32 bytes."""
    data_key = AESGCM.generate_key(256)
    return Sealed(
        key_id=key_id,
        wrapped_key=_encrypt(wrapping_key, data_key, _bound("data key", row, key_id)),
        ciphertext=_encrypt(data_key, document, _bound("document", row, kind)),
    )


def unseal(sealed: Sealed, *, wrapping_key: bytes, row: UUID, kind: str) -> bytes:
    """Return the document; raise `StoreError` when anything about it was changed or another key sealed it."""
    try:
        data_key = _decrypt(wrapping_key, sealed.wrapped_key, _bound("data key", row, sealed.key_id))
        return _decrypt(data_key, sealed.ciphertext, _bound("document", row, kind))
    except (InvalidTag, ValueError):
        raise _damaged(row) from None


def rewrap(wrapped_key: bytes, *, row: UUID, old_id: str, old_key: bytes, new_id: str, new_key: bytes) -> bytes:
    """Return a row's data key wrapped with another master key's; raise `StoreError` when it does not open."""
    try:
        data_key = _decrypt(old_key, wrapped_key, _bound("data key", row, old_id))
    except (InvalidTag, ValueError):
        raise _damaged(row) from None
    return _encrypt(new_key, data_key, _bound("data key", row, new_id))


def _damaged(row: UUID) -> DamagedError:
    return DamagedError(f"Snapshot {row} does not open: it was damaged or changed; restore the database from a backup.")


def _bound(what: str, row: UUID, to: str) -> bytes:
    return b"\0".join((what.encode(), row.bytes.hex().encode(), to.encode()))


def _encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
