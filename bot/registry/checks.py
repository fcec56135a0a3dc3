"""What the platform says of a watched channel, against what it should be: private, and with the school in charge."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from bot.domain.channels import RegisteredChannel
from bot.domain.roster import Roster, Site
from bot.interface.texts import Text, paired, text
from bot.platform.protocol import ChannelFacts, SeenChannel


@dataclass(frozen=True, slots=True)
class Concerns:
    """What a person should put right in one channel, a sentence each."""

    channel: RegisteredChannel
    sentences: tuple[Text, ...]


def concerns(channel: RegisteredChannel, facts: ChannelFacts, roster: Roster, site: Site) -> Concerns:
    """Return what is wrong with a channel's privacy (R14), its administrative access (R13) and the bot's powers."""
    return Concerns(channel, tuple(_sentences(channel, facts, roster, site)))


def _sentences(channel: RegisteredChannel, facts: ChannelFacts, roster: Roster, site: Site) -> Iterator[Text]:
    if facts.open_to:
        yield text("check.open_to", who=paired([text(f"outsiders.{who.name.lower()}") for who in facts.open_to]))
    if facts.missing:
        yield text("check.missing", what=", ".join(facts.missing))
    heads = [site.site_administrator, *site.designees]
    accounts = [roster.people[key].accounts.get(channel.ref.platform) for key in heads if key in roster.people]
    if facts.administrators and not any(account in facts.administrators for account in accounts if account):
        yield text("check.no_administrator")


def untold(channel: RegisteredChannel, today: date, months: int) -> Text | None:
    """Return the sentence that families are to be told again, `months` after they last were (R12)."""
    told = channel.parents_notified_on
    if (
        told is None
        or _months(today) - _months(told) < months
        or (_months(today) - _months(told) == months and today.day < told.day)
    ):
        return None
    return text("check.tell_families", day=told.isoformat())


def _months(day: date) -> int:
    return 12 * day.year + day.month


def unregistered(
    seen: Collection[SeenChannel], channels: Collection[RegisteredChannel], site: Site
) -> tuple[SeenChannel, ...]:
    """Return the channels the bot can see beside this site's that are on no register (R29).

    The alert channel is the bot's own, and workspaces where the site has no channel are somebody else's.
    """
    known = {channel.ref for channel in channels} | ({site.alert_channel} if site.alert_channel else set())
    own = {(ref.platform, ref.workspace) for ref in site.channels}
    return tuple(one for one in seen if one.ref not in known and (one.ref.platform, one.ref.workspace) in own)
