"""The run: everything comes out once and in order, bad rows aside, with bounded work under way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Generator
from datetime import UTC

import pytest

from bot.domain.assessments import Assessment, Judgement
from bot.domain.comments import Comment
from bot.screening.screener import Screener
from bot.screening.seams import Facts
from bot.shadow import run
from bot.shadow.counts import Counts
from bot.shadow.people import People
from bot.shadow.rows import BadRow, Row
from bot.shadow.run import Assessor, ShadowRun, Sink
from tests.screening.word_model import WordModel
from tests.shadow.making import Kept, ListSource, judge_insults, row


def make(screener: Assessor, *sinks: Sink, tell: list[BadRow] | None = None) -> ShadowRun:
    told = [] if tell is None else tell
    return ShadowRun(screener, judge_insults, counts=Counts(UTC), people=People(), sinks=sinks, tell_bad=told.append)


class Slow:
    """Answers in any order; remembers how many comments were under way at once."""

    def __init__(self) -> None:
        self.now = self.most = self.characters = self.most_characters = 0

    async def assess(self, comment: Comment, facts: Facts) -> Assessment:
        self.now += 1
        self.characters += len(comment.text)
        self.most = max(self.most, self.now)
        self.most_characters = max(self.most_characters, self.characters)
        for _ in range(random.randrange(5)):  # noqa: S311
            await asyncio.sleep(0)
        self.now -= 1
        self.characters -= len(comment.text)
        return Assessment()

    async def explain(self, comment: Comment, assessment: Assessment, judgement: Judgement) -> Judgement:
        raise AssertionError("nothing is flagged")


async def test_results_come_in_the_order_of_the_input_and_work_is_bounded() -> None:
    kept, slow = Kept(), Slow()
    counts = await make(slow, kept).over([ListSource(row(f"{number}", number) for number in range(2000))])
    assert kept.texts == [str(number) for number in range(2000)]
    assert counts.comments == 2000
    assert 100 < slow.most <= run.IN_FLIGHT


async def test_long_comments_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "CHARACTERS_IN_FLIGHT", 1000)
    slow = Slow()
    counts = await make(slow).over([ListSource(row("x" * 400, number) for number in range(50))])
    assert counts.comments == 50
    assert slow.most_characters <= 1400


async def test_flags_are_explained_and_the_unscored_stay_visible() -> None:
    kept = Kept()
    screener = Screener(WordModel(), ())
    rows = [row("hello"), row("you are an idiot my friend", 2), row("unreadable", 3), row("", 4)]
    counts = await make(screener, kept).over([ListSource(rows)])
    assert [item.judgement.flagged for item in kept.taken] == [False, True, False, False]
    assert [item.assessment.unscored is not None for item in kept.taken] == [False, False, True, False]
    (found,) = kept.taken[1].judgement.findings
    assert rows[1].comment.text[found.start : found.end] == "idiot"
    assert (counts.comments, counts.flagged, counts.unscored) == (4, 1, 1)


async def test_bad_rows_are_told_and_the_rest_goes_on() -> None:
    told: list[BadRow] = []
    bad = BadRow(2, "made.csv", "it has no text")
    counts = await make(Slow(), tell=told).over([ListSource([row("a"), bad]), ListSource([row("b", 3)])])
    assert told == counts.bad_rows == [bad]
    assert (counts.comments, counts.bad) == (2, 1)


async def test_a_stopped_run_keeps_what_is_finished_and_closes_its_source() -> None:
    closed: list[bool] = []

    class Endless(ListSource):
        def rows(self) -> Generator[Row | BadRow]:
            number = 0
            try:
                while True:
                    number += 1
                    yield row(str(number), number)
            finally:
                closed.append(True)

    kept = Kept()
    task = asyncio.create_task(make(Slow(), kept).over([Endless([])]))
    while len(kept.taken) < 1000:  # noqa: ASYNC110 - the run has nothing to wait for
        await asyncio.sleep(0)
    task.cancel()
    counts = await task
    assert counts.interrupted
    assert closed == [True]
    assert kept.texts == [str(number + 1) for number in range(counts.comments)]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_breaking_judge_leaves_no_task_behind() -> None:
    def broken(assessment: Assessment, context: object) -> Judgement:
        raise ZeroDivisionError

    shadow = ShadowRun(Slow(), broken, counts=Counts(UTC), people=People())
    with pytest.raises(ZeroDivisionError):
        await shadow.over([ListSource(row(str(number), number) for number in range(500))])
    assert asyncio.all_tasks() == {asyncio.current_task()}
