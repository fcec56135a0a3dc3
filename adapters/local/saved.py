"""Keeping the local chat in a file, for a demo that goes on tomorrow.

This is the chat service's own memory, as Discord and Slack keep theirs: it holds messages in clear, in a file that
only its owner can read. The bot keeps nothing here.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from adapters.local.values import Explained, Message, Post, Silence
from adapters.local.world import Change, World
from bot.errors import InputError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Saved:
    """Everything that happened in a world."""

    messages: list[Message]
    posts: list[Post]
    silences: list[Silence]
    explained: list[Explained]


_SAVED = TypeAdapter(Saved)


def keep_in(world: World, file: Path) -> bool:
    """Read `file` into `world` if it is there, and write every later change back; return whether it was there.

    Raise `InputError` when it cannot be read. A change that cannot be written is logged, and the chat goes on.
    """
    found = file.exists()
    if found:
        try:
            saved = _SAVED.validate_json(file.read_bytes())
        except (OSError, ValidationError) as error:
            raise InputError(f"The saved chat {file.name} cannot be read; delete it to start afresh.") from error
        world.restore(saved.messages, saved.posts, saved.silences, saved.explained)

    def write(_change: Change) -> None:
        new = Saved(
            world.messages(), list(world.posts.values()), list(world.silences.values()), list(world.explained.values())
        )
        try:
            _replace(file, _SAVED.dump_json(new))
        except OSError as error:
            log.error("The chat could not be kept in its file: %s", type(error).__name__)  # noqa: TRY400

    world.listen(write)
    return found


def _replace(file: Path, content: bytes) -> None:
    """Write the file anew, so that a crash leaves either the old or the new one."""
    draft = file.with_name(f".{file.name}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
    draft.replace(file)
