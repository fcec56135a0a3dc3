"""The notice in a channel: nothing is read before the bot has said there that it will be (R1, R12)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.domain.channels import ChannelStatus, RegisteredChannel, missing_facts
from bot.domain.comments import ChannelRef
from bot.errors import PlatformError
from bot.interface.cards import Button, Card, Tone, Verb
from bot.interface.texts import say, text
from bot.platform.capabilities import Capability
from bot.platform.protocol import Delivery, Platform, Recipient
from bot.policy.words import Language
from bot.store import Store

log = logging.getLogger(__name__)


def notice_card(languages: tuple[Language, ...], token: str) -> Card:
    """Return the notice: that the channel is looked after, by whom, and how to report, in each of the languages.

    Its button says that somebody has read the channel's guidelines (R32); `token` is the channel's.
    """
    keys = ("notice.watched", "notice.report", "notice.guidelines")
    lines = (say(text(key), language) for language in languages for key in keys)
    return Card(
        title=text("notice.title"),
        lines=tuple(text("plain", value=line) for line in lines),
        buttons=(Button(Verb.NETIQUETTE, token, Tone.PRIMARY),),
    )


async def post_notices(
    store: Store, platforms: Mapping[str, Platform], languages: tuple[Language, ...], today: date
) -> tuple[ChannelRef, ...]:
    """Post the notice in every channel that waits for nothing else; `languages` are the district's, at least one.

    Return the channels that are watched from now on. A platform that refuses leaves its channel unread; it is tried
    again the next time.
    """
    watched: list[ChannelRef] = []
    for stored in await store.channels.all():
        channel = stored.registered
        platform = platforms.get(channel.ref.platform)
        if platform is None or not _waits_for_its_notice(channel, today):
            continue
        try:
            card = notice_card(languages, str(stored.id))
            delivery = await platform.deliver(card, Recipient(channel=channel.ref), languages[0])
        except PlatformError as error:
            log.warning("The notice in a channel could not be posted (%s); it is not read yet.", type(error).__name__)
            continue
        await pinned(platform, [delivery])
        await store.channels.save(replace(channel, notice_posted_on=today))
        watched.append(channel.ref)
    return tuple(watched)


async def pinned(platform: Platform, posted: Sequence[Delivery]) -> bool:
    """Pin what was posted where that is possible; what cannot be pinned still stands in its channel."""
    if Capability.PIN not in platform.capabilities:
        return False
    try:
        for delivery in posted:
            await platform.pin(delivery)
    except PlatformError as error:
        log.warning("What the bot posted in a channel could not be pinned (%s).", type(error).__name__)
        return False
    return True


def _waits_for_its_notice(channel: RegisteredChannel, today: date) -> bool:
    approved = channel.status is ChannelStatus.APPROVED and channel.notice_posted_on is None
    return approved and not missing_facts(replace(channel, notice_posted_on=today))
