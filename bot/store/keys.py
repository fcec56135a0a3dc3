"""The master key, and the keys derived from it. Whoever loses the master key loses every sealed snapshot."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.comments import ChannelRef, CommentRef
from bot.errors import KeyFileError, SettingsError

KEY_BYTES = 32
KEY_FILE = "master.key"
"""The file in CROSSING_GUARD_HOME: the key in base64, one line, readable by its owner alone."""

TAG_BYTES = 16
"""Tags and pseudonyms are cut to 128 bits: far beyond collision here, and half the size of the table."""


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """What is derived from one master key (HKDF-SHA-256, RFC 5869); each purpose has its own key.

    `key_id` names the key in the rows it sealed; `check_value` proves possession. Neither helps to find the key.
    """

    key_id: str
    check_value: bytes
    sealing: bytes
    tags: bytes
    pseudonyms: bytes

    @classmethod
    def derive(cls, master: bytes) -> Keyring:
        """Return the keyring of a 32-byte master key."""
        return cls(
            key_id=_derive(master, "key id").hex()[:16],
            check_value=_derive(master, "check value"),
            sealing=_derive(master, "sealing"),
            tags=_derive(master, "text tags"),
            pseudonyms=_derive(master, "pseudonyms"),
        )

    def text_tag(self, ref: CommentRef, text: str) -> bytes:
        """Return a tag that shows whether a comment's text changed.

        It is bound to the comment, so that two people who wrote the same words cannot be linked by it.
        """
        where = ref.channel
        return _tag(self.tags, where.platform, where.workspace, where.channel, ref.comment, text)

    def pseudonym(self, channel: ChannelRef, author_id: str) -> bytes:
        """Return the author's pseudonym within one workspace; it links one person's comments there, nowhere else."""
        return _tag(self.pseudonyms, channel.platform, channel.workspace, author_id)

    def card_digest(self, drawn: str) -> bytes:
        """Return a tag of what a card shows, to see whether it must be redrawn."""
        return _tag(self.tags, "card", drawn)


def load_master_key(home: Path, given: str | None = None) -> bytes | None:
    """Return the master key: the one `given` in base64, else that of the key file, else `None` when there is none.

    Raise `SettingsError` when `given` is no key, `KeyFileError` when the file cannot be read, holds none, or others may
    read it.
    """
    if given is not None:
        try:
            return _decode(given, "CROSSING_GUARD_KEY")
        except KeyFileError as error:
            raise SettingsError(str(error)) from None
    path = home / KEY_FILE
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise KeyFileError(f"Others can read the key file {path}; run “chmod 600” on it and start again.")
            return _decode(file.read(4096).decode("ascii", "replace"), f"the key file {path}")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyFileError(
            f"The key file {path} cannot be read ({error.strerror}); give this user access to it."
        ) from error


def make_master_key(home: Path) -> bytes:
    """Make a new key file and return its key, or the key of the process that made one at the same moment.

    The file appears whole or not at all, and is on disk when this returns. Raise `KeyFileError` when it cannot be
    written.
    """
    path, draft = home / KEY_FILE, home / f".{KEY_FILE}.{os.urandom(4).hex()}"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _publish(draft, path)
    except OSError as error:
        raise KeyFileError(
            f"The key file {path} cannot be made ({error.strerror}); give this user access to its folder."
        ) from error
    key = load_master_key(home)
    if key is None:
        raise KeyFileError(f"The key file {path} vanished while starting; start again.")
    return key


def _publish(draft: Path, path: Path) -> None:
    """Give the draft its name unless another process was first, and sync the folder."""
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"What {where} holds is no key of {KEY_BYTES} bytes in base64; put the right key there.")
    return key


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"crossing-guard {purpose} 1".encode()).derive(master)


def _tag(key: bytes, *parts: str) -> bytes:
    """Return the HMAC of the parts, each preceded by its length, so that no two lists of parts look alike."""
    message = bytearray()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        message += len(encoded).to_bytes(8, "big") + encoded
    return hmac.digest(key, bytes(message), hashlib.sha256)[:TAG_BYTES]
