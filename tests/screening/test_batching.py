"""Batching: texts that wait together go together; none is lost, whatever fails, is cancelled or shuts down."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from bot.errors import ModelError
from bot.screening.seams import Scores
from bot.screening.toxicity.batching import Batcher


class Recorder:
    """Scores a text by its length; remembers the batches and threads it saw; breaks on `poison`."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.threads: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, texts: Sequence[str]) -> list[Scores]:
        self.gate.wait(timeout=10)
        self.batches.append(list(texts))
        self.threads.add(threading.get_ident())
        if "poison" in texts:
            raise RuntimeError("cannot read that")
        return [{"toxicity": float(len(text))} for text in texts]


async def test_answers_come_back_in_order_and_off_the_event_loop() -> None:
    scorer = Recorder()
    async with Batcher(scorer) as batcher:
        scores = await batcher.score(["a", "bbb", "cc"])
    assert [score["toxicity"] for score in scores] == [1.0, 3.0, 2.0]
    assert threading.get_ident() not in scorer.threads


async def test_texts_that_wait_together_are_scored_as_one_batch() -> None:
    scorer = Recorder()
    scorer.gate.clear()
    async with Batcher(scorer, most=8) as batcher:
        first = asyncio.create_task(batcher.score(["first"]))
        await asyncio.sleep(0.05)
        rest = [asyncio.create_task(batcher.score([f"text {n}"])) for n in range(20)]
        await asyncio.sleep(0)
        scorer.gate.set()
        await asyncio.gather(first, *rest)
    assert sorted(map(len, scorer.batches)) == [1, 4, 8, 8]


async def test_one_bad_text_never_takes_its_neighbours_along() -> None:
    scorer = Recorder()
    async with Batcher(scorer) as batcher:
        good, bad, also_good = await asyncio.gather(
            batcher.score(["fine"]), batcher.score(["poison"]), batcher.score(["dandy"]), return_exceptions=True
        )
    assert good == [{"toxicity": 4.0}]
    assert also_good == [{"toxicity": 5.0}]
    assert isinstance(bad, ModelError)
    assert "cannot read that" not in str(bad)


async def test_a_cancelled_caller_leaves_the_others_alone() -> None:
    scorer = Recorder()
    scorer.gate.clear()
    async with Batcher(scorer) as batcher:
        blocked = asyncio.create_task(batcher.score(["in hand"]))
        await asyncio.sleep(0.05)
        leaving, staying = asyncio.create_task(batcher.score(["x"])), asyncio.create_task(batcher.score(["yy"]))
        await asyncio.sleep(0)
        leaving.cancel()
        scorer.gate.set()
        assert await staying == [{"toxicity": 2.0}]
        await blocked
        with pytest.raises(asyncio.CancelledError):
            await leaving
    assert ["x"] not in scorer.batches


async def test_what_waits_at_shutdown_is_still_scored() -> None:
    scorer = Recorder()
    async with Batcher(scorer, most=2) as batcher:
        waiting = [asyncio.create_task(batcher.score([str(n)])) for n in range(9)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*waiting) == [[{"toxicity": 1.0}]] * 9


async def test_no_more_texts_wait_than_there_is_room_for() -> None:
    scorer = Recorder()
    scorer.gate.clear()
    async with Batcher(scorer, most=1, room=3) as batcher:
        many = [asyncio.create_task(batcher.score([str(n)])) for n in range(12)]
        await asyncio.sleep(0.05)
        assert batcher.waiting == 3
        scorer.gate.set()
        assert len(await asyncio.gather(*many)) == 12


async def test_after_the_end_a_text_is_refused_with_a_sentence() -> None:
    batcher = Batcher(Recorder())
    async with batcher:
        pass
    with pytest.raises(ModelError, match="shut down"):
        await batcher.score(["late"])


@pytest.mark.parametrize("workers", [1, 3])
async def test_a_thousand_texts_all_get_their_own_answer(workers: int) -> None:
    async with Batcher(Recorder(), workers=workers, most=16, room=32) as batcher:
        answers = await asyncio.gather(*(batcher.score(["x" * n]) for n in range(1000)))
    assert [answer[0]["toxicity"] for answer in answers] == [float(n) for n in range(1000)]
