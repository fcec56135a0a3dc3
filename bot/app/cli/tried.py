"""How `policy try` shows one comment: readable without colour, with the comment's own text inert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.domain.assessments import Assessment, Finding, Judgement
from bot.domain.categories import Severity
from bot.domain.comments import Comment
from bot.policy.schema import Pack

BAR = 20
"""Cells of a score's bar."""
SHOWN_FROM = 0.05
"""Lower scores are not worth a line each."""
OPENS, CLOSES = "⟦", "⟧"
"""Around marked words, so that they stand out without colour."""
COLOURS = {
    Severity.NONE: "green",
    Severity.LOW: "cyan",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "red",
    Severity.CRITICAL: "bold red",
}


class Tried(NamedTuple):
    """A comment, and what became of it."""

    pack: Pack
    comment: Comment
    assessment: Assessment
    judgement: Judgement


def card(tried: Tried, language: str = "en") -> RenderableType:
    """Return the card: severity, categories, rule, clause, what to do, the marked words, reasons and scores."""
    judgement = tried.judgement
    colour = COLOURS[judgement.severity]
    parts: list[RenderableType] = [marked(tried.comment.text, judgement.findings), Text()]
    if tried.assessment.unscored:
        parts += [Text(f"Could not be scored: {tried.assessment.unscored}", style="bold"), Text()]
    parts.append(_facts(tried, language))
    if tried.assessment.scores:
        parts += [Text(), _scores(tried)]
    title = "not flagged" if not judgement.flagged else f"{judgement.severity} · {', '.join(judgement.categories)}"
    return Panel(Group(*parts), title=Text(title), title_align="left", border_style=colour, padding=(1, 2))


def marked(text: str, findings: Iterable[Finding]) -> Text:
    """Return `text` inert, with the words that findings point at between `OPENS` and `CLOSES`."""
    spans = _joined((finding.start, finding.end) for finding in findings)
    shown = Text()
    end = 0
    for start, stop in spans:
        shown.append(inert(text[end:start]))
        shown.append(f"{OPENS}{inert(text[start:stop])}{CLOSES}", style="bold underline")
        end = stop
    shown.append(inert(text[end:]))
    return shown


def inert(text: str) -> str:
    """Return `text` with the code point in place of every character that could steer a terminal or hide words."""
    return "".join(char if char.isprintable() or char in "\n\t" else _written_out(char) for char in text)


def _written_out(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _facts(tried: Tried, language: str) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _rows(tried, language):
        table.add_row(name, Text(inert(value)))
    return table


def _rows(tried: Tried, language: str) -> Iterator[tuple[str, str]]:
    judgement = tried.judgement
    rule = tried.pack.rule(judgement.rule) if judgement.rule else None
    yield "Pack", f"{tried.pack.name} {tried.pack.identity.version}"
    yield "Severity", str(judgement.severity)
    if rule is not None:
        yield "Rule", f"{rule.id}: {rule.title.in_(language)}"
        yield "Cites", judgement.clause or "nothing"
    if judgement.consult:
        yield "Consult", ", ".join(judgement.consult)
    for finding in judgement.findings:
        yield "Why", finding.explanation
    if rule is not None:
        yield "What to do", rule.act.note.in_(language)


def _scores(tried: Tried) -> RenderableType:
    counting = {finding.label for finding in tried.judgement.findings if finding.label}
    scores = sorted(tried.assessment.scores.items(), key=lambda item: -item[1])
    table = Table.grid(padding=(0, 2))
    for label, score in scores:
        if score >= SHOWN_FROM or label in counting:
            full = round(min(score, 1.0) * BAR)
            bar = "█" * full + "░" * (BAR - full)
            table.add_row(Text(label), bar, f"{score:.2f}", "counts" if label in counting else "")
    rest = len(scores) - table.row_count
    return Group(table, Text(f"{rest} labels below {SHOWN_FROM:.2f}")) if rest else table
