"""Writes small exports, as the platforms and their tools do, and odd ones that they would never write."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Message = dict[str, Any]
DAY = "2026-11-02"
NOON = 1793649600
"""2026-11-02, noon in Los Angeles, as Slack counts."""


def message(text: str | None, *, user: str = "U0MAYA0001", second: int = 0, **more: Any) -> Message:
    """Return a Slack message sent `second` seconds after noon."""
    found: Message = {"type": "message", "user": user, "ts": f"{NOON + second}.000100", **more}
    return found if text is None else {**found, "text": text}


def slack_files(
    days: Mapping[str, Sequence[object]], /, *, public: Sequence[str] | None = None, **lists: object
) -> dict[str, str]:
    """Return the files of an export in which each channel of `days` has one day.

    `public` are the channels that `channels.json` names (all, unless told otherwise); `lists` are further files at
    the top, by name without `.json`.
    """
    names = list(days) if public is None else public
    tops: dict[str, object] = {
        "channels": [{"id": f"C0{number:07}", "name": name} for number, name in enumerate(names)],
        "users": [
            {"id": "U0MAYA0001", "name": "maya", "profile": {"display_name": "Maya"}},
            {"id": "U0OMAR0001", "name": "omar", "profile": {"display_name": "", "real_name": "Omar"}},
            {"id": "U0BOT00001", "name": "bot", "is_bot": True},
        ],
        **lists,
    }
    files = {f"{name}.json": json.dumps(content) for name, content in tops.items() if content is not None}
    return files | {f"{name}/{DAY}.json": json.dumps(list(messages)) for name, messages in days.items()}


def write_zip(path: Path, files: Mapping[str, str]) -> Path:
    """Pack `files` into a ZIP at `path`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def discord_message(text: str | None, number: int = 1, **more: Any) -> Message:
    """Return a message as DiscordChatExporter writes it."""
    author = {"id": "300000000000000001", "name": "maya", "nickname": "Maya R.", "isBot": False, "roles": []}
    return {
        "id": str(400000000000000000 + number),
        "type": "Default",
        "timestamp": "2026-11-02T12:00:00.123-08:00",
        "timestampEdited": None,
        "content": text,
        "author": author,
        "attachments": [],
        "embeds": [],
        "stickers": [],
        "mentions": [],
        **more,
    }


def write_discord(
    path: Path,
    messages: Sequence[object],
    *,
    kind: str = "GuildTextChat",
    guild: str = "100000000000000001",
    name: str = "room-12",
) -> Path:
    """Write one channel as DiscordChatExporter does."""
    whole = {
        "guild": {"id": guild, "name": "Lincoln", "iconUrl": "https://cdn.example.com/i.png"},
        "channel": {"id": "200000000000000002", "type": kind, "name": name},
        "dateRange": {"after": None, "before": None},
        "messages": list(messages),
        "messageCount": len(messages),
    }
    path.write_text(json.dumps(whole, indent=2), encoding="utf-8")
    return path
