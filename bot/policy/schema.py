"""A policy pack: everything that a district's rules say, as values. The files are read by `bot.policy.loader`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.domain.categories import Category, Severity
from bot.domain.comments import AuthorRole, ChannelKind
from bot.policy.identity import ClausesFile, Identity, RuleClauses
from bot.policy.records import ChecklistFile, MatrixFile, RetentionFile
from bot.policy.routes import Route, RoutesFile
from bot.policy.rules import Handling, Incident, Rule, RulesFile, Signal, Thresholds
from bot.policy.words import Language, Levels, Part, reached


class Netiquette(Part):
    """The channel's guidelines in one language: the Markdown text, and its points by number."""

    text: str
    points: dict[int, str]


class Citation(NamedTuple):
    """What a flag cites: a clause that binds the author, or else the netiquette and what to consult."""

    clause: str
    consult: tuple[str, ...]


class Watch(NamedTuple):
    """One signal, ready for judging: whose rule (`rank` is its place in the pack), towards whom, from which levels.

    `floor` is the lowest of the levels: below it, nothing is reached.
    """

    rank: int
    rule: Rule
    citation: Citation
    targets: frozenset[AuthorRole]
    detector: str | None
    levels: Levels
    floor: float


class Table(NamedTuple):
    """The signals that concern one author role in one kind of channel, by label and by category of findings."""

    labels: Mapping[str, tuple[Watch, ...]]
    findings: Mapping[Category, tuple[Watch, ...]]


@dataclass(frozen=True, slots=True)
class Pack:
    """A loaded pack. Values only: the same pack always judges the same."""

    identity: Identity
    rules: RulesFile
    thresholds: Thresholds
    clauses: ClausesFile
    routes: RoutesFile
    checklist: ChecklistFile
    matrix: MatrixFile
    retention: RetentionFile
    netiquette: Mapping[Language, Netiquette]
    parent_notice: Mapping[Language, str]

    _tables: dict[tuple[AuthorRole, ChannelKind], Table] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def name(self) -> str:
        """The pack's name, as settings and site files write it."""
        return self.identity.name

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule of that id, or `None`."""
        return next((rule for rule in self.rules.rules if rule.id == rule_id and not rule.off), None)

    def reasons(self) -> tuple[Rule, ...]:
        """Return every rule that a reporter or reviewer may choose as the reason, in the pack's order."""
        return tuple(rule for rule in self.rules.rules if not rule.off)

    def worst(self, rule: Rule) -> Severity:
        """Return how severe a matter of `rule` is once nobody doubts it; `NONE` for what only people may say."""
        return max((reached(self._levels(signal), 1.0) for signal in rule.signals), default=Severity.NONE)

    def cite(self, rule: Rule, author: AuthorRole) -> Citation:
        """Return what a flag by `rule` cites for an author of that role.

        A clause is cited only against a person whom its source binds, and never for a welfare concern, which is no
        violation; the netiquette stands in, and `consult` names what to read.
        """
        entry = self.clauses.rules.get(rule.id, RuleClauses())
        if entry.clause is not None and rule.act.handling is not Handling.WELFARE:
            source = next(item for item in self.identity.sources if item.id == entry.clause.source)
            if author in source.binds & entry.clause.binds:
                return Citation(str(entry.clause), ())
        bound = any(author in source.binds for source in self.identity.sources)
        others = () if bound else self.clauses.consult  # what is there for whom no source binds: students first of all
        return Citation(f"Netiquette {rule.netiquette}", others if entry.consult is None else entry.consult)

    def routes_for(
        self, incident: Incident, author: AuthorRole | None = None, target: AuthorRole | None = None
    ) -> tuple[Route, ...]:
        """Return the routes for an incident between these two, in the pack's order; unknown people match all."""
        return tuple(
            route for route in self.routes.routes if route.incident is incident and route.leads(author, target)
        )

    def table(self, author: AuthorRole, channel: ChannelKind) -> Table:
        """Return the signals that concern `author` in a `channel` of that kind (made once, then remembered)."""
        table = self._tables.get((author, channel))
        if table is None:
            table = self._tables[author, channel] = self._make_table(author, channel)
        return table

    def _make_table(self, author: AuthorRole, channel: ChannelKind) -> Table:
        labels: dict[str, list[Watch]] = {}
        findings: dict[Category, list[Watch]] = {}
        for rank, rule in enumerate(self.rules.rules):
            targets = self._targets(rule, author, channel)
            citation = self.cite(rule, author)
            for signal in rule.signals if targets else ():
                levels = self._levels(signal)
                watch = Watch(rank, rule, citation, targets, signal.detector, levels, levels[-1][1])
                if signal.label is not None:
                    labels.setdefault(signal.label, []).append(watch)
                elif signal.finding is not None:
                    findings.setdefault(signal.finding, []).append(watch)
        return Table(
            {label: tuple(watches) for label, watches in labels.items()},
            {category: tuple(watches) for category, watches in findings.items()},
        )

    def _levels(self, signal: Signal) -> Levels:
        """The signal's own levels, or those that all rules of the pack share."""
        if signal.at is not None:
            return signal.at
        if signal.finding is not None:
            return self.thresholds.findings[signal.finding]
        return self.thresholds.labels[signal.label or ""]

    def _targets(self, rule: Rule, author: AuthorRole, channel: ChannelKind) -> frozenset[AuthorRole]:
        """Towards whom `rule` concerns this author in this kind of channel; empty where it does not."""
        switches = self.identity.switches
        if rule.off or (channel is ChannelKind.STAFF and not switches.staff_channels):
            return frozenset()
        if rule.only_if == "advertising_by_anyone" and not switches.advertising_by_anyone:
            return frozenset()
        cases = (case for case in rule.applies_to if author in case.authors and channel in case.channels)
        return frozenset().union(*(case.targets for case in cases))
