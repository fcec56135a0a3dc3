"""Asking Discord for something: with a time limit, and with one sentence for a person when it fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

import discord

from bot.errors import PlatformError

T = TypeVar("T")

log = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds that a call may take, its waits for rate limits included."""

MISSING_ACCESS, NO_DIRECT_MESSAGES, NO_PERMISSION = 50001, 50007, 50013
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_INTERACTION = 10003, 10008, 10062
ALREADY_ANSWERED = 40060
"""Error codes of Discord's documentation, “JSON error codes”."""

_SENTENCES = {
    MISSING_ACCESS: "the bot cannot see it. Let the bot's role view the channel",
    NO_DIRECT_MESSAGES: "this person takes no direct messages from the bot",
    NO_PERMISSION: "the bot lacks the permission. Compare its role with the table in docs/discord.md",
    UNKNOWN_CHANNEL: "the channel is gone",
    UNKNOWN_MESSAGE: "the message is gone",
    UNKNOWN_INTERACTION: "the answer came too late. The person has to try again",
    ALREADY_ANSWERED: "it was answered before",
}
_left_behind: set[asyncio.Task[Any]] = set()


class GoneError(PlatformError):
    """What was asked for is not there any more, or never was."""


class ClosedError(PlatformError):
    """Discord does not let the bot do this, and will not until a person changes something."""


async def asking(what: str, call: Coroutine[Any, Any, T], patience: float = PATIENCE) -> T:
    """Return what Discord answers. `what` completes “Discord could not …” in the sentence of a failure.

    Raise `GoneError` for 404, `ClosedError` for 403, `PlatformError` for anything else or when `patience` seconds are
    over. The call itself is never cut off: discord.py holds the lock of a global rate limit while it waits, and a
    cancelled wait would leave that lock closed for good.
    """
    task = asyncio.ensure_future(call)
    try:
        done, _ = await asyncio.wait([task], timeout=patience)
    finally:
        if not task.done():
            _left_behind.add(task)
            task.add_done_callback(_forget)
    if not done:
        raise PlatformError(f"Discord could not {what}: it did not answer in time. It is tried again.")
    try:
        return task.result()
    except discord.NotFound as error:
        raise GoneError(_sentence(what, error)) from error
    except discord.Forbidden as error:
        raise ClosedError(_sentence(what, error)) from error
    except discord.HTTPException as error:
        raise PlatformError(_sentence(what, error)) from error
    except Exception as error:  # whatever the library made of an answer: the caller is to try again, not to end
        raise PlatformError(f"Discord could not {what} ({type(error).__name__}). It is tried again.") from error


def _sentence(what: str, error: discord.HTTPException) -> str:
    """Return the failure in words. Discord's own text is left out: it can quote what was sent."""
    reason = _SENTENCES.get(error.code, f"it answered {error.status}, code {error.code}")
    return f"Discord could not {what}: {reason}."


def _forget(task: asyncio.Task[Any]) -> None:
    """Let a call go that nobody waits for any more."""
    _left_behind.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.debug("A late answer of Discord was an error (%s).", type(error).__name__)


def snowflake(told: str) -> int:
    """Return an id as Discord's number; raise `PlatformError` for anything that cannot be one."""
    if not (told.isascii() and told.isdigit() and len(told) <= 20):
        raise PlatformError("That is no id of Discord's: it must be a number of up to 20 digits.")
    return int(told)
