"""Keeps secrets and what people wrote out of the log, whichever library writes the line."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from pydantic import SecretStr

from bot.settings import Settings

log = logging.getLogger(__name__)

HIDDEN = "[hidden]"
_SHORTEST = 6
"""A secret shorter than this is no secret, and would take ordinary words out of the log."""


class Discreet(logging.Filter):
    """Takes secrets out of a line, and keeps of an exception only its kind and place: its words may quote anything."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = sorted({one for one in secrets if len(one) >= _SHORTEST}, key=len, reverse=True)

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the line where it must be; never keep it back."""
        message = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            message = f"{message} ({described(record.exc_info[1])})"
        record.exc_info, record.exc_text, record.stack_info = None, None, None
        for secret in self._secrets:
            message = message.replace(secret, HIDDEN)
        record.msg, record.args = message, ()
        return True


def keep_discreet(settings: Settings) -> None:
    """Have every handler of the program leave out what the settings hold as secrets."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    discreet = Discreet(value.get_secret_value() for value in values if isinstance(value, SecretStr))
    for handler in logging.getLogger().handlers:
        handler.addFilter(discreet)


def keep_loop_discreet() -> None:
    """Have the running loop tell of failures that nobody waits for by their kind and place alone.

    asyncio itself would write out the task, the error in it and what a callback was given: any of it may quote a
    comment. It holds until the loop is closed, also for what comes to light while it closes.
    """
    asyncio.get_running_loop().set_exception_handler(_untold)


def described(error: BaseException) -> str:
    """Return an error's kind and place, such as `ValueError at case.py:12`, and none of its words."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def _untold(_loop: asyncio.AbstractEventLoop, context: Mapping[str, object]) -> None:
    """Log what asyncio has to say. Its message is left out, too: it can hold a callback's arguments."""
    task, error = context.get("task") or context.get("future"), context.get("exception")
    name = f"“{task.get_name()}”" if isinstance(task, asyncio.Task) else "Something"
    what = f"failed ({described(error)})" if isinstance(error, BaseException) else "was left undone"
    log.error("%s %s, and nobody was waiting for it.", name, what)
