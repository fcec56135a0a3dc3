"""The master key, and the keys that hang on it. Whoever loses the master key loses every sealed snapshot.

A key file holds the key to seal with; while a new master key takes over, the old ones follow it, a line each, and open
what they sealed. A running program notices a changed file at its next seal, or at the first row it cannot open.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.comments import ChannelRef, CommentRef
from bot.errors import CrossingGuardError, KeyFileError
from bot.store.key_file import KEY_FILE, load_master_keys
from bot.store.sealing import Sealed, seal, unseal

TAG_BYTES = 16
"""Tags and pseudonyms are cut to 128 bits: far beyond collision here, and half the size of the table."""


@dataclass(frozen=True, slots=True, repr=False)
class MasterKey:
    """What is derived from one master key (HKDF-SHA-256, RFC 5869); each purpose has its own key.

    `key_id` names the key in the rows it sealed; `check_value` proves possession. Neither helps to find the key.
    """

    key_id: str
    check_value: bytes
    sealing: bytes
    tags: bytes
    pseudonyms: bytes

    @classmethod
    def derive(cls, master: bytes) -> MasterKey:
        """Return what belongs to a 32-byte master key."""
        return cls(
            key_id=_derive(master, "key id").hex()[:16],
            check_value=_derive(master, "check value"),
            sealing=_derive(master, "sealing"),
            tags=_derive(master, "text tags"),
            pseudonyms=_derive(master, "pseudonyms"),
        )


class KeySource:
    """Where the master keys are: `given` in base64 (the setting), else the file in `home`."""

    def __init__(self, home: Path, given: str | None = None) -> None:
        self.home = home
        self.given = given
        self._seen: tuple[int, int, int] | None = None

    def read(self) -> tuple[MasterKey, ...]:
        """Return the keys, the one to seal with first; none when there is no file yet.

        Raise `SettingsError` or `KeyFileError` as `load_master_keys` does.
        """
        self._seen = self._mark()
        return tuple(map(MasterKey.derive, load_master_keys(self.home, self.given)))

    def changed(self) -> bool:
        """Whether the key file is another one than when it was read."""
        return self.given is None and self._mark() != self._seen

    def _mark(self) -> tuple[int, int, int] | None:
        try:
            found = (self.home / KEY_FILE).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


class Keyring:
    """The keys of a running program: the master keys for what is sealed, and those for tags and pseudonyms.

    Tags and pseudonyms outlive a master key, so theirs are kept sealed in the database; `repr` shows none of them.
    """

    def __init__(
        self, masters: Sequence[MasterKey], *, tags: bytes, pseudonyms: bytes, source: KeySource | None = None
    ) -> None:
        self._masters = {key.key_id: key for key in masters}
        self._first = masters[0]
        self._tags = tags
        self._pseudonyms = pseudonyms
        self._source = source

    @property
    def masters(self) -> tuple[MasterKey, ...]:
        """The master keys, the one that seals first."""
        self._look_again()
        return (self._first, *(key for key in self._masters.values() if key != self._first))

    @property
    def source(self) -> KeySource | None:
        """Where the master keys came from."""
        return self._source

    def seal(self, document: bytes, *, row: UUID, kind: str) -> Sealed:
        """Return `document` sealed for a row, with the newest master key."""
        self._look_again()
        return seal(document, wrapping_key=self._first.sealing, key_id=self._first.key_id, row=row, kind=kind)

    def unseal(self, sealed: Sealed, *, row: UUID, kind: str) -> bytes:
        """Return the document; raise `KeyFileError` when its master key is not here, `StoreError` when damaged."""
        if sealed.key_id not in self._masters:
            self._look_again()
        master = self._masters.get(sealed.key_id)
        if master is None:
            raise KeyFileError(
                f"Snapshot {row} was sealed with the master key {sealed.key_id}, which is not here; put it back as a "
                "further line of the key file."
            )
        return unseal(sealed, wrapping_key=master.sealing, row=row, kind=kind)

    def text_tag(self, ref: CommentRef, text: str) -> bytes:
        """Return a tag that shows whether a comment's text changed.

        It is bound to the comment, so that two people who wrote the same words cannot be linked by it.
        """
        where = ref.channel
        return _tag(self._tags, where.platform, where.workspace, where.channel, ref.comment, text)

    def name_tag(self, name: str) -> str:
        """Return a keyed digest of a file's name: a file can be told again, what it was called cannot be read."""
        return _tag(self._tags, "file name", name).hex()

    def pseudonym(self, channel: ChannelRef, author_id: str) -> bytes:
        """Return the author's pseudonym within one workspace; it links one person's comments there, nowhere else."""
        return _tag(self._pseudonyms, channel.platform, channel.workspace, author_id)

    def barred_tag(self, case: UUID, person: str) -> bytes:
        """Return what stands for somebody whom a case bars; it links nobody's cases."""
        return _tag(self._pseudonyms, "barred", case.hex, person)

    def card_digest(self, drawn: str) -> bytes:
        """Return a tag of what a card shows, to see whether it must be redrawn."""
        return _tag(self._tags, "card", drawn)

    def _look_again(self) -> None:
        """Take over the keys of a file that changed; one that cannot be read now changes nothing."""
        if self._source is None or not self._source.changed():
            return
        with suppress(CrossingGuardError):
            found = self._source.read()
            if found:
                self._masters |= {key.key_id: key for key in found}
                self._first = found[0]


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"crossing-guard {purpose} 1".encode()).derive(master)


def _tag(key: bytes, *parts: str) -> bytes:
    """Return the HMAC of the parts, each preceded by its length, so that no two lists of parts look alike."""
    message = bytearray()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        message += len(encoded).to_bytes(8, "big") + encoded
    return hmac.digest(key, bytes(message), hashlib.sha256)[:TAG_BYTES]
