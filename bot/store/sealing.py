"""Sealing: encrypt one document with a key of its own, so that destroying the key destroys the document.

Each document gets a random 256-bit data key (AES-256-GCM, NIST SP 800-38D); the data key is itself sealed
("wrapped") with a key derived from the master key. Both are bound to the row's id, its kind and the master key's
id as associated data: a ciphertext moved to another row, or changed by one bit, does not open.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import StoreError

_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed document as it is stored."""

    key_id: str
    wrapped_key: bytes
    ciphertext: bytes


def seal(document: bytes, *, wrapping_key: bytes, key_id: str, row: UUID, kind: str) -> Sealed:
    """Return `document` sealed for the row `row`; `wrapping_key` is 32 bytes."""
    data_key = AESGCM.generate_key(256)
    bound = _bound_to(row, kind, key_id)
    return Sealed(
        key_id=key_id,
        wrapped_key=_encrypt(wrapping_key, data_key, b"data key" + bound),
        ciphertext=_encrypt(data_key, document, b"document" + bound),
    )


def unseal(sealed: Sealed, *, wrapping_key: bytes, row: UUID, kind: str) -> bytes:
    """Return the document; raise `StoreError` when anything about it was changed or another key sealed it."""
    bound = _bound_to(row, kind, sealed.key_id)
    try:
        data_key = _decrypt(wrapping_key, sealed.wrapped_key, b"data key" + bound)
        return _decrypt(data_key, sealed.ciphertext, b"document" + bound)
    except (InvalidTag, ValueError):
        raise StoreError(
            f"Snapshot {row} does not open: it was damaged or changed; restore the database from a backup."
        ) from None


def _bound_to(row: UUID, kind: str, key_id: str) -> bytes:
    return b"\0".join((b"", row.bytes.hex().encode(), kind.encode(), key_id.encode()))


def _encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
