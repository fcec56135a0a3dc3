"""The explanation follows the alert: after the commit, never instead of it, never in its way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Row, Table, select

from bot.domain.assessments import Assessment, Judgement
from bot.domain.comments import Comment
from bot.domain.outcomes import Outcome
from bot.intake import Intake
from bot.intake.explaining import MOST_WAITING
from bot.store import Store, schema
from tests.intake.history import Clock
from tests.intake.screener import WordScreener
from tests.store.examples import ROOM, VERSIONS, comment


async def rows(store: Store, table: Table) -> list[Row[Any]]:
    async with store._engine.connect() as connection:
        return list(await connection.execute(select(table)))


class Explainer:
    """Narrows every finding to code points 1 to 2, once it is let go."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.asked: list[Assessment] = []

    async def __call__(self, comment: Comment, assessment: Assessment, judgement: Judgement) -> Judgement:
        self.asked.append(assessment)
        await self.gate.wait()
        if "odd" in comment.text:
            raise ValueError(f"cannot explain: {comment.text}")
        return replace(judgement, findings=tuple(replace(item, start=1, end=2) for item in judgement.findings))


async def intake_with(store: Store, explainer: Explainer) -> Intake:
    await store.channels.save(ROOM)
    return Intake(store, WordScreener(), Clock(), versions=VERSIONS, explain=explainer)


async def test_the_flag_is_committed_first_and_its_marks_are_narrowed_after(store: Store) -> None:
    explainer = Explainer()
    async with await intake_with(store, explainer) as intake:
        assert await intake.receive(comment(1, "bad words")) is Outcome.FLAGGED
        assert await intake.receive(comment(2, "hello")) is Outcome.CLEAR
        (flag,) = await rows(store, schema.flags)
        assert (flag.findings[0]["start"], flag.findings[0]["end"]) == (0, 3)
        explainer.gate.set()
    (flag,) = await rows(store, schema.flags)
    assert (flag.findings[0]["start"], flag.findings[0]["end"]) == (1, 2)
    assert [assessment.scores for assessment in explainer.asked] == [{"toxicity": 0.5}]
    errands = [(row.kind, next(iter(row.payload.values()))) for row in await rows(store, schema.outbox)]
    assert sorted(errands) == [("flag", str(flag.id)), ("update", str(flag.id))]


async def test_an_explanation_that_fails_leaves_the_wider_mark_and_no_words_in_the_log(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    explainer = Explainer()
    explainer.gate.set()
    async with await intake_with(store, explainer) as intake:
        assert await intake.receive(comment(1, "bad canary at odd")) is Outcome.UNSCORED
        assert await intake.receive(comment(2, "bad canary")) is Outcome.FLAGGED
    assert "canary" not in caplog.text


async def test_a_flood_of_flags_is_not_kept_in_memory_for_its_explanations(store: Store) -> None:
    explainer = Explainer()
    async with await intake_with(store, explainer) as intake:
        many = [intake.receive(comment(number, "bad")) for number in range(MOST_WAITING + 40)]
        assert set(await asyncio.gather(*many)) == {Outcome.FLAGGED}
        assert len(intake._explaining._tasks) == MOST_WAITING
        assert len(explainer.asked) <= 2
        explainer.gate.set()
    assert len(explainer.asked) == MOST_WAITING
