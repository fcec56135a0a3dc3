"""How far one channel is covered: where its watermark may stand. In memory, pure, one for each channel.

Promise: the watermark stands before every comment that may still have to be read again. It trails `lag` behind
the present, because a platform can show a comment late; it stays behind comments that are being screened; live
events move it only once history was read up to them; and a comment that could not be committed stops it until
history is read again. It never goes backwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(eq=False, slots=True)
class Held:
    """One comment on its way through screening; `at` is when it was posted or last edited."""

    at: datetime


@dataclass(slots=True)
class Progress:
    """The state of one channel. It is `live` when everything up to the present has come through the door."""

    lag: timedelta
    watermark: datetime | None = None
    live: bool = False
    _through: datetime | None = None
    _held: set[Held] = field(default_factory=set)
    _reading: int = 0

    def enter(self, at: datetime) -> Held:
        """Take a comment in; the watermark waits for it."""
        held = Held(at)
        self._held.add(held)
        return held

    def leave(self, held: Held) -> None:
        """Let go of a comment that was committed."""
        self._held.discard(held)

    def lose(self, held: Held) -> None:
        """Let go of a comment that was not committed: only reading history again can make that good."""
        self._held.discard(held)
        self.interrupt()

    def interrupt(self) -> None:
        """Note that something was missed, or may have been: the watermark stops until a new reading."""
        self.live = False
        self._through = None
        self._reading += 1

    def start_reading(self) -> int:
        """Begin to read history from the watermark on; return the reading's number."""
        self.interrupt()
        return self._reading

    def read_through(self, reading: int, at: datetime) -> None:
        """Note that this reading handed in everything posted before `at`; an outdated reading notes nothing."""
        if reading == self._reading and (self._through is None or at > self._through):
            self._through = at

    def finish_reading(self, reading: int) -> bool:
        """Go live unless something was missed or lost since this reading began; return whether the channel is live."""
        if reading == self._reading:
            self.live = True
        return self.live

    def reach(self, now: datetime, committing: Held | None = None) -> datetime | None:
        """Return where the watermark may move, with `committing` counted as committed; `None` when nowhere new."""
        bounds = [now - self.lag]
        if not self.live:
            if self._through is None:
                return None
            bounds.append(self._through)
        bounds.extend(held.at for held in self._held if held is not committing)
        mark = min(bounds)
        return mark if self.watermark is None or mark > self.watermark else None

    def stored(self, mark: datetime) -> None:
        """Note that the watermark stands at `mark` in the database."""
        self.watermark = mark if self.watermark is None else max(mark, self.watermark)
