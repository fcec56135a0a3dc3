"""The key that signs packets: made at its first use, sealed under the master key, known outside by its fingerprint."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.evidence.verifier import fingerprint_of
from bot.store import Store


class Signer:
    """Signs with one Ed25519 key (RFC 8032)."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._key.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """What people compare, on paper or by phone."""
        return fingerprint_of(self.public_key)

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        return self._key.sign(message)


async def signer_of(store: Store) -> Signer:
    """Return the database's signer; raise `StoreError` when the database cannot be used."""
    return Signer(await store.evidence.signing_key())
