"""An export as a set of named files: a ZIP, which may have been made to do harm, or a folder.

Nothing is ever unpacked to disk. A ZIP is checked as a whole before its first byte is unpacked; the sizes that it
declares are then binding, since Python's zipfile reads no further than they say.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Protocol

from bot.errors import InputError
from bot.shadow.readers.streams import Readable

MAX_DIRECTORY = 32 * 1024 * 1024
"""Bytes of a ZIP's list of entries, which is held in memory: some 300,000 day files."""
MAX_UNPACKED = 64 * 1024**3
"""Bytes of everything unpacked."""
MAX_RATIO = 200
"""Unpacked to packed bytes. Chat as JSON packs 10 to 50 times smaller; a bomb reaches 1,000."""
SMALL = 1024 * 1024
"""Unpacked bytes below which an entry's ratio says nothing."""
ENCRYPTED = 0x1 | 0x40
LOCAL_HEADER = 30
"""Bytes before each entry, at least."""

_END = struct.Struct("<4s4H2LH")  # end of central directory record, APPNOTE.TXT 4.3.16
_LOCATOR = struct.Struct("<4sLQL")  # ZIP64 locator, 4.3.15
_END64 = struct.Struct("<4sQ2H2L4Q")  # ZIP64 end of central directory record, 4.3.14
_COMMENT = 65_535
_DRIVE = re.compile(r"[A-Za-z]:")


class Archive(Protocol):
    """Named files. `files` maps paths with `/` between folders to sizes in bytes."""

    name: str

    @property
    def files(self) -> Mapping[str, int]:
        """Every file with its size."""
        ...

    def open(self, path: str) -> Readable:
        """Return the file, to be read once and closed."""
        ...


class FolderArchive:
    """An unpacked export; files at most `DEPTH` folders down, links not followed."""

    DEPTH = 3

    def __init__(self, folder: Path) -> None:
        self.name = folder.name or str(folder)
        self._folder = folder
        self.files: dict[str, int] = {}
        self._list(folder, "", self.DEPTH)

    def _list(self, folder: Path, prefix: str, depth: int) -> None:
        for entry in os.scandir(folder):
            if entry.is_file(follow_symlinks=False):
                self.files[prefix + entry.name] = entry.stat().st_size
            elif depth > 1 and entry.is_dir(follow_symlinks=False):
                self._list(Path(entry.path), f"{prefix}{entry.name}/", depth - 1)

    def open(self, path: str) -> Readable:
        """Return the file, open for reading."""
        return (self._folder / path).open("rb")


class ZipArchive:
    """A ZIP; raises `InputError` at once if it is damaged, encrypted or dangerous."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            with path.open("rb") as file:
                _check_directory(file, self.name)
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError) as error:
            raise InputError(f"{self.name} is a damaged ZIP; export or download it again.") from error
        entries = self._zip.infolist()
        _check(entries, self.name)
        self.files = {entry.filename: entry.file_size for entry in entries if not entry.is_dir()}

    def open(self, path: str) -> Readable:
        """Return the file, unpacked while it is read."""
        return self._zip.open(path)


def _check_directory(file: BinaryIO, name: str) -> None:
    """Refuse a list of entries too large to hold, before zipfile reads it."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - _END.size - _COMMENT))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise zipfile.BadZipFile("no end of central directory")
    size = _END.unpack_from(tail, at)[5]
    if at >= _LOCATOR.size and tail[at - _LOCATOR.size :].startswith(b"PK\x06\x07"):
        file.seek(_LOCATOR.unpack_from(tail, at - _LOCATOR.size)[2])
        size = max(size if size != 0xFFFFFFFF else 0, _END64.unpack(file.read(_END64.size))[8])
    if size > MAX_DIRECTORY:
        raise InputError(f"{name} lists too many files; export a shorter range of dates.")


def _check(entries: list[zipfile.ZipInfo], name: str) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.flag_bits & ENCRYPTED:
            raise InputError(f"{name} is encrypted; unpack it with its password and pack it again without one.")
        if _leads_outside(entry):
            raise InputError(f"{name} holds a file name that leads outside of it; it was not made by Slack.")
        if entry.filename.casefold() in seen:
            raise InputError(f"{name} holds two files of the same name; it was not made by Slack.")
        seen.add(entry.filename.casefold())
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError(f"{name} is packed in an unusual way; unpack it and pack it again.")
        if entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise InputError(f"{name} would unpack to far more than it should (a zip bomb); it was not read.")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED or _overlap(entries):
        raise InputError(f"{name} would unpack to far more than it should (a zip bomb); it was not read.")


def _leads_outside(entry: zipfile.ZipInfo) -> bool:
    """Whether the name is absolute, climbs, hides a part from zipfile, or belongs to a symbolic link."""
    name = entry.orig_filename
    parts = name.rstrip("/").split("/")
    is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    odd = "\\" in name or "\0" in name or _DRIVE.match(name) is not None  # Slack's canvases: "FC:F0…:Title/"
    return is_link or odd or any(part in ("", ".", "..") for part in parts)


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether entries share packed bytes: how a small file unpacks to petabytes without any high ratio."""
    reached = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < reached:
            return True
        reached = entry.header_offset + LOCAL_HEADER + entry.compress_size
    return False
