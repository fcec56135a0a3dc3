"""The screener: one comment in, one assessment out, whatever happens.

comment ─► normalise ─► toxicity model (batched) ─┐
               └──────► detectors ────────────────┴─► assessment ─► (policy) ─► explain
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.assessments import Assessment, Finding, Judgement
from bot.domain.comments import Comment
from bot.errors import ModelError
from bot.screening.explain import carried_by
from bot.screening.normalise import Normalised, View, normalise
from bot.screening.seams import Detector, Facts, Scores, ToxicityModel

log = logging.getLogger(__name__)

PATIENCE = 120.0
"""Seconds that a comment may wait for its scores before it is handed to a person."""


class Screener:
    """Assesses comments; keeps promise 1 inside the process: a comment that cannot be scored says so.

    `assess` never raises for any text: a failing model or detector makes the assessment `unscored`, with what the
    other detectors found.
    """

    def __init__(self, model: ToxicityModel, detectors: Sequence[Detector], *, patience: float = PATIENCE) -> None:
        self.model = model
        self._detectors = tuple(detectors)
        self._patience = patience

    async def assess(self, comment: Comment, facts: Facts) -> Assessment:
        """Return what the model and the detectors say of `comment`."""
        text = normalise(comment.text)
        findings, broken = self._detect(text, facts)
        try:
            async with asyncio.timeout(self._patience):
                scores = await self._score(text)
        except ModelError as error:
            return Assessment(findings=findings, unscored=str(error))
        except TimeoutError:
            reason = f"The toxicity model gave no answer within {self._patience:.0f} seconds."
            return Assessment(findings=findings, unscored=reason)
        return Assessment(scores=scores, findings=findings, unscored=broken)

    async def explain(self, comment: Comment, assessment: Assessment, judgement: Judgement) -> Judgement:
        """Return `judgement` with the model's findings narrowed to the words that carried their scores.

        If the model cannot be asked, the findings stay as wide as they were: an explanation is never worth an
        alert.
        """
        labels = sorted({item.label for item in judgement.findings if item.label and item.label in assessment.scores})
        if not labels:
            return judgement
        try:
            async with asyncio.timeout(self._patience):
                view, whole = await self._reading_behind(comment.text, labels)
                spans = await carried_by(self.model, view.text, whole, labels)
        except (ModelError, TimeoutError):
            return judgement
        return replace(judgement, findings=tuple(_narrowed(item, view, spans) for item in judgement.findings))

    async def _score(self, text: Normalised) -> Scores:
        """The worse of the two readings, label by label; no words, no scores."""
        readings = [view.text for view in _readings(text)]
        if not readings:
            return {}
        scores = await self.model.score(readings)
        return {label: max(score[label] for score in scores) for label in self.model.labels}

    async def _reading_behind(self, text: str, labels: Sequence[str]) -> tuple[View, Scores]:
        """The reading of `text` that raised `labels` most, with its scores."""
        views = _readings(normalise(text))
        scores = await self.model.score([view.text for view in views])
        return max(zip(views, scores, strict=True), key=lambda pair: sum(pair[1][label] for label in labels))

    def _detect(self, text: Normalised, facts: Facts) -> tuple[tuple[Finding, ...], str | None]:
        """Every detector's findings; the sentence names those that broke, whose comment a person must read."""
        findings: list[Finding] = []
        broken: list[str] = []
        for detector in self._detectors:
            try:
                findings.extend(detector.find(text, facts))
            except Exception as error:  # noqa: BLE001 - one broken detector must not hide what the others found
                log.warning("the detector %s broke: %s", detector.name, type(error).__name__)
                broken.append(detector.name)
        sentence = f"The check for {', '.join(broken)} broke on this comment." if broken else None
        return tuple(findings), sentence


def _readings(text: Normalised) -> list[View]:
    views = [text.plain] if text.unmasked is None else [text.plain, text.unmasked]
    return [view for view in views if view.text.strip()]


def _narrowed(finding: Finding, view: View, spans: Mapping[str, tuple[int, int]]) -> Finding:
    if finding.label is None or finding.label not in spans:
        return finding
    start, end = view.span(*spans[finding.label])
    return replace(finding, start=start, end=end)
