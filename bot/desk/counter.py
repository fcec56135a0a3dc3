"""A counter of the desk: what it answers, and the moments at which it is asked."""

from __future__ import annotations

from typing import ClassVar

from bot.platform.events import ButtonPressed, ChannelChanged, CommandUsed, FormSubmitted, HomeOpened, MemberJoined
from bot.platform.protocol import Platform


class Counter:
    """Answers the `commands`, the buttons with its `verbs` and the `forms` that it names; may also want to be `told`.

    A counter checks who is asking, at the press and again when a form comes back. Whatever it raises, the person gets
    an apology and the desk goes on.
    """

    commands: ClassVar[frozenset[str]] = frozenset()
    verbs: ClassVar[frozenset[str]] = frozenset()
    forms: ClassVar[frozenset[str]] = frozenset()

    async def used(self, event: CommandUsed, platform: Platform) -> None:
        """Answer one of its commands."""
        raise NotImplementedError

    async def pressed(self, event: ButtonPressed, platform: Platform) -> None:
        """Answer a press; a form must open as the first answer, within 3 seconds, from memory alone."""
        raise NotImplementedError

    async def submitted(self, event: FormSubmitted, platform: Platform) -> None:
        """Answer one of its forms that was filled in."""
        raise NotImplementedError

    async def told(self, event: MemberJoined | ChannelChanged | HomeOpened, platform: Platform) -> None:
        """Take note of what nobody waits for an answer to; most counters need not."""
