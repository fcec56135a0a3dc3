"""The watch over a case's people: it raises new comments by whom it is about toward whom it protects.

A small stage around whatever reads comments. It knows keyed pseudonyms and no words; a comment that it raises becomes a
flag of its own that belongs to the older case, so whoever may not know of that one may not know of this one (R25).

- retaliation (R26): after a report, toward who reported or whom the reported comment addressed;
- follow-up (R22): until somebody looks again, by the same person toward the same people.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases.case import WATCHED_BY
from bot.domain.assessments import Assessment, Finding, Judgement
from bot.domain.categories import Category, Severity
from bot.domain.comments import Comment, CommentRef
from bot.errors import PlatformError, StoreError
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.store import ErrandKind, Store
from bot.store.outbox import Due
from bot.store.watches import Watch, WatchKind

log = logging.getLogger(__name__)

REFRESH_AFTER = timedelta(seconds=5)
"""How long another process's new watch may go unnoticed; this process's own are noticed at once."""

RETALIATION_FOR = timedelta(days=90)
"""How long after a report its people are watched over, unless told otherwise."""

_RULE = "retaliation"
_LEAST = {WatchKind.RETALIATION: Severity.HIGH, WatchKind.FOLLOW_UP: Severity.LOW}
_SAID = {
    WatchKind.RETALIATION: "Aimed at someone protected in an earlier case.",
    WatchKind.FOLLOW_UP: "By the same person toward the same person as in an earlier case.",
}

Screen = Callable[[Comment], Awaitable[tuple[Assessment, Judgement]]]


class PeopleWatch:
    """Raises what the watches are for. Where it cannot look, the comment is judged as it would be without it."""

    def __init__(
        self, store: Store, pack: Pack, clock: Callable[[], datetime], platforms: Mapping[str, Platform]
    ) -> None:
        self._store = store
        self._pack = pack
        self._clock = clock
        self._platforms = platforms
        self._subjects: dict[bytes, list[Watch]] = {}
        self._changes = -1
        self._looked_at = clock()

    def over(self, screen: Screen) -> Screen:
        """Return `screen` with the watch around it."""

        async def watched(comment: Comment) -> tuple[Assessment, Judgement]:
            assessment, judgement = await screen(comment)
            return assessment, await self.raised(comment, judgement)

        return watched

    async def raised(self, comment: Comment, judgement: Judgement) -> Judgement:
        """Return the judgement, raised when a watch stands over the comment; the older case is told of it."""
        watch = await self.look(comment)
        if watch is None:
            return judgement
        if watch.kind is WatchKind.FOLLOW_UP:
            await self._store.outbox.put(self._attached(comment, watch))
        return self._with(watch, comment, judgement)

    async def look(self, comment: Comment) -> Watch | None:
        """Return the watch that a comment concerns; a watch for retaliation comes first."""
        try:
            await self._refresh()
        except StoreError as error:
            log.warning("The watches could not be read again: %s", error)
        place = comment.ref.channel
        standing = self._subjects.get(self._store.watches.pseudonym(place, comment.author.id), [])
        if not standing:
            return None
        toward = {self._store.watches.pseudonym(place, account) for account in await self._addressed(comment)}
        now = self._clock()
        found = [watch for watch in standing if watch.protected in toward and watch.until >= now]
        return min(found, key=lambda watch: watch.kind is not WatchKind.RETALIATION, default=None)

    async def _addressed(self, comment: Comment) -> Iterable[str]:
        """Return whom a comment mentions, and whom it answers if the platform says."""
        if comment.reply_to is None:
            return comment.mentions
        platform = self._platforms.get(comment.ref.channel.platform)
        try:
            answered = await platform.read(CommentRef(comment.ref.channel, comment.reply_to)) if platform else None
        except PlatformError:
            answered = None
        return (*comment.mentions, *((answered.author.id,) if answered else ()))

    async def _refresh(self) -> None:
        now, changes = self._clock(), self._store.watches.changes
        if changes == self._changes and now - self._looked_at < REFRESH_AFTER:
            return
        subjects: dict[bytes, list[Watch]] = {}
        for watch in await self._store.watches.standing(now):
            subjects.setdefault(watch.subject, []).append(watch)
        self._subjects, self._changes, self._looked_at = subjects, changes, now

    def _with(self, watch: Watch, comment: Comment, judgement: Judgement) -> Judgement:
        retaliates = watch.kind is WatchKind.RETALIATION
        category = Category.RETALIATION if retaliates else Category.OTHER
        if not retaliates and judgement.categories:
            category = judgement.categories[0]
        finding = Finding(
            f"{WATCHED_BY}{watch.kind}:{watch.case.hex}", category, 0, len(comment.text), 1.0, _SAID[watch.kind]
        )
        rule = self._pack.rule(_RULE)
        if not judgement.flagged and retaliates and rule is not None:
            cited = self._pack.cite(rule, comment.author.role)
            judgement = Judgement(rule=rule.id, clause=cited.clause, consult=cited.consult)
        kinds = [category, *judgement.categories] if retaliates else [*judgement.categories, category]
        return replace(
            judgement,
            severity=max(judgement.severity, _LEAST[watch.kind]),
            categories=tuple(dict.fromkeys(kinds)),
            findings=(*judgement.findings, finding),
        )

    def _attached(self, comment: Comment, watch: Watch) -> Due:
        place = comment.ref.channel
        payload = {
            "case_id": str(watch.case),
            "platform": place.platform,
            "workspace": place.workspace,
            "channel": place.channel,
            "comment": comment.ref.comment,
            "since": self._clock().isoformat(),
        }
        once = f"{watch.case}:{place.channel}:{comment.ref.comment}"
        return Due(ErrandKind.ATTACH, payload, self._clock(), once=once)
