"""The bot as a process on a local Discord: from comment to card, and how fast it reads what it missed.

`python -m benchmarks.discord` prints the figures, without Discord's rate limits and with them. A card's time is when
Discord took it, by its id.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from tests.platforms.discord.child import Child
from tests.platforms.discord.values import Message
from tests.platforms.discord_server import DiscordServer

CRUEL = "you are an idiot and everybody hates you"
INNOCENT = "see you at practice tomorrow, number"
ALERTS = 60
PAUSE = 0.25
"""Seconds between two comments of which each is told to a person."""
REAL_PAUSE = 1.1
"""The same under Discord's limits, which let about one message a second through to each person."""

MISSED = 2000
IN_THREADS = 5
"""Every fifth missed comment is in a thread, ten to a thread."""


def measure() -> dict[str, float]:
    """Return milliseconds from comment to card and comments a second when catching up, with limits and without."""
    return asyncio.run(_both())


async def _both() -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, real in (("no limits", False), ("Discord's limits", True)):
        with tempfile.TemporaryDirectory() as home:
            async with DiscordServer() as discord:
                child = Child(discord, Path(home))
                await child.start()
                if real:
                    discord.traffic.be_real()
                try:
                    measured = await _latency(child, REAL_PAUSE if real else PAUSE) | await _catching_up(child)
                finally:
                    await child.close()
        figures |= {f"{name}: {label}": value for label, value in measured.items()}
    return figures


async def _latency(child: Child, pause: float) -> dict[str, float]:
    """Post comments one after the other; a card is matched with its comment by its link."""
    said: list[Message] = []
    for number in range(ALERTS):
        said.append(child.say("student", "class", f"{CRUEL}, {number}"))
        await asyncio.sleep(pause)
    await child.card("principal", ALERTS)
    posted = {str(message.id): message.posted for message in said}
    times = [
        (card.posted - posted[card.embeds[0]["url"].rpartition("/")[2]]).total_seconds()
        for card in child.cards("principal")
    ]
    return {
        "comment to card, p50 ms": 1000 * median(times),
        "comment to card, p95 ms": 1000 * quantiles(times, n=20)[-1],
    }


async def _catching_up(child: Child) -> dict[str, float]:
    """Have comments posted while the bot is stopped; measure from its first look at history to the last one read."""
    await child.stop()
    before, asked = len(child.times_read()), len(child.discord.traffic.asked)
    student, room = child.campus.people["student"], child.campus.rooms["class"]
    thread = room
    for number in range(MISSED):
        if number % (10 * IN_THREADS) == 0:
            thread = child.world.open_thread(student, room, f"question {number}", on=child.say("friend", "class", "?"))
        here = thread if number % IN_THREADS == 0 else room
        child.world.post(student, here, f"{INNOCENT} {number}")
    starting = asyncio.create_task(child.start())
    traffic = child.discord.traffic
    await child.until(lambda: [one for one in traffic.asked[asked:] if _reads(one.route)], "a look at history")
    first = time.monotonic()
    await child.until(lambda: len(child.times_read()) >= before + MISSED, "everything missed to be read", 600.0)
    seconds = time.monotonic() - first
    await starting
    calls = [one for one in traffic.asked[asked:] if _reads(one.route)]
    return {
        "catching up, comments/s": MISSED / seconds,
        "catching up, calls for 1,000 comments": 1000 * len(calls) / MISSED,
    }


def _reads(route: str) -> bool:
    return route.startswith("GET /channels") and ("/messages" in route or "/threads" in route)


def main() -> None:
    """Measure and print."""
    for label, value in measure().items():
        print(f"{label:.<60} {value:>10,.1f}")


if __name__ == "__main__":
    main()
