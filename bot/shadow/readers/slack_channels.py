"""Which conversations of a Slack export may be read: decided from names alone, before any of them is opened.

Where the export's own lists are missing or contradict each other, the more private answer counts (promise 5:
nobody is spied on).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bot.errors import InputError
from bot.shadow.readers.archive import Archive
from bot.shadow.readers.guard import READING_ERRORS
from bot.shadow.readers.jsonstream import items
from bot.shadow.readers.streams import Meter, Stream

LISTS = ("channels.json", "groups.json", "dms.json", "mpims.json", "users.json", "org_users.json")
"""The files at the top of an export."""
USERS = ("users.json", "org_users.json")

_DIRECT = re.compile(r"D[A-Z0-9]{6,20}|(?i:mpdm-.*)", re.DOTALL)
_DAY = re.compile(r"([^/]+)/([0-9]{4}-[0-9]{2}-[0-9]{2})\.json")


class Access(Enum):
    """Who could read a conversation."""

    PUBLIC = "public"
    PRIVATE = "private"
    DIRECT = "direct"


@dataclass(slots=True)
class Conversations:
    """What the export's lists say, by folder name; names are compared without regard to case."""

    public: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    direct: set[str] = field(default_factory=set)

    def access(self, folder: str) -> Access:
        """Return who could read the conversation in `folder`; one that no list calls public is private."""
        name = folder.casefold()
        if _DIRECT.fullmatch(folder) or name in self.direct:
            return Access.DIRECT
        if name in self.private or name not in self.public:
            return Access.PRIVATE
        return Access.PUBLIC


def root_of(archive: Archive) -> str:
    """Return the folder (with its `/`, or empty) that holds the lists; raise `InputError` if there are none.

    An export that someone unpacked and packed again often has one folder around everything.
    """
    roots = {path.rpartition("/")[0] for path in archive.files if path.rpartition("/")[2] in LISTS}
    roots = {root for root in roots if "/" not in root and root != "__MACOSX"}
    if "" in roots:
        return ""
    if len(roots) != 1:
        raise InputError(f"{archive.name} is no Slack export: it has no users.json and no channels.json at its top.")
    return f"{roots.pop()}/"


def conversations(archive: Archive, root: str) -> Conversations:
    """Read the export's lists; one that is missing or damaged makes nothing public."""
    found = Conversations()
    for entry in entries(archive, root + "channels.json"):
        found_as = {Access.PUBLIC: found.public, Access.PRIVATE: found.private, Access.DIRECT: found.direct}
        found_as[_claimed(entry)].update(_names(entry))
    for name, group in (("groups.json", found.private), ("dms.json", found.direct), ("mpims.json", found.direct)):
        for entry in entries(archive, root + name):
            group.update(_names(entry))
    return found


def listed(archive: Archive, root: str) -> Iterator[str]:
    """Yield the names in the list of channels, also of those in which nobody wrote in the export's time."""
    for entry in entries(archive, root + "channels.json"):
        if isinstance(name := entry.get("name"), str) and name:
            yield name


def entries(archive: Archive, path: str) -> Iterator[dict[str, Any]]:
    """Yield the objects in the list at `path`, as far as it can be read."""
    if path not in archive.files:
        return
    with suppress(*READING_ERRORS), Stream(archive.open(path), Meter()) as stream:
        yield from (entry for entry in items(stream) if isinstance(entry, dict))


def day_files(archive: Archive, root: str) -> dict[str, list[str]]:
    """Return the paths of the day files of each folder, both in order."""
    found: dict[str, list[str]] = {}
    for path in sorted(archive.files):
        if path.startswith(root) and (match := _DAY.fullmatch(path, len(root))):
            found.setdefault(match[1], []).append(path)
    return found


def _claimed(entry: dict[str, Any]) -> Access:
    if entry.get("is_im") or entry.get("is_mpim") or str(entry.get("id", "")).startswith("D"):
        return Access.DIRECT
    if entry.get("is_private") or entry.get("is_group") or str(entry.get("id", "")).startswith("G"):
        return Access.PRIVATE
    return Access.PUBLIC


def _names(entry: dict[str, Any]) -> set[str]:
    return {value.casefold() for value in (entry.get("id"), entry.get("name")) if isinstance(value, str) and value}
