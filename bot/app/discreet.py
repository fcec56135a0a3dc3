"""Keeps secrets and what people wrote out of the log, whichever library writes the line."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from pathlib import PurePath

from pydantic import SecretStr

from bot.settings import Settings

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
        if record.exc_info and record.exc_info[0] is not None:
            message = f"{message} ({record.exc_info[0].__name__}{_place(record.exc_info[1])})"
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


def _place(error: BaseException | None) -> str:
    frames = [] if error is None else traceback.extract_tb(error.__traceback__)
    return f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
