"""Who gets what: the one place where settings become working parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from bot.alerts.mail import Mail, MailServer
from bot.app.packs import read_pack
from bot.domain.roster import Roster
from bot.policy.schema import Pack
from bot.screening.detectors import standard_detectors
from bot.screening.screener import PATIENCE, Screener
from bot.screening.toxicity.detoxify_model import DetoxifyModel, open_detoxify
from bot.screening.toxicity.embedded import SHIPPED, EmbeddedModel
from bot.settings import Settings
from bot.store import Store, open_store

THREADS = 2
"""Worker threads of the toxicity model, unless told otherwise."""


def load_policy(settings: Settings, name: str | None = None) -> Pack:
    """Return the pack called `name`, or the one in the settings; raise `PackError` if it is damaged."""
    return read_pack(name or settings.policy)


def policy_in_force(settings: Settings, roster: Roster | None) -> Pack:
    """Return the pack that judges the district's channels and keeps its records; raise `PackError` if it is damaged.

    It is the one that `CROSSING_GUARD_POLICY` names where that is set, else the one of the site file.
    """
    if roster is None or "policy" in settings.model_fields_set:
        return read_pack(settings.policy)
    return read_pack(roster.district.policy)


def load_model(settings: Settings, threads: int = THREADS) -> EmbeddedModel | DetoxifyModel:
    """Return the model that `CROSSING_GUARD_MODEL` names.

    `embedded` is the shipped one, `embedded:FOLDER` another of the same make; `detoxify:NAME` and
    `detoxify:checkpoint:PATH` are the detoxify package's. Raise `SettingsError` for a name that it does not have and
    `ModelError` if files or packages are missing or damaged.
    """
    kind, _, which = settings.model.partition(":")
    if kind == "detoxify":
        return open_detoxify(which, threads=threads)
    return EmbeddedModel(Path(which) if which else SHIPPED, threads=threads)


@asynccontextmanager
async def make_screener(
    settings: Settings, threads: int = THREADS, *, patience: float = PATIENCE
) -> AsyncIterator[Screener]:
    """Open the toxicity model and yield a screener with every standard detector.

    `patience` is how many seconds a comment may wait for its scores before it comes out unscored.
    """
    async with load_model(settings, threads) as model:
        yield Screener(model, standard_detectors(), patience=patience)


def make_mail(settings: Settings) -> Mail | None:
    """Return what sends mail to people without an account, if a server is set; raise `SettingsError` if it is wrong."""
    return None if settings.smtp_url is None else Mail(MailServer.parse(settings.smtp_url.get_secret_value()))


def open_database(settings: Settings) -> AbstractAsyncContextManager[Store]:
    """Open the store that the settings name; see `open_store` for what it raises."""
    return open_store(
        home=settings.home,
        url=settings.database_url.get_secret_value() if settings.database_url else None,
        key=settings.key.get_secret_value() if settings.key else None,
    )
