"""Slack's export: https://slack.com/help/articles/220556107 (as downloaded, or unpacked into a folder)."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from typing import Any

from bot.domain.comments import Attachment, Author, AuthorRole, ChannelRef, Comment, CommentRef
from bot.shadow.readers.archive import Archive
from bot.shadow.readers.attachments import kind_of_media
from bot.shadow.readers.fields import PLATFORM, time_of
from bot.shadow.readers.guard import READING_ERRORS
from bot.shadow.readers.jsonstream import items
from bot.shadow.readers.slack_beside import beside
from bot.shadow.readers.slack_channels import USERS, Access, conversations, day_files, entries, listed, root_of
from bot.shadow.readers.streams import Meter, Stream
from bot.shadow.rows import MAX_TEXT, BadRow, Format, LeftOut, Options, Row

MOST_PEOPLE = 500_000
"""People whose names are kept in memory; later ones are known by their ids."""

AUTOMATIC = frozenset(
    {
        f"{place}_{event}"
        for place in ("channel", "group")
        for event in ("join", "leave", "archive", "unarchive", "name")
    }
    | {"channel_convert_to_private", "channel_convert_to_public", "channel_posting_permissions", "reply_broadcast"}
    | {"bot_add", "bot_remove", "bot_enable", "bot_disable", "app_conversation_join", "huddle_thread"}
    | {"pinned_item", "unpinned_item", "sh_room_created", "message_deleted", "message_replied", "tombstone"}
    | {"ekm_access_denied", "reminder_delete", "document_mention"}
)
"""Subtypes of what Slack itself writes. Everything else is what somebody wrote, also subtypes yet unknown.

`reminder_add` is not among them: it shows the channel the words of whoever sets a reminder.
"""

_MENTION = re.compile(r"<@([UW][A-Z0-9]{1,20})")


class SlackSource:
    """Comments of the public channels, and of the private ones that were named; direct messages stay closed.

    Channels in the order of their names, then by day, then as the export has them. Ids are Slack's `ts`. The text is
    what the author wrote; the words of blocks, attachments, a shared message and link previews follow it on lines of
    their own, where it does not say them already. What an account that is a bot's wrote is left out; what a webhook
    wrote, which has no account, is read like a person's.
    """

    format = Format.SLACK

    def __init__(self, archive: Archive, options: Options, meter: Meter) -> None:
        self.name = archive.name
        self.left_out = LeftOut()
        self._archive = archive
        self._options = options
        self._meter = meter
        root = root_of(archive)
        known = conversations(archive, root)
        self._plan: dict[str, list[str]] = {}
        private: set[str] = set()
        for folder, paths in day_files(archive, root).items():
            access = known.access(folder)
            if access is Access.DIRECT:
                self.left_out.direct += 1
                continue
            if access is Access.PRIVATE:
                private.add(folder)
            if access is Access.PUBLIC or folder.casefold() in options.private:
                self._plan[folder] = paths
                meter.expect(sum(archive.files[path] for path in paths))
        self.left_out.private = sorted(private - self._plan.keys())
        quiet = {name for name in listed(archive, root) if known.access(name) is Access.PUBLIC}
        self.channels: frozenset[str] | None = frozenset(private | self._plan.keys() | quiet)
        self._people, self._roles, self._bots = _people(archive, root, options)

    def rows(self) -> Generator[Row | BadRow]:
        """Yield a row for each comment; a damaged day file is one bad row, and the next day goes on."""
        number = 0
        for folder, paths in self._plan.items():
            for path in paths:
                seen: set[str] = set()
                try:
                    with Stream(self._archive.open(path), self._meter) as stream:
                        for message in items(stream):
                            number += 1
                            row = self._row(message, folder, number, seen)
                            if row is None:
                                number -= 1
                            else:
                                yield row
                except READING_ERRORS:
                    number += 1
                    yield BadRow(number, f"{self.name}: {path}", "the day file is damaged from here on")

    def _row(self, message: Any, folder: str, number: int, seen: set[str]) -> Row | BadRow | None:
        """Return the row of one entry; None for what nobody wrote, and for a thread's reply that was told twice."""
        if not isinstance(message, dict):
            return BadRow(number, f"{self.name}: {folder}", "the entry is no message")
        if message.get("subtype") == "message_changed" and isinstance(message.get("message"), dict):
            message = message["message"]
        if self._is_automatic(message):
            self.left_out.automatic += 1
            return None
        own, mark, more = message.get("text"), _string(message.get("ts")), list(beside(message))
        if not isinstance(own, str) and not more:
            return BadRow(number, f"{self.name}: {folder}", "it has no text")
        text = "\n".join(part for part in (_string(own), *more) if part)
        if len(text) > MAX_TEXT:
            return BadRow(number, f"{self.name}: {folder}", f"it is longer than {MAX_TEXT:,} characters")
        thread = _string(message.get("thread_ts"))
        if thread and thread != mark:  # replies sent to the channel as well stand in the export twice
            revision = f"{mark} {_edit(message)}"
            if revision in seen:
                return None
            seen.add(revision)
        comment = self._comment(message, text, folder, mark or str(number))
        return Row(number, self.name, comment, folder, self._options.kind_of(folder))

    def _comment(self, message: Mapping[str, Any], text: str, folder: str, mark: str) -> Comment:
        thread = _string(message.get("thread_ts"))
        user = _string(message.get("user")) or _string(message.get("bot_id"))
        name = self._people.get(user) or _name(message.get("user_profile")) or _string(message.get("username")) or user
        edit = _edit(message)
        return Comment(
            ref=CommentRef(ChannelRef(PLATFORM, _string(message.get("team")), folder), mark),
            text=text,
            author=Author(user, name, self._role(message, user)),
            posted_at=time_of(_string(message.get("ts"))),
            revision=edit,
            edited_at=time_of(edit),
            reply_to=thread if thread != mark and thread else None,
            thread=thread or None,
            mentions=tuple(dict.fromkeys(_MENTION.findall(text))),
            attachments=_attachments(message.get("files")),
        )

    def _role(self, message: Mapping[str, Any], user: str) -> AuthorRole:
        """Return the role given for the author's id or any of their names; those in the message only for strangers."""
        given = self._options.role_of(user) or self._roles.get(user)
        if given is None and not self._people.get(user):
            names = (*_names(message.get("user_profile")), _string(message.get("username")))
            given = self._options.role_of(*names)
        return given or AuthorRole.MEMBER

    def _is_automatic(self, message: Mapping[str, Any]) -> bool:
        kind, user = message.get("type", "message"), message.get("user")
        automatic = kind != "message" or message.get("subtype") in AUTOMATIC
        return automatic or user == "USLACKBOT" or user in self._bots


def _people(archive: Archive, root: str, options: Options) -> tuple[dict[str, str], dict[str, AuthorRole], set[str]]:
    """Return the names of people by id, the roles given for any of their names, and the ids of apps."""
    names: dict[str, str] = {}
    roles: dict[str, AuthorRole] = {}
    bots: set[str] = set()
    for path in USERS:
        for entry in entries(archive, root + path):
            user = _string(entry.get("id"))
            if entry.get("is_bot") is True:
                bots.add(user)
            elif user and len(names) < MOST_PEOPLE:
                names[user] = _name(entry.get("profile")) or _string(entry.get("name"))
                role = options.role_of(*_names(entry.get("profile")), *_names(entry))
                if role is not None:
                    roles[user] = role
    return names, roles, bots


def _names(profile: object) -> tuple[str, ...]:
    """Every name that a profile has, the one that people see first."""
    if not isinstance(profile, dict):
        return ()
    return tuple(name for key in ("display_name", "real_name", "name") if (name := _string(profile.get(key))))


def _name(profile: object) -> str:
    return next(iter(_names(profile)), "")


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _edit(message: Mapping[str, Any]) -> str:
    edited = message.get("edited")
    return _string(edited.get("ts")) if isinstance(edited, dict) else ""


def _attachments(files: object) -> tuple[Attachment, ...]:
    if not isinstance(files, list):
        return ()
    found = [file for file in files if isinstance(file, dict)]
    return tuple(
        Attachment(
            kind_of_media(_string(file.get("mimetype"))), size if type(size := file.get("size")) is int else None
        )
        for file in found
    )
