"""What Slack says of people: their names, languages, and who is a bot. Kept in memory for a while, never stored."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from adapters.slack.calls import Calls
from adapters.slack.refusals import RefusedError
from adapters.slack.texts import language_of
from bot.errors import PlatformError

MOST = 50_000
"""People who are remembered; those not needed for longest are forgotten."""
FRESH = 3600.0
"""Seconds after which somebody is asked for again: names and languages change."""
EVERYBODY = 600.0
"""Seconds for which the list of everybody is not read again."""
FEW = 10
"""Up to so many unknown people are asked for one by one; for more, the list of everybody is read."""
PATIENCE = 0.6
"""Seconds that a person who waits for an answer may wait for their language to be known."""


@dataclass(frozen=True, slots=True)
class SlackPerson:
    """One account."""

    id: str
    name: str
    language: str = "en"
    is_bot: bool = False
    is_admin: bool = False
    is_guest: bool = False
    is_gone: bool = False


class People:
    """One workspace's people."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._known: OrderedDict[str, tuple[float, SlackPerson]] = OrderedDict()
        self._reading = asyncio.Lock()
        self._asked: dict[str, asyncio.Task[SlackPerson | None]] = {}
        self._everybody: list[SlackPerson] = []
        self._read_at = -EVERYBODY

    def knows(self, user: str) -> bool:
        """Whether somebody is remembered."""
        return user in self._known

    async def get(self, user: str) -> SlackPerson | None:
        """Return a person, `None` when Slack does not know or does not say who it is."""
        if (known := self._fresh(user)) is not None:
            return known
        task = self._asked.get(user)
        if task is None:
            task = self._asked[user] = asyncio.create_task(self._ask(user), name="ask who somebody is")
            task.add_done_callback(lambda _: self._asked.pop(user, None))
        return await asyncio.shield(task)

    async def among(self, users: Iterable[str]) -> Mapping[str, SlackPerson]:
        """Return those of `users` whom Slack knows."""
        wanted = set(users) - {""}
        unknown = [user for user in wanted if self._fresh(user) is None]
        if len(unknown) > FEW:
            with suppress(PlatformError):  # each is asked for alone then
                await self.everybody()
        found = await asyncio.gather(*map(self.get, wanted))
        return {person.id: person for person in found if person is not None}

    def remembered(self, users: Iterable[str]) -> Mapping[str, SlackPerson]:
        """Return those of `users` who are known without asking."""
        return {user: self._known[user][1] for user in users if user in self._known}

    async def everybody(self) -> list[SlackPerson]:
        """Return everyone in the workspace who is not gone, bots too; raise `PlatformError` when Slack does not say."""
        async with self._reading:
            if time.monotonic() - self._read_at > EVERYBODY:
                pages = self._calls.pages("users.list", "members", 500, include_locale=True)
                found = [self._remember(_person(user)) async for page in pages for user in page]
                self._everybody = [person for person in found if not person.is_gone]
                self._read_at = time.monotonic()
        return self._everybody

    async def language(self, user: str) -> str:
        """Return a person's language: English when it is not known in time; then it is known the next time."""
        try:
            async with asyncio.timeout(PATIENCE):
                person = await self.get(user)
        except TimeoutError:
            person = None
        return person.language if person is not None else "en"

    async def close(self) -> None:
        """End what still waits."""
        for task in tuple(self._asked.values()):
            task.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)

    def _fresh(self, user: str) -> SlackPerson | None:
        since, person = self._known.get(user, (0.0, None))
        return person if person is not None and time.monotonic() - since < FRESH else None

    async def _ask(self, user: str) -> SlackPerson | None:
        try:
            told = await self._calls("users.info", user=user, include_locale=True)
        except RefusedError:
            return None
        except PlatformError:
            return self._known[user][1] if user in self._known else None
        return self._remember(_person(told.get("user") or {"id": user}))

    def _remember(self, person: SlackPerson) -> SlackPerson:
        self._known[person.id] = (time.monotonic(), person)
        self._known.move_to_end(person.id)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return person


def _person(user: Mapping[str, Any]) -> SlackPerson:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return SlackPerson(
        str(user.get("id", "")),
        next((str(name) for name in names if name), ""),
        language_of(user.get("locale")),
        is_bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger")),
        is_gone=bool(user.get("deleted")),
    )
