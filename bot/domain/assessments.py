"""What screening found in a comment, and what a policy makes of it.

A finding is about words, never about a person: "possible boundary concern", not "a predator" (R28).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.categories import Category, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that one detector saw.

    `start` and `end` are Unicode code points of the ORIGINAL text (half open; 0 to its length when the whole
    comment carried it). `score` is a fraction from 0 to 1. `explanation` is one short English line that never
    repeats the comment's text. `label` is the toxicity model's label that the finding rests on, if it does.
    """

    detector: str
    category: Category
    start: int
    end: int
    score: float
    explanation: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything the machine can say about one revision of a comment, before any policy is asked.

    `scores` maps the toxicity model's labels to probabilities from 0 to 1. When the comment could not be scored,
    `unscored` says why in one sentence for people, `scores` is empty, and the comment goes to a person
    (promise 1: nothing retrievable is missed).
    """

    scores: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unscored: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a policy pack says of an assessed comment.

    `rule` and `clause` belong to the most severe finding; `clause` is the channel's netiquette where no district
    clause binds the author, and `consult` then names bulletins to read. `categories` are ordered from the most
    severe. `findings` are those that a rule asked for. A comment that no rule concerns is `CLEAR`.
    """

    severity: Severity = Severity.NONE
    categories: tuple[Category, ...] = ()
    rule: str | None = None
    clause: str | None = None
    consult: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether a person should look."""
        return self.severity > Severity.NONE


CLEAR = Judgement()
