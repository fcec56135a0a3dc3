"""The file of the master keys: read, made, and replaced whole, by one process at a time.

Promise: the file is whole at every moment, on disk before anybody goes on, and readable by its owner alone.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.errors import KeyFileError, SettingsError

KEY_BYTES = 32
KEY_FILE = "master.key"
"""The file in CROSSING_GUARD_HOME: keys in base64, a line each, the first one seals; readable by its owner alone."""


def load_master_keys(home: Path, given: str | None = None) -> tuple[bytes, ...]:
    """Return the master keys: those `given` in base64, else those of the key file, else none; the first one seals.

    Raise `SettingsError` when what is `given` is no key, `KeyFileError` when the file cannot be read, holds none, or
    others may read it.
    """
    if given is not None:
        try:
            return _decode_all(given, "CROSSING_GUARD_KEY")
        except KeyFileError as error:
            raise SettingsError(str(error)) from None
    path = home / KEY_FILE
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise KeyFileError(f"Others can read the key file {path}; run “chmod 600” on it and start again.")
            return _decode_all(file.read(4096).decode("ascii", "replace"), f"the key file {path}")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise KeyFileError(
            f"The key file {path} cannot be read ({error.strerror}); give this user access to it."
        ) from error


def make_master_key(home: Path) -> bytes:
    """Make a new key file and return its key, or the key of the process that made one at the same moment.

    The file appears whole or not at all, and is on disk when this returns. Raise `KeyFileError` when it cannot be
    written.
    """
    path = home / KEY_FILE
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = _draft(path, (new_key(),))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        _sync_folder(path.parent)
    except OSError as error:
        raise KeyFileError(
            f"The key file {path} cannot be made ({error.strerror}); give this user access to its folder."
        ) from error
    keys = load_master_keys(home)
    if not keys:
        raise KeyFileError(f"The key file {path} vanished while starting; start again.")
    return keys[0]


@contextmanager
def key_file_alone(home: Path) -> Iterator[None]:
    """Have no other process change the key file meanwhile: a key that two of them replaced would be lost for good.

    Raise `KeyFileError` when its folder cannot be locked.
    """
    folder = None
    try:
        folder = os.open(home, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError as error:
        if folder is not None:
            os.close(folder)
        raise KeyFileError(
            f"The folder {home} cannot be locked ({error.strerror}); put it on a disk of this machine."
        ) from error
    try:
        yield
    finally:
        os.close(folder)


def replace_master_keys(home: Path, keys: Sequence[bytes]) -> None:
    """Have the key file hold these keys, whole or as it was before; on disk when this returns.

    Raise `KeyFileError` when it cannot be written.
    """
    path = home / KEY_FILE
    try:
        _draft(path, keys).replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise KeyFileError(
            f"The key file {path} cannot be written ({error.strerror}); give this user access to its folder."
        ) from error


def new_key() -> bytes:
    """Return a new master key."""
    return os.urandom(KEY_BYTES)


def written(key: bytes) -> str:
    """Return a key as files and settings hold it."""
    return base64.b64encode(key).decode("ascii")


def _draft(path: Path, keys: Sequence[bytes]) -> Path:
    """Write keys to a new file beside `path`, for its owner alone."""
    draft = path.with_name(f".{KEY_FILE}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write("".join(f"{written(key)}\n" for key in keys).encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _decode_all(text: str, where: str) -> tuple[bytes, ...]:
    return tuple(_decode(line, where) for line in text.split() or [""])


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"What {where} holds is no key of {KEY_BYTES} bytes in base64; put the right key there.")
    return key
