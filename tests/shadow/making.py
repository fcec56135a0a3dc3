"""Makes rows, sources and results for tests."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.domain.assessments import Assessment, Finding, Judgement
from bot.domain.categories import Category, Severity
from bot.domain.comments import Author, ChannelRef, Comment, CommentRef
from bot.policy.judge import Context
from bot.shadow.rows import BadRow, Format, LeftOut, Row
from bot.shadow.run import Screened

WHEN = datetime(2026, 11, 2, 20, tzinfo=UTC)


def row(text: str, number: int = 1, *, author: str = "U1", channel: str = "room-12", **more: Any) -> Row:
    """Return a row; `more` goes into its comment."""
    ref = CommentRef(ChannelRef("export", "", channel), str(number))
    return Row(
        number, "made.csv", Comment(ref, text, Author(author, f"Name {author}"), **{"posted_at": WHEN, **more}), channel
    )


def finding(start: int, end: int, category: Category = Category.DEROGATORY, **more: Any) -> Finding:
    """Return what a detector might have found."""
    return Finding(**{
        "detector": "toxicity", "category": category, "start": start, "end": end, "score": 0.91234567,
        "explanation": "Possibly an insult: the model's score is 0.91.", "label": "insult", **more,
    })  # fmt: skip


def screened(
    of: Row, *findings: Finding, severity: Severity = Severity.MEDIUM, unscored: str | None = None, **more: Any
) -> Screened:
    """Return a result: flagged if there are findings."""
    judgement = Judgement()
    if findings:
        categories = tuple(dict.fromkeys(item.category for item in findings))
        judgement = Judgement(**{
            "severity": severity, "categories": categories, "rule": "bullying", "clause": "Netiquette 1",
            "findings": findings, **more,
        })  # fmt: skip
    return Screened(of, Assessment({} if unscored else {"insult": 0.123456}, findings, unscored), judgement)


class ListSource:
    """A source of rows that are already there."""

    name = "made.csv"
    format = Format.CSV
    channels: frozenset[str] | None = None

    def __init__(self, rows: Iterable[Row | BadRow]) -> None:
        self.left_out = LeftOut()
        self._rows = rows

    def rows(self) -> Generator[Row | BadRow]:
        """Yield them."""
        yield from self._rows


class Kept:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.taken: list[Screened] = []

    def take(self, screened: Screened) -> None:
        """Keep it."""
        self.taken.append(screened)

    @property
    def texts(self) -> Sequence[str]:
        """What was said, in the order in which it came."""
        return [item.row.comment.text for item in self.taken]


def judge_insults(assessment: Assessment, context: Context) -> Judgement:
    """A policy of one rule."""
    score = assessment.scores.get("insult", 0.0)
    if score < 0.5:
        return Judgement()
    whole = finding(0, context.length, score=score)
    return Judgement(Severity.MEDIUM, (whole.category,), "bullying", "Netiquette 1", (), (whole,))
