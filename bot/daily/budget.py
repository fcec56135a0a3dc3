"""How long a sweep takes: platforms answer only so many reads a minute, and live reading needs its share of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one workspace may be asked. `reads_a_minute` is what the platform answers, a sweep takes half of it."""

    reads_a_minute: float
    comments_a_read: int

    def reads(self, comments: int, threads: int = 0) -> int:
        """Return how many reads a history of so many comments and threads takes: at least one."""
        return 1 + comments // self.comments_a_read + threads

    def takes(self, reads: int) -> timedelta:
        """Return how long so many reads take a sweep."""
        return timedelta(minutes=reads / (self.reads_a_minute * SHARE))


SHARE = 0.5
"""The part of a platform's allowance that sweeps use; live reading and back-filling have the rest."""

_ALLOWANCES = {
    # Slack's tier 3 (conversations.history, conversations.replies): about 50 a minute for a workspace's own app.
    "slack": Allowance(50, 200),
    # Discord: 50 a second for a bot in all; a channel's messages are limited to about one a second.
    "discord": Allowance(60, 100),
}
_UNLIMITED = Allowance(60_000, 1000)
_COMMENTS_A_THREAD = 10
"""How many comments of a channel go with one thread, where it is not known; each thread is a read of its own."""


def allowance(platform: str) -> Allowance:
    """Return what a workspace of that platform may be asked; the local one has no limit."""
    return _ALLOWANCES.get(platform, _UNLIMITED)


@dataclass(frozen=True, slots=True)
class Load:
    """What a workspace must have read each day: for each of its channels, about how many comments come in a sweep.

    `window` is from the close of the earliest day to the hour by which it must be signed.
    """

    platform: str
    workspace: str
    comments: Sequence[int]
    window: timedelta


@dataclass(frozen=True, slots=True)
class Plan:
    """A workspace's sweep: how long it takes, and whether that fits."""

    load: Load
    takes: timedelta

    @property
    def fits(self) -> bool:
        """Whether it ends in time, with as much room again for days that are busier than most."""
        return self.takes * 2 <= self.load.window

    @property
    def sentence(self) -> str:
        """What `doctor` says of it."""
        minutes = max(1, round(self.takes.total_seconds() / 60))
        told = f"{len(self.load.comments)} channels of {self.load.platform} {self.load.workspace}"
        if self.fits:
            return f"Reading a day of {told} again takes about {minutes} min."
        return (
            f"Reading a day of {told} again takes about {minutes} min, more than fits between close and sign-off; "
            "set sign_off_by later, or watch fewer channels in one workspace."
        )


def planned(load: Load) -> Plan:
    """Return how long the sweep of a workspace takes."""
    allowed = allowance(load.platform)
    reads = sum(allowed.reads(comments, -(-comments // _COMMENTS_A_THREAD)) for comments in load.comments)
    return Plan(load, allowed.takes(reads))
