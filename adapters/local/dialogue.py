"""What waits between a person's action and the bot's answer: handles, open forms, and the three seconds."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.local.texts import RefusedError
from bot.errors import PlatformError
from bot.interface.cards import Card
from bot.interface.forms import FieldKind, Form, FormField

FIRST_ANSWER = 3.0
"""Seconds in which the first answer must come; a form can open only within them, as on Discord and Slack."""

LATER_ANSWER = 15 * 60.0
"""Seconds in which an interaction can be answered at all."""

MOST_REMEMBERED = 1000
"""Interactions that are remembered; older ones are forgotten first."""

SWITCHED_ON = "yes"
"""What a switch that is on answers; one that is off answers nothing."""


@dataclass(slots=True)
class Exchange:
    """One action of a person, and what has come of it."""

    account: str
    room: str | None
    began: float
    answered: bool = False
    form: Form | None = None
    card: Card | None = None


@dataclass(slots=True)
class Dialogue:
    """Every exchange under way, by its handle."""

    exchanges: OrderedDict[str, Exchange] = field(default_factory=OrderedDict)

    def begin(self, account: str, room: str | None) -> str:
        """Remember an action of `account` in `room`; return its handle."""
        handle = secrets.token_urlsafe(12)
        self.exchanges[handle] = Exchange(account, room, time.monotonic())
        while len(self.exchanges) > MOST_REMEMBERED:
            self.exchanges.popitem(last=False)
        return handle

    def answer(self, handle: str, card: Card) -> None:
        """Note the answer; raise `PlatformError` when it comes too late to be shown."""
        exchange = self._waiting(handle, LATER_ANSWER)
        exchange.answered, exchange.card = True, card

    def open_form(self, handle: str, form: Form) -> None:
        """Note that a form was opened; raise `PlatformError` unless it is the first answer and in time."""
        exchange = self._waiting(handle, FIRST_ANSWER)
        if exchange.answered:
            raise PlatformError("A form can only be the first answer to what a person did.")
        exchange.answered, exchange.form = True, form

    def form(self, handle: str, account: str) -> tuple[Form, str | None]:
        """Return the form that was opened for `account`, and in which room; it stays open until `submitted`."""
        exchange = self.exchanges.get(handle)
        if exchange is None or exchange.form is None or exchange.account != account:
            raise RefusedError("form_closed")
        return exchange.form, exchange.room

    def submitted(self, handle: str) -> None:
        """Close a form: it can be sent once."""
        self.exchanges[handle].form = None

    def shown(self, handle: str, account: str) -> Card | None:
        """Return the card that answered `account`, if there is one."""
        exchange = self.exchanges.get(handle)
        return exchange.card if exchange is not None and exchange.account == account else None

    def _waiting(self, handle: str, seconds: float) -> Exchange:
        exchange = self.exchanges.get(handle)
        if exchange is None or time.monotonic() - exchange.began > seconds:
            raise PlatformError("The answer came too late: the person has to try again.")
        return exchange


def filled_in(
    form: Form, raw: Mapping[str, object], people: frozenset[str], rooms: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Return what was entered, raising `RefusedError` wherever the real platforms would not let it through."""
    offered = {FieldKind.PERSON: people, FieldKind.CHANNEL: rooms}
    return {field.name: _entered(field, raw.get(field.name, ""), offered.get(field.kind)) for field in form.fields}


def _entered(field: FormField, value: object, allowed: frozenset[str] | None) -> str:
    entered = value if isinstance(value, str) else ""
    if field.kind is FieldKind.SWITCH:
        return SWITCHED_ON if value is True or entered == SWITCHED_ON else ""
    if field.required and not entered.strip():
        raise RefusedError("field_missing")
    if len(entered) > field.most:
        raise RefusedError("field_too_long", most=field.most)
    if field.kind is FieldKind.CHOICE:
        allowed = frozenset(choice.value for choice in field.choices)
    if entered and allowed is not None and entered not in allowed:
        raise RefusedError("field_choice")
    return entered
