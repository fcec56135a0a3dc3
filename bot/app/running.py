"""The running bot: everything opened in order, watched until told to stop, closed in order.

Promise: told to stop, the bot ends within ten seconds with exit code 0. Comments and errands in hand are finished where
that time allows; whatever is cut off was committed before or is done again at the next start.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from datetime import UTC, datetime, timedelta

from bot.app.assembly import assembled
from bot.app.connecting import chosen, connected
from bot.app.discreet import described, keep_discreet, keep_loop_discreet
from bot.app.guard import Guard
from bot.app.packs import read_pack
from bot.app.serving import serve
from bot.app.wiring import make_mail, make_screener, open_database, policy_in_force
from bot.errors import CrossingGuardError
from bot.registry.applying import apply
from bot.registry.site_file import SiteFile, read_site_file
from bot.settings import Settings

log = logging.getLogger(__name__)

LAST_MOMENT = 9.0
"""Seconds after the signal when the process ends, finished or not."""


def now() -> datetime:
    """Return the present, aware, in UTC."""
    return datetime.now(UTC)


async def watch_until_told(settings: Settings) -> None:
    """Keep watch until SIGTERM or SIGINT; raise `CrossingGuardError` for what keeps the bot from it."""
    keep_discreet(settings)
    keep_loop_discreet()
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, told.set)
    watching = asyncio.create_task(watch(settings), name="watch")
    telling = asyncio.create_task(told.wait(), name="told")
    await asyncio.wait([watching, telling], return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    if not watching.done():
        watching.cancel()
        await asyncio.wait([watching], timeout=LAST_MOMENT)
    if not watching.done():
        _end_now()
    if not watching.cancelled() and (error := watching.exception()) is not None:
        raise _as_one(error)


async def watch(settings: Settings) -> None:
    """Open everything and keep watch until cancelled."""
    chosen(settings)
    mail, site = make_mail(settings), _site_file(settings)
    async with open_database(settings) as store:
        if site is not None:
            await apply(store, site)
        pack = policy_in_force(settings, await store.registry.read())
        # Connected before the model is read: what a platform refuses is said at once, people are answered meanwhile.
        async with (
            connected(settings, store) as connections,
            make_screener(settings) as screener,
            assembled(
                store,
                {one.platform.name: one.platform for one in connections},
                screener,
                pack,
                now,
                mail=mail,
                context=settings.context,
                protected_for=timedelta(days=settings.watch_days),
            ) as parts,
            serve(settings.http, parts, connections),
        ):
            await Guard(parts).run()


def _site_file(settings: Settings) -> SiteFile | None:
    """Return what `CROSSING_GUARD_SITE_FILE` says; raise `CrossingGuardError` if it or its pack cannot be used."""
    if settings.site_file is None:
        return None
    file = read_site_file(settings.site_file)
    read_pack(file.district.policy)
    return file


def _as_one(error: BaseException) -> BaseException:
    """Return what a person can put right, out of everything that went wrong at the same time."""
    if isinstance(error, BaseExceptionGroup):
        ours, others = error.split(CrossingGuardError)
        error = _first(ours if ours is not None else others)
    if isinstance(error, Exception) and not isinstance(error, CrossingGuardError):
        # Its words, and those in its traceback, may quote a comment.
        return CrossingGuardError(f"The bot stopped over something unexpected ({described(error)}); start it again.")
    return error


def _first(group: BaseExceptionGroup[BaseException] | None) -> BaseException:
    error: BaseException = CrossingGuardError("The bot stopped; start it again.") if group is None else group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _end_now() -> None:
    """End without waiting for what does not end by itself. Nothing is lost: see the promise above."""
    log.warning("Something did not end in time; it is done again at the next start.")
    logging.shutdown()
    os._exit(0)
