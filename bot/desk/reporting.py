"""Reports: anyone may tell the school about a comment (R21). Snapshot first, then a receipt with a code."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cases.watching import RETALIATION_FOR
from bot.desk.counter import Counter
from bot.desk.listening import Listening
from bot.domain.assessments import Judgement
from bot.domain.categories import Category, Severity
from bot.domain.channels import RegisteredChannel
from bot.domain.comments import Author, ChannelKind, ChannelRef, Comment, CommentRef
from bot.interface.cards import Card
from bot.interface.desk import receipt_card, said
from bot.interface.forms import report_form, ticked
from bot.platform.events import CommandUsed, FormSubmitted
from bot.platform.protocol import Platform
from bot.policy.schema import Pack
from bot.store import Store, Versions
from bot.store.reports import NewReport, ReportWords

MOST = 5
SPAN = timedelta(minutes=10)
"""A person may file `MOST` reports in this time: floods are limited kindly."""

OPEN_FOR = timedelta(minutes=30)
"""How long a form may stay open; the comment it is about is kept in memory meanwhile, as it was when it was opened."""

MOST_OPEN = 1000
MOST_WORDS = 1500
REPORTED = Judgement(Severity.MEDIUM, (Category.OTHER,), rule="report")
"""What a report is taken for until a person has read it, unless its words are urgent."""


@dataclass(frozen=True, slots=True)
class _Open:
    comment: Comment
    until: datetime


class Reporting(Counter):
    """Opens the report form and files what comes back."""

    commands = frozenset({"report"})
    forms = frozenset({"report"})

    def __init__(
        self,
        store: Store,
        pack: Pack,
        clock: Callable[[], datetime],
        *,
        protected_for: timedelta = RETALIATION_FOR,
    ) -> None:
        self._store = store
        self._protected_for = protected_for
        self._clock = clock
        self._listening = Listening(pack)
        self._versions = Versions(policy=f"{pack.name} {pack.identity.version}", model="a person's report")
        self._open: OrderedDict[str, _Open] = OrderedDict()

    async def used(self, event: CommandUsed, platform: Platform) -> None:
        """Open the form as the first answer; without a comment the report stands for itself."""
        token = secrets.token_urlsafe(12)
        where = event.interaction.where or ChannelRef(platform.name, "", "")
        comment = event.about or Comment(CommentRef(where, f"report-{token}"), "", Author(""))
        self._open[token] = _Open(comment, self._clock() + OPEN_FOR)
        while len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)
        await platform.open_form(event.interaction, report_form(token))

    async def submitted(self, event: FormSubmitted, platform: Platform) -> None:
        """File the report, comment and words sealed in one transaction, and give the receipt."""
        await platform.answer(event.interaction, await self._filed(event))

    async def _filed(self, event: FormSubmitted) -> Card:
        about = self._open.get(event.token)
        if about is None or about.until < self._clock():
            return said("report.expired")
        words = _words(event.values)
        if not words.what:
            return said("report.empty")
        channel_id = await self._channel(about.comment.ref.channel)
        heard = self._listening.hear(words.what, about.comment.text)
        report = NewReport(
            channel_id,
            about.comment,
            event.interaction.by,
            words,
            self._clock(),
            _begun(heard),
            self._versions,
            MOST,
            SPAN,
            self._clock() + self._protected_for,
            event.interaction.language,
            heard,
        )
        filed = await self._store.reports.file(report)
        if filed is None:
            return said("report.too_many")
        self._open.pop(event.token, None)
        return receipt_card(filed.code, unnamed=words.unnamed)

    async def _channel(self, ref: ChannelRef) -> int:
        """Return the channel's row; one that is on no register gets a pending entry, which nobody reads (R1, R29)."""
        known = {stored.registered.ref: stored.id for stored in await self._store.channels.all()}
        if ref in known:
            return known[ref]
        return await self._store.channels.save(RegisteredChannel(ref, ref.channel or ref.platform, ChannelKind.CLASS))


def _begun(heard: Judgement) -> Judgement:
    """Return what a case begins as that a report opens: as severe as its words, and of their kind."""
    categories = tuple(dict.fromkeys([*heard.categories, *REPORTED.categories]))
    return replace(REPORTED, severity=max(heard.severity, REPORTED.severity), categories=categories)


def _words(values: Mapping[str, str]) -> ReportWords:
    return ReportWords(
        values.get("what", "").strip()[:MOST_WORDS],
        values.get("target", "").strip()[:100],
        unnamed=ticked(values, "unnamed"),
        removal=ticked(values, "removal"),
    )
