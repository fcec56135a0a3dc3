"""Between a person's action and the bot's answer: what each interaction still allows, by the core's handle for it."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from adapters.slack.inert import Json
from adapters.slack.workspaces import Workspace
from bot.errors import PlatformError

MOST = 10_000
"""Exchanges that are remembered."""
TRIGGER = 2.8
"""Seconds after which a form cannot be opened any more; Slack's trigger ids live three."""
RESPONSE = 29 * 60.0
"""Seconds for which a response address can be used; Slack takes it for half an hour."""


@dataclass(eq=False)
class Exchange:
    """One action of a person. `view` is the modal it was done in; `acknowledging` waits for what takes its place."""

    workspace: Workspace
    user: str
    language: str
    channel: str = ""
    trigger: str = ""
    response_url: str = ""
    view: str = ""
    acknowledging: asyncio.Future[Json] | None = None
    began: float = field(default_factory=time.monotonic)
    opened: bool = False

    @property
    def age(self) -> float:
        """Seconds since Slack told of it."""
        return time.monotonic() - self.began

    def take_trigger(self) -> str:
        """Use the trigger id, which works once; raise `PlatformError` when it is used up or too old."""
        if self.opened or not self.trigger:
            raise PlatformError("Only one form can be opened for one press; please press again.")
        if self.age > TRIGGER:
            raise PlatformError("The form came too late for Slack, which waits three seconds; please press again.")
        self.opened = True
        return self.trigger

    def acknowledge_with(self, view: Json) -> bool:
        """Have a form that was sent replaced by `view`, if Slack is still waiting for what becomes of it."""
        if self.acknowledging is None or self.acknowledging.done():
            return False
        self.acknowledging.set_result(view)
        return True


class Exchanges:
    """Those under way; the oldest are forgotten."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Exchange] = OrderedDict()

    def begin(self, exchange: Exchange) -> str:
        """Remember an exchange; return its handle."""
        handle = secrets.token_urlsafe(12)
        self._known[handle] = exchange
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return handle

    def of(self, handle: str) -> Exchange:
        """Return an exchange; raise `PlatformError` when it is not remembered."""
        if (known := self._known.get(handle)) is None:
            raise PlatformError("This was too long ago to be answered; please press again.")
        return known
