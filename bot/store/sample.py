"""A day's sample: a few comments chosen by chance that nobody flagged or reported, with links to read them in place.

Promise: no link leads to a comment that has a case, whenever the case began. Its card alone decides who is shown the
link (R16, R25). A case may begin after the sample was chosen, so the sample is looked at again whenever it is read.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema import flags, review_items

SAMPLE = 2
"""How many comments of a channel's day are chosen."""

_AT_ONCE = 500

Chosen = list[list[str]]
"""A sample as a row keeps it: of each comment its id and its link."""


async def choose(connection: AsyncConnection, channel_id: int, links: Mapping[str, str | None]) -> Chosen:
    """Choose from these comments of a channel; those without a link and those with a case are left out."""
    linked = sorted(comment for comment, link in links.items() if link)
    secrets.SystemRandom().shuffle(linked)
    chosen: Chosen = []
    for start in range(0, len(linked), _AT_ONCE):
        some = linked[start : start + _AT_ONCE]
        cases = await _with_a_case(connection, channel_id, some)
        chosen += [[comment, str(links[comment])] for comment in some if comment not in cases]
        if len(chosen) >= SAMPLE:
            break
    return chosen[:SAMPLE]


async def to_show(connection: AsyncConnection, entries: Sequence[Row[Any]]) -> dict[tuple[int, date], tuple[str, ...]]:
    """Return the links that may be shown now of the samples of these entries, by channel and day."""
    sampled = {(row.channel_id, row.day): _chosen(row.sample) for row in entries if row.sample}
    by_channel: dict[int, set[str]] = {}
    for (channel_id, _), chosen in sampled.items():
        by_channel.setdefault(channel_id, set()).update(comment for comment, _ in chosen)
    cases: dict[int, set[str]] = {}
    for channel_id, comments in by_channel.items():
        cases[channel_id] = await _with_a_case(connection, channel_id, comments)
    return {
        (channel_id, day): tuple(link for comment, link in chosen if comment not in cases[channel_id])
        for (channel_id, day), chosen in sampled.items()
    }


def _chosen(kept: Sequence[Any]) -> Chosen:
    """Return a sample without the bare links of older versions: nobody can tell which comments they lead to."""
    return [item for item in kept if not isinstance(item, str)]


async def _with_a_case(connection: AsyncConnection, channel_id: int, comments: Collection[str]) -> set[str]:
    """Return those of a channel's comments that have a case, in whatever revision."""
    found: set[str] = set()
    ordered = sorted(comments)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        for table in (flags, review_items):
            here = (table.c.channel_id == channel_id) & table.c.comment.in_(some)
            found.update((await connection.execute(select(table.c.comment).where(here))).scalars())
    return found
