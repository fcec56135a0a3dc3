"""The screener: both readings are scored, nothing it meets makes it raise, marks land on the original's words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.assessments import Finding, Judgement
from bot.domain.categories import Category, Severity
from bot.domain.comments import Author, ChannelRef, Comment, CommentRef
from bot.screening.explain import SEGMENTS
from bot.screening.normalise import Normalised
from bot.screening.screener import Screener
from bot.screening.seams import Facts, Scores
from tests.screening.word_model import BASE, WordModel

WHERE = CommentRef(ChannelRef("export", "school", "room-12"), "1")


def said(text: str) -> Comment:
    return Comment(WHERE, text, Author("p1"))


class Shouting:
    name = "shouting"

    def find(self, text: Normalised, facts: Facts) -> Sequence[Finding]:
        if not text.plain.text.isupper():
            return ()
        return (Finding(self.name, Category.OBSCENE, 0, len(text.original), 0.5, "all capitals"),)


class Broken:
    name = "broken"

    def find(self, text: Normalised, facts: Facts) -> Sequence[Finding]:
        raise ZeroDivisionError


class Asleep(WordModel):
    async def score(self, texts: Sequence[str]) -> list[Scores]:
        await asyncio.sleep(60)
        return await super().score(texts)


async def test_a_comment_is_scored_and_every_detector_asked() -> None:
    assessment = await Screener(WordModel(), [Shouting()]).assess(said("WHAT AN IDIOT"), Facts())
    assert assessment.scores["insult"] == 0.95
    assert [finding.detector for finding in assessment.findings] == ["shouting"]
    assert assessment.unscored is None


@pytest.mark.parametrize(
    "disguised", ["you st\u200bupid thing", "you ѕtupid thing", "you s t u p i d thing", "you $tup1d thing"]
)
async def test_a_disguised_word_is_seen_through(disguised: str) -> None:
    assessment = await Screener(WordModel(), []).assess(said(disguised), Facts())
    assert assessment.scores["insult"] == 0.8


async def test_ordinary_text_is_scored_once() -> None:
    model = WordModel()
    await Screener(model, []).assess(said("See you at the book fair on Friday, room 101!"), Facts())
    assert len(model.asked) == 1


@pytest.mark.parametrize("empty", ["", "   ", "\u200b⁠", "\n\t"])
async def test_a_comment_without_words_is_assessed_without_scores(empty: str) -> None:
    assessment = await Screener(WordModel(), [Shouting()]).assess(said(empty), Facts())
    assert (dict(assessment.scores), assessment.unscored) == ({}, None)


async def test_a_failing_model_makes_the_comment_unscored_and_keeps_the_findings() -> None:
    assessment = await Screener(WordModel(), [Shouting()]).assess(said("UNREADABLE"), Facts())
    assert assessment.unscored == "The toxicity model failed on this comment."
    assert [finding.detector for finding in assessment.findings] == ["shouting"]


async def test_a_silent_model_makes_the_comment_unscored() -> None:
    assessment = await Screener(Asleep(), [], patience=0.01).assess(said("hello"), Facts())
    assert assessment.unscored is not None
    assert "no answer" in assessment.unscored


async def test_a_broken_detector_is_named_and_hides_nothing() -> None:
    assessment = await Screener(WordModel(), [Broken(), Shouting()]).assess(said("IDIOT"), Facts())
    assert assessment.unscored == "The check for broken broke on this comment."
    assert assessment.scores["insult"] == 0.95
    assert [finding.detector for finding in assessment.findings] == ["shouting"]


@given(st.text(st.characters(codec=None), max_size=300))
@settings(max_examples=200)
def test_no_text_makes_it_raise(text: str) -> None:
    assessment = asyncio.run(Screener(WordModel(), [Shouting()]).assess(said(text), Facts()))
    assert all(BASE <= score <= 1 for score in assessment.scores.values())


def judged(text: str, *labels: str) -> Judgement:
    findings = tuple(
        Finding("toxicity", Category.HARASSMENT, 0, len(text), 0.9, f"the model reads {label}", label)
        for label in labels
    )
    return Judgement(Severity.HIGH, (Category.HARASSMENT,), "harassment", "II.6", (), findings)


async def explained(text: str, *labels: str) -> list[str]:
    screener = Screener(WordModel(), [])
    assessment = await screener.assess(said(text), Facts())
    judgement = await screener.explain(said(text), assessment, judged(text, *labels))
    return [text[finding.start : finding.end] for finding in judgement.findings]


async def test_the_words_that_carried_a_score_are_marked_for_each_label() -> None:
    text = "you are an idiot and I will kill it"
    assert await explained(text, "insult", "threat") == ["idiot", "will kill"]


async def test_marks_lie_on_the_original_where_the_word_was_disguised() -> None:
    (marked,) = await explained("oh you are so s.t.u.p.i.d my friend", "insult")
    assert "s.t.u.p.i.d" in marked


async def test_an_insult_said_twice_is_still_found() -> None:
    (marked,) = await explained("idiot is what you are, you know, an idiot for sure", "insult")
    assert "idiot" in marked


@pytest.mark.parametrize("words", [1, 2, 7, 8, 30, 400])
async def test_explaining_costs_at_most_sixteen_texts(words: int) -> None:
    model = WordModel()
    screener = Screener(model, [])
    comment = said(" ".join(["word"] * (words - 1) + ["idiot"]))
    assessment = await screener.assess(comment, Facts())
    before = len(model.asked)
    judgement = await screener.explain(comment, assessment, judged(comment.text, "insult"))
    assert len(model.asked) - before <= 2 * SEGMENTS + 2 == 16
    assert "idiot" in comment.text[judgement.findings[0].start : judgement.findings[0].end]


async def test_a_model_that_fails_while_explaining_leaves_the_judgement_as_it_was() -> None:
    comment = said("unreadable")
    screener = Screener(WordModel(), [])
    assessment = await Screener(WordModel(), []).assess(said("idiot"), Facts())
    judgement = judged(comment.text, "insult")
    assert await screener.explain(comment, assessment, judgement) == judgement
