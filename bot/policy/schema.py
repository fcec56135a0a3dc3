"""A policy pack: everything that a district's rules say, as values. The files are read by `bot.policy.loader`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field, PrivateAttr, StringConstraints

from bot.domain.categories import Category, Severity
from bot.domain.comments import AuthorRole, ChannelKind
from bot.policy.records import ChecklistFile, MatrixFile, RetentionFile
from bot.policy.routes import Route, RoutesFile
from bot.policy.rules import Handling, Incident, Rule, RulesFile, Signal, Thresholds
from bot.policy.words import Id, Language, Levels, Part, Roles, SeverityWord, Text, Word

SCHEMA_VERSION = 1
"""The version of this schema; a pack says for which one it was written."""


class Source(Part):
    """A document whose clauses a pack cites, and whom it binds. Its clauses are never cited against anyone else."""

    id: Word
    title: Word
    dated: date | None = None
    binds: Roles


class Bulletin(Part):
    """A document that a pack names to be consulted."""

    id: Word
    title: Word
    dated: date | None = None


class Switches(Part):
    """What a district may turn on. Off unless it does."""

    staff_channels: bool = False
    """Watch `staff` channels, where concerted activity is protected (29 USC 157)."""
    advertising_by_anyone: bool = False
    """The netiquette asks everybody, not only staff, to leave advertising out."""


class TimeLimits(Part):
    """How often things come round, in days and months."""

    review_days: Annotated[int, Field(ge=1, le=31)] = 1
    registration_months: Annotated[int, Field(ge=1, le=60)] = 12
    parent_notice_months: Annotated[int, Field(ge=1, le=60)] = 12
    follow_up_days: tuple[Annotated[int, Field(ge=1, le=365)], ...] = (7, 30)


class IncidentRecord(Part):
    """The district's own system for incidents (R20), and from which severity a confirmed case belongs there."""

    name: Word
    from_severity: SeverityWord = Severity.CRITICAL
    clause: Word | None = None


class Identity(Part):
    """`pack.yaml`: who wrote the pack, on which documents it rests, and what the district has turned on.

    `adopted` is the day on which the district adopted the programme; it stays empty until the district fills it in.
    """

    schema_version: Annotated[int, Field(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)]
    name: Id
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$")]
    title: Text
    district: Word
    extends: Id | None = None
    adopted: date | None = None
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    bulletins: tuple[Bulletin, ...] = ()
    switches: Switches = Switches()
    time_limits: TimeLimits = TimeLimits()
    incident_record: IncidentRecord | None = None


class Clause(Part):
    """A place in a source, such as BUL-5688.1, II.6; `binds` where it binds fewer people than the source does."""

    source: Word
    point: Word
    binds: Roles = frozenset(AuthorRole)

    def __str__(self) -> str:
        return f"{self.source} {self.point}"


class RuleClauses(Part):
    """What a rule rests on. `consult` replaces the pack's list where other documents govern."""

    clause: Clause | None = None
    consult: tuple[Word, ...] | None = None


class ClausesFile(Part):
    """`clauses.yaml`: by rule, the clause; `consult` is for everybody whom no clause binds."""

    consult: tuple[Word, ...] = ()
    rules: dict[Id, RuleClauses] = Field(default_factory=dict)


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


class Pack(Part):
    """A loaded pack. Values only: the same pack always judges the same."""

    identity: Identity
    rules: RulesFile
    thresholds: Thresholds
    clauses: ClausesFile
    routes: RoutesFile
    checklist: ChecklistFile
    matrix: MatrixFile
    retention: RetentionFile
    netiquette: dict[Language, Netiquette]
    parent_notice: dict[Language, str]

    _tables: dict[tuple[AuthorRole, ChannelKind], Table] = PrivateAttr(default_factory=dict)

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
        consult = self.clauses.consult if entry.consult is None else entry.consult
        return Citation(f"Netiquette {rule.netiquette}", consult)

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
