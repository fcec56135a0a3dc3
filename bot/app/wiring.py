"""Who gets what: the one place where settings become working parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.errors import SettingsError
from bot.policy.loader import load_pack
from bot.policy.schema import Pack
from bot.screening.detectors import standard_detectors
from bot.screening.screener import Screener
from bot.screening.toxicity.embedded import SHIPPED, EmbeddedModel
from bot.settings import Settings

THREADS = 2
"""Worker threads of the toxicity model, unless told otherwise."""


def load_policy(settings: Settings, name: str | None = None) -> Pack:
    """Return the pack called `name`, or the one in the settings; raise `PackError` if it is damaged."""
    return load_pack(name or settings.policy)


def load_model(settings: Settings, threads: int = THREADS) -> EmbeddedModel:
    """Return the model that `CROSSING_GUARD_MODEL` names: `embedded`, or `embedded:FOLDER` of the same make.

    Raise `SettingsError` for any other word and `ModelError` if its files are damaged.
    """
    kind, _, folder = settings.model.partition(":")
    if kind != "embedded":
        raise SettingsError("CROSSING_GUARD_MODEL must be “embedded” or “embedded:FOLDER”.")
    return EmbeddedModel(Path(folder) if folder else SHIPPED, threads=threads)


@asynccontextmanager
async def make_screener(settings: Settings, threads: int = THREADS) -> AsyncIterator[Screener]:
    """Open the toxicity model and yield a screener with every standard detector."""
    async with load_model(settings, threads) as model:
        yield Screener(model, standard_detectors())
