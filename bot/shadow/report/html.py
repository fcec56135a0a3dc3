"""Gathers a run's flags and writes the report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from types import TracebackType
from typing import Any, Protocol, Self

import jinja2

from bot import __version__
from bot.domain.assessments import Finding
from bot.domain.categories import Category, Severity
from bot.interface.alerts import cited
from bot.interface.texts import say
from bot.policy.schema import Pack
from bot.shadow.counts import Counts
from bot.shadow.people import People
from bot.shadow.report.charts import HEIGHT, ROW, STACK, WIDTH, bars, bins, columns
from bot.shadow.report.spool import Spool
from bot.shadow.report.texts import Words
from bot.shadow.run import Screened
from bot.shadow.shown import inert, shown

MOST_FLAGS = 2000
"""Flagged comments that are shown in full."""
MOST_UNSCORED = 500
MOST_CHANNELS = 100
MOST_WORD = 200
"""Code points of a name, an id or a reason."""

WITHHELD = frozenset({Category.SEXUAL, Category.SEXUAL_HARASSMENT})
"""Categories whose words and links a report leaves out (R16)."""


class Writer(Protocol):
    """Something to write text to."""

    def write(self, words: str, /) -> object:
        """Add `words`."""
        ...


@dataclass(frozen=True, slots=True)
class About:
    """What a report says of its run: the names of the inputs, and the pack that judged."""

    inputs: tuple[str, ...]
    pack: Pack


class ReportSink:
    """Takes results and, at the end, writes them as one HTML file. Use as a context manager.

    Holds at most `MOST_FLAGS` comments of each severity, in unnamed temporary files that vanish with the process.
    """

    def __init__(self, about: About, people: People, language: str) -> None:
        self._about = about
        self._people = people
        self._words = Words(language)
        self._flags = {severity: Spool(MOST_FLAGS) for severity in STACK}
        self._unscored = Spool(MOST_UNSCORED)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for spool in (*self._flags.values(), self._unscored):
            self._stack.enter_context(spool)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def take(self, screened: Screened) -> None:
        """Keep what is flagged or could not be scored."""
        if screened.judgement.flagged:
            self._keep(self._flags[screened.judgement.severity], screened)
        elif screened.assessment.unscored is not None:
            self._keep(self._unscored, screened)

    def write(self, counts: Counts, to: Writer, *, model: str, now: datetime | None = None) -> None:
        """Write the report about everything taken, with the figures of `counts` and the name of the model."""
        unit, days = bins(counts.days)
        categories = counts.by_category()
        flagged = sum(spool.counted for spool in self._flags.values())
        shown_flags = min(flagged, MOST_FLAGS, sum(spool.kept for spool in self._flags.values()))
        channels = sorted(counts.channels.items(), key=lambda item: (-item[1].flagged, -item[1].comments, item[0]))
        pieces = _template().generate(
            t=self._words, about=self._about, model=model, counts=counts, people=self._people, version=__version__,
            made=(now or datetime.now(UTC)).astimezone(counts.zone), zone=counts.zone, css=_css(),
            stack=STACK, by_severity=counts.by_severity(), Severity=Severity,
            unit=unit, bins=days, columns=columns(days), width=WIDTH, height=HEIGHT,
            categories=categories, bars=bars(categories), bars_height=len(categories) * ROW + 4,
            channels=channels[:MOST_CHANNELS], more_channels=max(0, len(channels) - MOST_CHANNELS),
            flags=self._worst_first(), more_flags=flagged - shown_flags,
            unscored=self._unscored.read(MOST_UNSCORED), unscored_total=self._unscored.counted,
            more_unscored=self._unscored.counted - self._unscored.kept,
        )  # fmt: skip
        for piece in pieces:
            to.write(piece)

    def _worst_first(self) -> Iterator[dict[str, Any]]:
        room = MOST_FLAGS
        for severity in STACK:
            for record in self._flags[severity].read(room):
                room -= 1
                yield record

    def _keep(self, spool: Spool, screened: Screened) -> None:
        if spool.has_room:
            spool.add(self._record(screened))
        else:
            spool.count()

    def _record(self, screened: Screened) -> dict[str, Any]:
        row, assessment, judgement = screened
        comment, words = row.comment, self._words
        withheld = not WITHHELD.isdisjoint(judgement.categories)
        text = shown(row, judgement.findings, self._people, words("number.person"))
        rule = self._about.pack.rule(judgement.rule) if judgement.rule else None
        return {
            "severity": int(judgement.severity),
            "categories": [words.category(category) for category in judgement.categories],
            "rule": rule.title.in_(words.language) if rule else "",
            "clause": say(cited(judgement.clause), words.language) if judgement.clause else "",
            "consult": list(judgement.consult),
            "reasons": [] if withheld else self._reasons(judgement.findings),
            "author": _short(self._people.author(comment.author, words("number.person"))) or words("number.unknown"),
            "channel": _short(row.channel),
            "time": comment.posted_at.isoformat() if comment.posted_at else "",
            "id": _short(comment.ref.comment),
            "where": _short(row.where),
            "link": "" if withheld else comment.permalink or "",
            "withheld": withheld,
            "pieces": [] if withheld else [list(piece) for piece in text.pieces],
            "shortened": 0 if withheld else text.shortened_from,
            "unscored": assessment.unscored is not None,
        }

    def _reasons(self, findings: tuple[Finding, ...]) -> list[str]:
        """Return one line for each finding; detectors explain themselves in English only."""
        words = self._words
        reasons: dict[str, None] = {}
        for finding in findings:
            reason = words.category(finding.category)
            if finding.label and (reading := words.reading(finding.label)):
                reason = f"{reason}: {reading}"
            elif words.language == "en":
                reason = finding.explanation.rstrip(".")
            reasons[_short(words("flags.score", reason=reason, score=f"{finding.score:.2f}"))] = None
        return list(reasons)


def _short(text: str) -> str:
    return inert(text if len(text) <= MOST_WORD else text[: MOST_WORD - 1] + "…")


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("bot.shadow.report", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["when"] = datetime.fromisoformat
    environment.filters["severity"] = Severity
    environment.filters["short"] = _short
    return environment.get_template("report.html")


def _css() -> str:
    return resources.files("bot.shadow.report").joinpath("report.css").read_text(encoding="utf-8")
