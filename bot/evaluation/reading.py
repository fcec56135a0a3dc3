"""Has every text read and judged as a comment would be, many at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from bot.domain.assessments import Assessment, Judgement
from bot.domain.comments import Author, ChannelKind, ChannelRef, Comment, CommentRef
from bot.policy.judge import context_of, judge
from bot.policy.schema import Pack
from bot.screening.screener import Screener
from bot.screening.seams import Facts

AT_ONCE = 256
NOWHERE = ChannelRef("export", "", "")


class Read(NamedTuple):
    """What the screening says of one text, and what the policy makes of it."""

    assessment: Assessment
    judgement: Judgement


async def read_all(
    texts: Sequence[str], screener: Screener, pack: Pack, kind: ChannelKind = ChannelKind.CLASS
) -> AsyncIterator[Read]:
    """Yield what is said of each text, in their order, as of a comment by an unknown member in a channel of `kind`."""
    for start in range(0, len(texts), AT_ONCE):
        some = texts[start : start + AT_ONCE]
        for read in await asyncio.gather(*(_read(text, screener, pack, kind) for text in some)):
            yield read


async def _read(text: str, screener: Screener, pack: Pack, kind: ChannelKind) -> Read:
    comment = Comment(CommentRef(NOWHERE, ""), text, Author(""))
    assessment = await screener.assess(comment, Facts(channel_kind=kind))
    return Read(assessment, judge(pack, assessment, context_of(comment, kind)))
