"""A platform in memory: it keeps what people would see, and fails when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.comments import ChannelRef, Comment, CommentRef
from bot.errors import PlatformError
from bot.interface.cards import Card
from bot.interface.forms import Form
from bot.platform.capabilities import Capability
from bot.platform.events import Event, Interaction
from bot.platform.protocol import ChannelFacts, Delivery, Recipient, SeenChannel


@dataclass
class Shown:
    to: Recipient
    card: Card
    language: str


class Recorder:
    """`shown` has every card delivered, as it stands now; `refuses` and `failures` say who and how often it fails."""

    def __init__(self, name: str = "discord", *capabilities: Capability) -> None:
        self.name = name
        self.capabilities = frozenset(capabilities)
        self.shown: dict[str, Shown] = {}
        self.answers: list[tuple[Interaction, Card]] = []
        self.forms: list[tuple[Interaction, Form]] = []
        self.removed: list[tuple[CommentRef, str]] = []
        self.timed_out: list[tuple[str, timedelta, str]] = []
        self.taken_out: list[tuple[str, str]] = []
        self.first = asyncio.Event()
        self.failures = 0
        self.refuses: set[str] = set()
        self.comments: dict[CommentRef, Comment] = {}
        self.pinned: list[Delivery] = []
        self.homes: dict[str, tuple[Card, ...]] = {}
        self.seen: tuple[SeenChannel, ...] = ()
        self.readers: dict[ChannelRef, frozenset[str]] = {}
        self.facts = ChannelFacts("alerts", (), frozenset(), ())

    def _may_fail(self, account: str | None = None) -> None:
        if self.failures or account in self.refuses:
            self.failures = max(0, self.failures - 1)
            raise PlatformError("The platform did not answer.")

    async def events(self) -> AsyncIterator[Event]:
        nothing: tuple[Event, ...] = ()
        for event in nothing:
            yield event

    async def history(self, channel: ChannelRef, after: datetime) -> AsyncIterator[Comment]:
        nothing: tuple[Comment, ...] = ()
        for comment in nothing:
            yield comment

    async def deliver(self, card: Card, to: Recipient, language: str) -> Delivery:
        self._may_fail(to.person)
        message = str(len(self.shown))
        self.first.set()
        self.shown[message] = Shown(to, card, language)
        return Delivery("direct", message)

    async def update(self, delivery: Delivery, card: Card, language: str) -> None:
        self._may_fail(self.shown[delivery.message].to.person)
        self.shown[delivery.message].card = card

    async def answer(self, interaction: Interaction, card: Card) -> None:
        self.answers.append((interaction, card))

    async def open_form(self, interaction: Interaction, form: Form) -> None:
        self.forms.append((interaction, form))

    async def read(self, ref: CommentRef) -> Comment | None:
        self._may_fail()
        return self.comments.get(ref)

    async def remove_member(self, channel: ChannelRef, person: str, reason: str) -> None:
        if Capability.REMOVE_MEMBER not in self.capabilities:
            raise PlatformError("This platform cannot do that.")
        self._may_fail()
        self.taken_out.append((person, reason))

    async def pin(self, delivery: Delivery) -> None:
        self._may_fail()
        self.pinned.append(delivery)

    async def show_home(self, person: str, cards: Sequence[Card], language: str) -> None:
        self._may_fail(person)
        self.homes[person] = tuple(cards)

    async def channels(self) -> tuple[SeenChannel, ...]:
        self._may_fail()
        return self.seen

    async def members(self, channel: ChannelRef) -> frozenset[str]:
        self._may_fail()
        return self.readers.get(channel, frozenset())

    async def remove_comment(self, ref: CommentRef, reason: str) -> None:
        self._may_fail()
        self.removed.append((ref, reason))

    async def time_out_member(self, channel: ChannelRef, person: str, span: timedelta, reason: str) -> None:
        if Capability.TIME_OUT_MEMBER not in self.capabilities:
            raise PlatformError("This platform cannot do that.")
        self._may_fail()
        self.timed_out.append((person, span, reason))

    async def inspect(self, channel: ChannelRef) -> ChannelFacts:
        self._may_fail()
        return self.facts
