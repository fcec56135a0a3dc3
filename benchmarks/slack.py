"""The bot as a process on a local Slack: from comment to card, also in a raid, and how fast it reads what it missed.

`python -m benchmarks.slack` prints the figures of both lines. The card's time is when Slack took it, by its `ts`.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from tests.platforms.slack.child import Child
from tests.platforms.slack_server import At, SlackServer

CRUEL = "you are an idiot and everybody hates you"
INNOCENT = "see you at practice tomorrow, number"
ALERTS = 24
PAUSE = 2.5
"""Seconds between two comments, each told to two people whose cards are redrawn once: what Slack allows in a minute."""

RAID = 60
"""Cruel comments at the same moment."""

BREATH = 5.0
"""Seconds after the last card of a raid when another cruel comment is posted, while cards are still being redrawn."""

MISSED = 2000
IN_THREADS = 5
"""Every fifth missed comment is a reply, ten to a thread."""


def measure() -> dict[str, float]:
    """Return, for both lines, the time from a comment to its card, and comments a second when catching up."""
    return asyncio.run(_both())


async def _both() -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, over_http in (("Socket Mode", False), ("signed HTTP", True)):
        with tempfile.TemporaryDirectory() as home:
            async with SlackServer() as slack:
                child = Child(slack, Path(home), over_http=over_http)
                await child.start()
                measured = await _latency(child) | await _raid(child) | await _catching_up(child)
                await child.stop()
        figures |= {f"{name}: {label}": value for label, value in measured.items()}
    return figures


async def _latency(child: Child) -> dict[str, float]:
    """Post comments one after the other; each card is matched with its comment by the link that it shows."""
    said: list[At] = []
    for number in range(ALERTS):
        said.append(child.say("student", "class", f"{CRUEL}, {number}"))
        await asyncio.sleep(PAUSE)
    await child.card("principal", ALERTS)
    links = {at.ts.replace(".", ""): float(at.ts) for at in said}
    times = [
        float(card["ts"]) - posted
        for card in child.cards("principal")
        for link, posted in links.items()
        if link in json.dumps(card["blocks"])
    ]
    return {
        "comment to card, p50 ms": 1000 * median(times),
        "comment to card, p95 ms": 1000 * quantiles(times, n=20)[-1],
        "redraws for each card": len(child.slack.called("chat.update")) / ALERTS,
    }


async def _raid(child: Child) -> dict[str, float]:
    """Post many cruel comments at once; measure until the last one's card stands."""
    began = time.time()
    for number in range(RAID):
        child.say("student", "class", f"{CRUEL}, {number} of a raid")
    last = await child.card("principal", ALERTS + RAID)
    await asyncio.sleep(BREATH)
    after = child.say("friend", "class", f"{CRUEL}, after the raid")
    following = await child.card("principal", ALERTS + RAID + 1)
    await child.settled()
    return {
        f"a raid of {RAID}, until the last card, s": float(last["ts"]) - began,
        "the comment after the raid, until its card, s": float(following["ts"]) - float(after.ts),
    }


async def _catching_up(child: Child) -> dict[str, float]:
    """Have comments posted while the bot is stopped; measure from its first look at history to the last one read."""
    await child.stop()
    before, asked = len(child.times_read()), len(child.slack.calls)
    parent: At | None = None
    for number in range(MISSED):
        thread = parent if number % IN_THREADS == 0 else None
        at = child.say("student", "class", f"{INNOCENT} {number}", thread=thread)
        parent = at if parent is None or number % (10 * IN_THREADS) == 1 else parent
    starting = asyncio.create_task(child.start())
    await child.until(lambda: child.slack.calls[asked:], "a look at history")
    first = time.monotonic()
    await child.until(lambda: len(child.times_read()) >= before + MISSED, "everything missed to be read", 300.0)
    seconds = time.monotonic() - first
    await starting
    calls = [call for call in child.slack.calls[asked:] if call.method.startswith("conversations.")]
    return {
        "catching up, comments/s": MISSED / seconds,
        "catching up, calls for 1,000 comments": 1000 * len(calls) / MISSED,
    }


def main() -> None:
    """Measure and print."""
    for label, value in measure().items():
        print(f"{label:.<60} {value:>10,.1f}")


if __name__ == "__main__":
    main()
