"""The second look at a pack: everything that one file names must exist in the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import product

from bot.domain.categories import PEOPLE_ONLY, Category
from bot.domain.comments import AuthorRole
from bot.policy.judge import READINGS
from bot.policy.located import Trail
from bot.policy.rules import Handling, Incident
from bot.policy.schema import Pack
from bot.policy.sentences import meant

Trouble = tuple[str, Trail, str]
"""Section, the way to the place in it, and the sentence."""


def troubles(pack: Pack, detectors: Collection[str] | None = None) -> Iterator[Trouble]:
    """Yield everything in `pack` that leads nowhere or contradicts itself.

    `detectors` are the names of all that there are; without them, those that signals name are taken on trust.
    """
    for check in _CHECKS:
        yield from check(pack)
    if detectors is not None:
        yield from _detectors(pack, detectors)


def _netiquette_points(pack: Pack) -> Iterator[Trouble]:
    for index, rule in enumerate(pack.rules.rules):
        for language, netiquette in pack.netiquette.items():
            if rule.netiquette not in netiquette.points:
                trail = ("rules", index, "netiquette")
                yield "rules", trail, f"netiquette.{language}.md has no point {rule.netiquette}"


def _thresholds(pack: Pack) -> Iterator[Trouble]:
    for index, rule in enumerate(pack.rules.rules):
        for place, signal in enumerate(rule.signals):
            shared = (
                signal.label in pack.thresholds.labels if signal.label else signal.finding in pack.thresholds.findings
            )
            if signal.at is None and not shared:
                name = signal.label or signal.finding
                near = meant(signal.label, {*READINGS, *pack.thresholds.labels}) if signal.label else ""
                sentence = f"no levels for “{name}”{near}: add them to thresholds.yaml, or “at” to this signal"
                yield "rules", ("rules", index, "signals", place), sentence


def _idle_levels(pack: Pack) -> Iterator[Trouble]:
    """Levels that no signal asks for do nothing; only what the shipped packs weigh may stand idle."""
    signals = [signal for rule in pack.rules.rules for signal in rule.signals]
    asked = {signal.label for signal in signals if signal.label}
    for label in pack.thresholds.labels:
        if label not in asked and label not in READINGS:
            sentence = f"no rule has a signal for the label “{label}”{meant(label, {*READINGS, *asked})}"
            yield "thresholds", ("labels", label), f"{sentence}; correct it, or take it out"
    for category in pack.thresholds.findings:
        if category in PEOPLE_ONLY and all(signal.finding is not category for signal in signals):
            sentence = f"no rule has a signal for findings of “{category}”; take it out"
            yield "thresholds", ("findings", category), sentence


def _detectors(pack: Pack, known: Collection[str]) -> Iterator[Trouble]:
    for index, rule in enumerate(pack.rules.rules):
        for place, signal in enumerate(rule.signals):
            if signal.detector is not None and signal.detector not in known:
                sentence = f"there is no detector “{signal.detector}”{meant(signal.detector, known)}"
                trail = ("rules", index, "signals", place, "detector")
                yield "rules", trail, f"{sentence}; use one of: {', '.join(sorted(known))}"


def _ways_to_go(pack: Pack) -> Iterator[Trouble]:
    led = {route.incident for route in pack.routes.routes}
    for index, rule in enumerate(pack.rules.rules):
        incident = rule.act.route
        if incident is not None and incident not in led:
            yield "rules", ("rules", index, "act", "route"), f"routes.yaml has no route for “{incident}”"


def _clauses(pack: Pack) -> Iterator[Trouble]:
    rules = {rule.id: rule for rule in pack.rules.rules}
    sources = {source.id for source in pack.identity.sources}
    documents = _documents(pack)
    yield from _consulted(pack.clauses.consult, documents, ())
    for rule_id, entry in pack.clauses.rules.items():
        trail = ("rules", rule_id)
        rule = rules.get(rule_id)
        if rule is None:
            yield "clauses", trail, f"rules.yaml has no rule “{rule_id}”"
        elif entry.clause is not None and rule.act.handling is Handling.WELFARE:
            yield "clauses", trail, f"“{rule_id}” is a welfare concern, no violation; name documents in “consult”"
        if entry.clause is not None and entry.clause.source not in sources:
            sentence = f"pack.yaml lists no source “{entry.clause.source}”"
            yield "clauses", (*trail, "clause", "source"), sentence
        yield from _consulted(entry.consult or (), documents, trail)


def _consulted(names: tuple[str, ...], documents: set[str], trail: Trail) -> Iterator[Trouble]:
    for place, name in enumerate(names):
        if name not in documents:
            sentence = f"pack.yaml lists “{name}” neither under sources nor under bulletins"
            yield "clauses", (*trail, "consult", place), sentence


def _routes(pack: Pack) -> Iterator[Trouble]:
    agencies = {agency.id for agency in pack.routes.agencies}
    documents = _documents(pack)
    for index, route in enumerate(pack.routes.routes):
        for place, agency in enumerate(route.agencies):
            if agency not in agencies:
                trail = ("routes", index, "agencies", place)
                yield "routes", trail, f"there is no agency “{agency}” in this file"
        for place, name in enumerate(route.bulletins):
            if name not in documents:
                sentence = f"pack.yaml lists “{name}” neither under sources nor under bulletins"
                yield "routes", ("routes", index, "bulletins", place), sentence
        for place, caution in enumerate(route.cautions):
            if caution not in pack.routes.cautions:
                sentence = f"“cautions” at the top of the routes has no text for “{caution}”"
                yield "routes", ("routes", index, "cautions", place), sentence


def _contacts(pack: Pack) -> Iterator[Trouble]:
    for index, agency in enumerate(pack.routes.agencies):
        if agency.phones and agency.as_of is None:
            sentence = f"the phones of “{agency.id}” have no date; add “as_of”"
            yield "routes", ("agencies", index, "phones"), sentence


def _documents(pack: Pack) -> set[str]:
    identity = pack.identity
    return {item.id for item in identity.sources} | {item.id for item in identity.bulletins}


_CHECKS: tuple[Callable[[Pack], Iterator[Trouble]], ...] = (
    _netiquette_points,
    _thresholds,
    _idle_levels,
    _ways_to_go,
    _clauses,
    _routes,
    _contacts,
)


def remarks(pack: Pack, labels: tuple[str, ...] | None = None) -> Iterator[str]:
    """Yield what is no error but wants a person: what the district has still to fill in, what can never happen.

    `labels` are those of the loaded model; without them, the labels of the models that we know stand in.
    """
    if pack.identity.adopted is None:
        yield "pack.yaml: “adopted” is empty; the district fills in the day it adopted the programme"
    called = {agency for route in pack.routes.routes for agency in route.agencies}
    for agency in pack.routes.agencies:
        if agency.id in called and not agency.phones:
            yield f"routes.yaml: “{agency.id}” has no phone number; the district fills it in"
    if not any(level.steps for level in pack.matrix.levels):
        yield "matrix.yaml: no steps yet; the district fills in its own"
    ruled = {rule.category for rule in pack.reasons()}
    for category in Category:
        if category not in ruled:
            kind = "reason to report" if category in PEOPLE_ONLY else "rule"
            yield f"rules.yaml: no {kind} for “{category}”; such comments are never flagged under that name"
    for incident, author, target in product(Incident, AuthorRole, AuthorRole):
        if not pack.routes_for(incident, author, target):
            yield f"routes.yaml: no route for “{incident}” from {author} to {target}"
    yield from _unknown_labels(pack, labels)


def _unknown_labels(pack: Pack, labels: tuple[str, ...] | None) -> Iterator[str]:
    asked = {signal.label: rule.id for rule in pack.reasons() for signal in rule.signals if signal.label}
    for label, rule_id in asked.items():
        if labels is not None and label not in labels:
            yield f"rules.yaml: the loaded model has no label “{label}” (rule “{rule_id}”); it is never reached"
        elif labels is None and label not in READINGS:
            named = f"“{label}”{meant(label, READINGS)}"
            yield f"rules.yaml: no model that we know has a label {named}; rule “{rule_id}” may never be reached by it"
