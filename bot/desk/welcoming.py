"""The counter of the guidelines: shown, posted, greeted with, and acknowledged once a school year (R32).

Promise: only who works at a channel's site has the guidelines posted there; it is checked again at the press.
It also tells the site of what becomes of its channels: renamed, archived, gone, no longer readable.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cases.book import CaseBook
from bot.cases.case import site_of
from bot.desk.counter import Counter
from bot.domain.comments import ChannelRef
from bot.domain.roster import Roster
from bot.errors import PlatformError
from bot.interface.cards import Button, Card, Tone, Verb
from bot.interface.commands import RUNNERS
from bot.interface.desk import netiquette_card, said
from bot.interface.registry import news_card
from bot.interface.texts import LANGUAGES
from bot.platform.events import (
    ButtonPressed,
    ChannelChanged,
    ChannelNews,
    CommandUsed,
    HomeOpened,
    Interaction,
    MemberJoined,
)
from bot.platform.protocol import Platform, Recipient
from bot.policy.schema import Pack
from bot.registry.announcing import Announcer
from bot.registry.notices import pinned
from bot.registry.schoolyear import label, school_year
from bot.store import Store, StoredChannel

SAME_NEWS = timedelta(minutes=1)
"""Within this time the same news about another channel of the site is the same news."""

SAME_PRESS = timedelta(minutes=1)
"""Within this time a second press to post the guidelines in a channel is the same press."""

log = logging.getLogger(__name__)


class Welcoming(Counter):
    """Answers `netiquette` and its buttons; greets new members; passes news of channels on."""

    commands = frozenset({"netiquette"})
    verbs = frozenset({Verb.NETIQUETTE, Verb.POST_NETIQUETTE})

    def __init__(
        self, store: Store, pack: Pack, clock: Callable[[], datetime], book: CaseBook, announcer: Announcer
    ) -> None:
        self._store = store
        self._pack = pack
        self._clock = clock
        self._book = book
        self._announcer = announcer
        self._said: dict[tuple[str, str, str], datetime] = {}
        self._posted: dict[int, datetime] = {}

    async def used(self, event: CommandUsed, platform: Platform) -> None:
        """Show the guidelines; in a registered channel with the button, for who works there with one to post them."""
        ask = event.interaction
        stored = await self._stored(ask.where) if ask.where else None
        card = self._guidelines(ask.language, stored)
        if stored is not None and _works_there(await self._book.read_roster(), ask, stored, platform):
            card = replace(card, buttons=(*card.buttons, Button(Verb.POST_NETIQUETTE, str(stored.id))))
        await platform.answer(ask, card)

    async def pressed(self, event: ButtonPressed, platform: Platform) -> None:
        """Note that the person has read the guidelines of the channel, or post them there."""
        stored = await self._called(event.token)
        if stored is None:
            answer = said("desk.unknown")
        elif event.verb == Verb.POST_NETIQUETTE:
            answer = await self._post(event.interaction, stored, platform)
        else:
            answer = await self._note(event.interaction, stored)
        await platform.answer(event.interaction, answer)

    async def _note(self, ask: Interaction, stored: StoredChannel) -> Card:
        year = school_year(self._today(await self._book.read_roster()))
        await self._store.acknowledgements.add(stored.id, stored.registered.ref, ask.by.id, year, self._clock())
        return said("netiquette.noted", channel=stored.registered.name, year=label(year))

    async def _post(self, ask: Interaction, stored: StoredChannel, platform: Platform) -> Card:
        """Post the guidelines in the channel, in all of the district's languages, and pin them where that is possible.

        Raises `PlatformError` when they could not all be posted; the next press tries again.
        """
        roster, channel = await self._book.read_roster(), stored.registered
        if not _works_there(roster, ask, stored, platform):
            return said("desk.not_for_you")
        if not channel.watched or channel.ref.platform != platform.name:
            return said("desk.unknown")
        now = self._clock()
        self._posted = {row: at for row, at in self._posted.items() if now - at < SAME_PRESS}
        if stored.id in self._posted:
            return said("netiquette.just_posted", channel=channel.name)
        # Noted before anything is waited for, so that of two presses at once one posts.
        self._posted[stored.id] = now
        languages = [language for language in LANGUAGES if language in roster.district.languages] or ["en"]
        try:
            where = [
                await platform.deliver(self._guidelines(one, stored), Recipient(channel=channel.ref), one)
                for one in languages
            ]
        except PlatformError:
            del self._posted[stored.id]
            raise
        stands_out = await pinned(platform, where)
        return said("netiquette.pinned" if stands_out else "netiquette.posted", channel=channel.name)

    async def told(self, event: MemberJoined | ChannelChanged | HomeOpened, platform: Platform) -> None:
        """Greet a new member of watched channels; tell the site what became of one of its channels."""
        if isinstance(event, MemberJoined):
            await self._greet(event, platform)
        elif isinstance(event, ChannelChanged):
            await self._pass_on(event)

    async def _greet(self, event: MemberJoined, platform: Platform) -> None:
        watched = [stored for ref in event.channels if (stored := await self._stored(ref)) is not None]
        for stored in watched[:1]:
            card = self._guidelines(event.language, stored)
            try:
                await platform.deliver(card, Recipient(person=event.person.id), event.language)
            except PlatformError:
                log.info("A new member could not be greeted: their direct messages are closed.")

    async def _pass_on(self, event: ChannelChanged) -> None:
        roster = await self._book.read_roster()
        stored = await self._stored(event.channel)
        site = None if stored is None else roster.sites.get(stored.registered.site or "")
        if stored is not None and site is not None and self._is_news(event, site.key):
            await self._announcer.tell(site, news_card(str(event.news), stored.registered.name))

    def _is_news(self, event: ChannelChanged, site: str) -> bool:
        """Whether the site was not just told the same: what concerns a whole server comes for each channel."""
        if event.news not in (ChannelNews.OPENED_UP, ChannelNews.MODERATED):
            return True
        self._said = {key: at for key, at in self._said.items() if event.at - at < SAME_NEWS}
        key = (site, str(event.news), event.by or "")
        is_new = key not in self._said
        self._said.setdefault(key, event.at)
        return is_new

    def _guidelines(self, language: str, stored: StoredChannel | None) -> Card:
        netiquette = self._pack.netiquette["es" if language == "es" else "en"]
        points = {number: words.replace("**", "") for number, words in netiquette.points.items()}
        buttons = () if stored is None else (Button(Verb.NETIQUETTE, str(stored.id), Tone.PRIMARY),)
        return netiquette_card(points, buttons)

    async def _stored(self, where: ChannelRef) -> StoredChannel | None:
        channels = await self._store.channels.all()
        return next((one for one in channels if one.registered.ref == where and one.registered.watched), None)

    async def _called(self, token: str) -> StoredChannel | None:
        return next((one for one in await self._store.channels.all() if str(one.id) == token), None)

    def _today(self, roster: Roster) -> date:
        return self._clock().astimezone(ZoneInfo(roster.district.time_zone)).date()


def _works_there(roster: Roster, ask: Interaction, stored: StoredChannel, platform: Platform) -> bool:
    person = roster.person_at(platform.name, ask.by.id)
    return person is not None and bool(roster.roles(person.key, site_of(roster, stored.registered)) & RUNNERS)
