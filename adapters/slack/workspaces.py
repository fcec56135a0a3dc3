"""The workspaces in which the app is installed: one by its token, or many by the installations in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from adapters.slack.calls import Calls
from adapters.slack.people import People
from adapters.slack.refusals import UNKNOWN_TOKEN, RefusedError
from bot.errors import PlatformError, SettingsError

Call = Callable[[str], Calls]
"""Makes the calls for a token."""

TokenOf = Callable[[str], Awaitable[str | None]]
"""Finds a workspace's bot token among the installations."""


@dataclass(eq=False)
class Workspace:
    """One workspace, with the bot in it. `address` is where its messages can be read, such as `https://x.slack.com`."""

    team: str
    bot_user: str
    bot_id: str
    address: str
    calls: Calls
    people: People
    channels: set[str] = field(default_factory=set)
    """The channels that the bot is known to be in."""


class Workspaces:
    """Finds a workspace by its team id. `token_of` is asked for one that is not known yet."""

    def __init__(self, call: Call, token_of: TokenOf | None = None) -> None:
        self._call = call
        self._token_of = token_of
        self._known: dict[str, Workspace] = {}
        self._looking = asyncio.Lock()

    def all(self) -> tuple[Workspace, ...]:
        """Return those known so far."""
        return tuple(self._known.values())

    async def enter(self, token: str) -> Workspace:
        """Ask Slack whose token it is, and know that workspace from now on.

        Raise `SettingsError` when the token is worth nothing, `PlatformError` when Slack cannot be reached.
        """
        calls = self._call(token)
        try:
            told = await calls("auth.test")
        except RefusedError as error:
            if error.code in UNKNOWN_TOKEN:
                raise SettingsError(
                    "Slack does not accept SLACK_BOT_TOKEN; copy the “Bot User OAuth Token” from the app's settings."
                ) from None
            raise
        if not told.get("bot_id"):
            raise SettingsError("SLACK_BOT_TOKEN must be a bot token, which begins with xoxb-.")
        team = str(told["team_id"])
        address = str(told.get("url", "")).rstrip("/")
        workspace = Workspace(team, str(told["user_id"]), str(told["bot_id"]), address, calls, People(calls))
        self._known[team] = workspace
        return workspace

    async def of(self, team: str) -> Workspace:
        """Return a workspace; raise `PlatformError` when the app is not installed there, or not connected yet."""
        if (known := self._known.get(team)) is not None:
            return known
        async with self._looking:
            if (known := self._known.get(team)) is None:
                token = None if self._token_of is None else await self._token_of(team)
                if token is None:
                    raise PlatformError("The app is not connected to this Slack workspace.")
                try:
                    known = await self.enter(token)
                except SettingsError:
                    raise PlatformError("The app was taken out of this Slack workspace; install it again.") from None
            return known

    async def of_person(self, person: str) -> Workspace:
        """Return the workspace in which a person is; raise `PlatformError` when there is none."""
        known = self.all()
        for workspace in known:
            if workspace.people.knows(person) or len(known) == 1:
                return workspace
        for workspace in known:
            if await workspace.people.get(person) is not None:
                return workspace
        raise PlatformError("No connected Slack workspace has this person; check the person's Slack id.")

    def leave(self, team: str) -> None:
        """Forget a workspace that took the app out."""
        self._known.pop(team, None)
