"""A person's own page of the bot: today's channels, one's own channels and reports, how to report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.interface.cards import Card, Fact
from bot.interface.daily import named
from bot.interface.texts import Text, paired, text

MOST_CHANNELS = 12
"""How many channels a card of the page names."""


@dataclass(frozen=True, slots=True)
class Live:
    """A channel's numbers of the day so far; `open` are the cases that wait for the reader, of whichever day."""

    posted: int
    screened: int
    unscored: int
    open: int
    gaps: int


def live_text(live: Live) -> Text:
    """Return a channel's numbers in one line; what is in order is not mentioned."""
    parts = [text("home.numbers", posted=live.posted, screened=live.screened)]
    more = (("open", live.open), ("unscored", live.unscored), ("gaps", live.gaps))
    for key, count in more:
        if count:
            parts.append(text(f"home.{key}", count=count))
    return paired(parts)


def today_card(site: str, on: date | None, channels: Sequence[Fact]) -> Card:
    """Return a site's channels today. Before its first day is taken up there is no `on`, and no number."""
    title = text("home.channels", site=site) if on is None else text("home.today", site=site, day=named(on))
    return Card(title, lines=_rest(channels), facts=tuple(channels[:MOST_CHANNELS]))


def yours_card(channels: Sequence[Fact]) -> Card:
    """Return how the channels stand that the reader is responsible for."""
    hint = () if channels else (text("home.no_channels"),)
    return Card(
        text("home.yours"),
        lines=(*hint, *_rest(channels), text("home.register")),
        facts=tuple(channels[:MOST_CHANNELS]),
    )


def report_card() -> Card:
    """Return how anybody reports a comment."""
    return Card(text("home.report"), lines=(text("home.report_how"), text("home.report_sealed"), text("report.danger")))


def reports_card(reports: Sequence[Fact]) -> Card:
    """Return how far the reader's own reports are."""
    return Card(text("home.reports"), facts=tuple(reports))


def _rest(channels: Sequence[Fact]) -> tuple[Text, ...]:
    rest = len(channels) - MOST_CHANNELS
    return (text("daily.more_channels", count=rest),) if rest > 0 else ()
