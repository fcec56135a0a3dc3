"""The desk: hands what people do with commands, buttons and forms to the counter that answers it.

Promise: whoever asks gets an answer, whatever goes wrong behind the counter, and one person's mishap never ends
everybody's events. `handle` never raises.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from bot.desk.counter import Counter
from bot.interface.desk import said
from bot.platform.events import (
    ButtonPressed,
    ChannelChanged,
    CommandUsed,
    Event,
    FormSubmitted,
    HomeOpened,
    Interaction,
    MemberJoined,
)
from bot.platform.protocol import Platform

log = logging.getLogger(__name__)


class Desk:
    """Answers people at its counters. Answers go to the person alone wherever the platform can."""

    def __init__(self, counters: Sequence[Counter]) -> None:
        """Raise `ValueError` when two counters would answer the same thing."""
        self._counters = tuple(counters)
        self._commands = _by_name((name, counter) for counter in counters for name in counter.commands)
        self._verbs = _by_name((name, counter) for counter in counters for name in counter.verbs)
        self._forms = _by_name((name, counter) for counter in counters for name in counter.forms)

    async def handle(self, event: Event, platform: Platform) -> None:
        """Answer a press, a form or a command, and tell the counters what else there is to know."""
        if isinstance(event, MemberJoined | ChannelChanged | HomeOpened):
            for counter in self._counters:
                await _told(counter, event, platform)
            return
        if not isinstance(event, ButtonPressed | FormSubmitted | CommandUsed):
            return
        try:
            await self._answer(event, platform)
        except Exception as error:  # noqa: BLE001  (one person's mishap must not end everybody's events)
            # The message may quote what somebody wrote, so only the kind of error is logged.
            log.warning("A %s could not be answered (%s).", type(event).__name__, type(error).__name__)
            await _apologise(event.interaction, platform)

    async def _answer(self, event: ButtonPressed | FormSubmitted | CommandUsed, platform: Platform) -> None:
        match event:
            case CommandUsed() if counter := self._commands.get(event.command):
                await counter.used(event, platform)
            case ButtonPressed() if counter := self._verbs.get(event.verb):
                await counter.pressed(event, platform)
            case FormSubmitted() if counter := self._forms.get(event.form):
                await counter.submitted(event, platform)
            case _:
                await platform.answer(event.interaction, said("later.button"))


def _by_name(answered: Iterable[tuple[str, Counter]]) -> dict[str, Counter]:
    found: dict[str, Counter] = {}
    for name, counter in answered:
        if name in found:
            raise ValueError(f"two counters answer {name}")
        found[str(name)] = counter
    return found


async def _told(counter: Counter, event: MemberJoined | ChannelChanged | HomeOpened, platform: Platform) -> None:
    try:
        await counter.told(event, platform)
    except Exception as error:  # noqa: BLE001  (one counter's mishap must not keep the news from the others)
        log.warning("A %s could not be taken note of (%s).", type(event).__name__, type(error).__name__)


async def _apologise(ask: Interaction, platform: Platform) -> None:
    try:
        await platform.answer(ask, said("desk.trouble"))
    except Exception as error:  # noqa: BLE001  (there is nobody left to tell)
        log.warning("The apology did not arrive either (%s).", type(error).__name__)
