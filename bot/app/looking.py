"""What `doctor` sees on the platforms: whether each takes the token, and what the bot may do in its channels."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from importlib import import_module

from bot.app.connecting import Opener, discord_platform, slack_platform
from bot.cases.case import site_of
from bot.domain.channels import RegisteredChannel
from bot.domain.roster import Roster
from bot.errors import CrossingGuardError, PlatformError
from bot.interface.texts import say
from bot.platform.protocol import Platform
from bot.registry.checks import concerns
from bot.settings import Settings
from bot.store import HealthFact, Store

ALIVE = timedelta(minutes=3)
"""A bot whose heart beat so lately is connected, and is not disturbed by a second line."""

COMING_IN = 45.0
"""Seconds that a platform has to let the bot in."""

LOOKING = 15.0
"""Seconds that a look at one channel may take."""

_TITLES = {"discord": "Discord", "slack": "Slack"}


def set_up(settings: Settings) -> Mapping[str, Opener]:
    """Return the platforms whose token is set, and how each is opened."""
    found: dict[str, Opener] = {}
    if settings.discord_token is not None:
        found["discord"] = discord_platform
    if settings.slack_bot_token is not None or settings.slack_client_id is not None:
        found["slack"] = slack_platform
    return found


async def look_at_platforms(
    settings: Settings, store: Store, roster: Roster | None, now: datetime
) -> AsyncIterator[HealthFact]:
    """Yield what is found on each platform that is set up; a silent one holds nobody up for long."""
    platforms, beats = set_up(settings), await store.gaps.last_beats()
    if not platforms:
        yield HealthFact("platforms", well=True, sentence="No platform is set up; exports can be screened.")
    for name, opener in platforms.items():
        if name in beats and now - beats[name] < ALIVE:
            sentence = f"The running bot listens to {_TITLES[name]}; it looks at its channels every day."
            yield HealthFact(name, well=True, sentence=sentence)
            continue
        for fact in await _opened(name, opener, settings, store, roster):
            yield fact


async def _opened(
    name: str, opener: Opener, settings: Settings, store: Store, roster: Roster | None
) -> list[HealthFact]:
    title, facts = _TITLES[name], list[HealthFact]()
    opening = opener(settings, store)
    try:
        async with asyncio.timeout(COMING_IN):
            connection = await opening.__aenter__()
    except TimeoutError:
        sentence = f"{title} did not let the bot in within {COMING_IN:g} seconds; see that the network is up."
        return [HealthFact(name, well=False, sentence=sentence)]
    except CrossingGuardError as error:
        return [HealthFact(name, well=False, sentence=str(error))]
    try:
        facts += await _seen(name, connection.platform)
        if roster is not None:
            channels = [one.registered for one in await store.channels.all()]
            mine = [one for one in channels if one.ref.platform == name and one.watched]
            facts += [await _channel(connection.platform, one, roster) for one in mine]
    finally:
        await opening.__aexit__(None, None, None)
    return facts


async def _seen(name: str, platform: Platform) -> list[HealthFact]:
    title = _TITLES[name]
    try:
        async with asyncio.timeout(LOOKING):
            seen = await platform.channels()
    except (PlatformError, TimeoutError) as error:
        reason = str(error) or "it did not answer in time"
        return [HealthFact(name, well=False, sentence=f"{title} does not show the bot its channels: {reason}")]
    sentence = f"{title} takes the token; channels that the bot can see: {len(seen)}.{_invitation(name, platform)}"
    limits = [HealthFact(name, well=False, sentence=one) for one in getattr(platform, "limits", ())]
    return [HealthFact(name, well=True, sentence=sentence), *limits]


def _invitation(name: str, platform: Platform) -> str:
    """Return how the bot is brought into a server; Slack's apps are installed in the browser instead."""
    application = getattr(getattr(platform, "client", None), "application_id", None)
    if name != "discord" or application is None:
        return ""
    return f" Invite it with {import_module('adapters.discord.permissions').invite_link(application)}"


async def _channel(platform: Platform, channel: RegisteredChannel, roster: Roster) -> HealthFact:
    try:
        async with asyncio.timeout(LOOKING):
            facts = await platform.inspect(channel.ref)
    except (PlatformError, TimeoutError) as error:
        reason = str(error) or "the platform did not answer in time."
        return HealthFact("permissions", well=False, sentence=f"{channel.name}: {reason}")
    wrong = concerns(channel, facts, roster, site_of(roster, channel)).sentences
    if wrong:
        told = " ".join(say(one, "en") for one in wrong)
        return HealthFact("permissions", well=False, sentence=f"{channel.name}: {told}")
    return HealthFact("permissions", well=True, sentence=f"{channel.name}: private, and the bot may do its work.")
