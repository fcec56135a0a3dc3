"""The daily look at a site's channels: are they private, do families know of them, is each one on the register.

Promise: one platform that does not answer hides nothing that another says (R12, R13, R14, R29).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.channels import RegisteredChannel
from bot.domain.roster import Roster, Site
from bot.errors import PlatformError
from bot.interface.texts import Text
from bot.platform.protocol import Platform, SeenChannel
from bot.registry.checks import Concerns, concerns, unregistered, untold
from bot.store import Store

Found = tuple[str, tuple[Text, ...]]
"""A channel's name, and what is wrong with it, a sentence each."""


@dataclass(frozen=True, slots=True)
class SiteNews:
    """Everything that should be put right at a site, whole and always in the same order: it is told anew by that.

    `found` names each channel once; `unregistered` are the channels that are on no register.
    """

    found: tuple[Found, ...]
    unregistered: tuple[str, ...]


class Looking:
    """Looks at the channels of a site. `platforms` are the connected ones, by name."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], *, families_every: int) -> None:
        self._store = store
        self._platforms = platforms
        self._families_every = families_every

    async def found(self, site: Site, roster: Roster, *, last: bool) -> list[Found]:
        """Return what is wrong with privacy and access in a site's channels (R13, R14), by the channel's name.

        Raise `PlatformError` when a platform does not answer; with `last`, leave out what it was asked.
        """
        looked = [await self._concerns(one, roster, site, last=last) for one in await self._watched(site)]
        return [(item.channel.name, item.sentences) for item in looked if item is not None and item.sentences]

    async def still_found(self, site: Site, roster: Roster, *, last: bool) -> list[Found] | None:
        """Return what is wrong now, for news that are told once: nothing at all while a platform keeps it from us.

        Raise `PlatformError` when a platform does not answer, but with `last` return what the others say.
        """
        try:
            return await self.found(site, roster, last=False)
        except PlatformError:
            if not last:
                raise
            return await self.found(site, roster, last=True) or None

    async def news(self, site: Site, found: Sequence[Found], today: date, *, last: bool) -> SiteNews | None:
        """Return `found` with the families to be told again (R12) and unregistered channels; nothing if all is well.

        Raise `PlatformError` when a platform does not answer; with `last`, leave out the channels it would name.
        """
        told_late = [
            (channel.name, (sentence,))
            for channel in await self._watched(site)
            if (sentence := untold(channel, today, self._families_every)) is not None
        ]
        channels = [one.registered for one in await self._store.channels.all()]
        unknown = unregistered(await self._seen(site, last=last), channels, site)
        together: dict[str, tuple[Text, ...]] = {}
        for name, sentences in (*found, *told_late):
            together[name] = together.get(name, ()) + sentences
        news = SiteNews(tuple(together.items()), tuple(sorted(one.name for one in unknown)))
        return news if news.found or news.unregistered else None

    async def _watched(self, site: Site) -> list[RegisteredChannel]:
        channels = [one.registered for one in await self._store.channels.all()]
        return [channel for channel in channels if channel.site == site.key and channel.watched]

    async def _concerns(self, channel: RegisteredChannel, roster: Roster, site: Site, *, last: bool) -> Concerns | None:
        platform = self._platforms.get(channel.ref.platform)
        if platform is None:
            return None
        try:
            facts = await platform.inspect(channel.ref)
        except PlatformError:
            if not last:
                raise
            return None
        return concerns(channel, facts, roster, site)

    async def _seen(self, site: Site, *, last: bool) -> tuple[SeenChannel, ...]:
        found: list[SeenChannel] = []
        for name in {ref.platform for ref in site.channels} & self._platforms.keys():
            try:
                found += await self._platforms[name].channels()
            except PlatformError:
                if not last:
                    raise
        return tuple(found)
