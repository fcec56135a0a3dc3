"""The whole way on SQLite: intake, screening, policy, explanation, store and outbox, two worker threads."""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

import psutil

from benchmarks.texts import comments
from bot.app.wiring import THREADS, load_policy
from bot.domain.assessments import Assessment, Judgement
from bot.domain.channels import ChannelStatus, RegisteredChannel
from bot.domain.comments import Author, ChannelKind, ChannelRef, Comment, CommentRef
from bot.domain.outcomes import Outcome
from bot.intake import Intake
from bot.intake.reading import Reader
from bot.policy.schema import Pack
from bot.screening.detectors import standard_detectors
from bot.screening.screener import Screener
from bot.screening.seams import Facts
from bot.screening.toxicity.embedded import EmbeddedModel
from bot.settings import Settings
from bot.store import Versions, open_store

ROOM = ChannelRef("local", "school", "room-12")
CRUEL = 0.02
MANY = 6000
UNDER_WAY = 256
STEADY_RATE = 50
STEADY_SECONDS = 20


def measure() -> dict[str, float]:
    """Return comments a second at 12 and 40 pieces, latency at a steady rate, the share flagged, and peak memory."""
    return asyncio.run(_measure())


async def _measure() -> dict[str, float]:
    settings = Settings()
    pack = load_policy(settings)
    figures: dict[str, float] = {}
    with _peak_memory() as peak:
        async with EmbeddedModel(threads=THREADS) as model:
            screener = Screener(model, standard_detectors())
            for pieces in (12, 40):
                texts = comments(model.tokenizer, pieces, MANY, cruel=CRUEL)
                rate, flagged = await _throughput(screener, pack, texts)
                figures[f"{pieces} pieces, comments/s"] = rate
                figures[f"{pieces} pieces, flagged and explained, %"] = 100 * flagged
            texts = comments(model.tokenizer, 12, STEADY_RATE * STEADY_SECONDS, cruel=CRUEL)
            times = await _steadily(screener, pack, texts)
            figures[f"at {STEADY_RATE}/s, p50 ms"] = 1000 * median(times)
            figures[f"at {STEADY_RATE}/s, p95 ms"] = 1000 * quantiles(times, n=20)[-1]
        figures["peak memory, MB"] = peak[0] / 1e6
    return figures


async def _throughput(screener: Screener, pack: Pack, texts: list[str]) -> tuple[float, float]:
    gate = asyncio.Semaphore(UNDER_WAY)
    outcomes: list[Outcome] = []

    async def one(intake: Intake, comment: Comment) -> None:
        async with gate:
            outcomes.append(await intake.receive(comment))

    async with _intake(screener, pack) as intake:
        start = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for number, text in enumerate(texts):
                tasks.create_task(one(intake, _comment(number, text)))
        rate = len(texts) / (time.perf_counter() - start)
    return rate, outcomes.count(Outcome.FLAGGED) / len(outcomes)


async def _steadily(screener: Screener, pack: Pack, texts: list[str]) -> list[float]:
    """Seconds from a comment's arrival until what became of it is committed, at a steady rate."""
    times: list[float] = []

    async def one(intake: Intake, comment: Comment) -> None:
        start = time.perf_counter()
        await intake.receive(comment)
        times.append(time.perf_counter() - start)

    async with _intake(screener, pack) as intake, asyncio.TaskGroup() as tasks:
        for number, text in enumerate(texts):
            tasks.create_task(one(intake, _comment(number, text)))
            await asyncio.sleep(1 / STEADY_RATE)
    return times


@asynccontextmanager
async def _intake(screener: Screener, pack: Pack) -> AsyncIterator[Intake]:
    async def facts_of(_: Comment) -> Facts:
        return Facts()

    reader = Reader(screener, pack, facts_of)

    async def read_and_explain(comment: Comment) -> tuple[Assessment, Judgement]:
        assessment, judgement = await reader(comment)
        return assessment, await reader.explain(comment, assessment, judgement)

    today = datetime.now(UTC).date()
    room = RegisteredChannel(
        ROOM, "room-12", ChannelKind.CLASS, ChannelStatus.APPROVED, "9-12", "teacher", "principal", today, today, today
    )
    with tempfile.TemporaryDirectory() as home:
        async with open_store(home=Path(home)) as store:
            await store.channels.save(room)
            versions = Versions(pack.name, screener.model.identity)
            yield await Intake(store, read_and_explain, lambda: datetime.now(UTC), versions=versions).start()


def _comment(number: int, text: str) -> Comment:
    return Comment(CommentRef(ROOM, str(number)), text, Author(f"p{number % 30}"), datetime.now(UTC))


@contextmanager
def _peak_memory() -> Iterator[list[int]]:
    """Yield a list whose one number grows to the most bytes this process held."""
    process, peak, over = psutil.Process(), [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            peak[0] = max(peak[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()
