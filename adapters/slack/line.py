"""Whether events reach the bot: what the core is told when they stop, and when they come again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from bot.platform.events import Event, Interrupted, Resumed

log = logging.getLogger(__name__)

Put = Callable[[Event], None]
"""Tells the core of something."""


class Line:
    """The line to Slack. It begins broken, so that the first connection has every channel's history read."""

    def __init__(self, put: Put) -> None:
        self._put = put
        self._since = datetime.now(UTC)
        self.up = False
        put(Interrupted(self._since))

    def lost(self) -> None:
        """Note that events stopped."""
        if self.up:
            self.up = False
            self._since = datetime.now(UTC)
            log.info("The line to Slack broke.")
            self._put(Interrupted(self._since))

    def back(self) -> None:
        """Note that events come again, though those since the break are lost."""
        if not self.up:
            self.up = True
            log.info("The line to Slack is open.")
            self._put(Resumed(self._since, datetime.now(UTC)))

    def missed(self) -> None:
        """Note that events were left out with the line standing; where it is broken they are missed anyway."""
        if self.up:
            self.lost()
            self.back()
