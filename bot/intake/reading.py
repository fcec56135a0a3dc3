"""How intake has a comment read: screened with what the school knows of its place and people, then judged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.domain.assessments import Assessment, Judgement
from bot.domain.comments import Comment
from bot.policy.judge import Context, judge
from bot.policy.schema import Pack
from bot.screening.screener import Screener
from bot.screening.seams import Facts

FactsOf = Callable[[Comment], Awaitable[Facts]]
"""What the register and the roster know about a comment's channel and people."""


class Reader:
    """Reads one comment: the `Screen` that `Intake` asks for. Never raises for any text."""

    def __init__(self, screener: Screener, pack: Pack, facts_of: FactsOf) -> None:
        self._screener = screener
        self._pack = pack
        self._facts_of = facts_of

    async def __call__(self, comment: Comment) -> tuple[Assessment, Judgement]:
        """Return what screening found and what the pack makes of it."""
        facts = await self._facts_of(comment)
        assessment = await self._screener.assess(comment, facts)
        context = Context(len(comment.text), facts.author_role, facts.channel_kind, facts.addressed_roles)
        return assessment, judge(self._pack, assessment, context)

    async def explain(self, comment: Comment, assessment: Assessment, judgement: Judgement) -> Judgement:
        """Return the judgement with the words marked that carried its scores; see `Screener.explain`."""
        return await self._screener.explain(comment, assessment, judgement)
