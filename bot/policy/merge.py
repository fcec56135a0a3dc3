"""How a pack builds on another one (`extends`): what it says itself wins, what it leaves out is inherited.

Mappings are joined key by key, lists of entries with an `id` entry by entry; every other value, plain lists and
levels (`{medium: 0.5, high: 0.8}`) among them, is replaced as a whole. Clauses go with their sources: a pack that
lists its own `sources` inherits no clause of anybody else's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.domain.categories import Severity
from bot.policy.located import Located

OWN = frozenset({"name", "version", "title", "extends"})
"""What of `pack.yaml` is never inherited."""
WHOLE = frozenset({"sources", "bulletins"})
"""What is replaced as a whole although its entries have ids."""
_SEVERITIES = frozenset(str(severity) for severity in Severity)


def merged(base: Located, own: Located) -> Located:
    """Return `base` with everything that `own` says put over it; both stay as they are."""
    if _is_levels(own):
        return own
    if isinstance(base.value, dict) and isinstance(own.value, dict):
        return _merged_mappings(base, own)
    if isinstance(base.value, list) and isinstance(own.value, list) and _has_ids(base) and _has_ids(own):
        return _merged_entries(base, own)
    return own


def _merged_mappings(base: Located, own: Located) -> Located:
    value = dict(base.value)
    for key, item in own.value.items():
        inherited = value.get(key)
        value[key] = item if inherited is None or key in WHOLE else merged(inherited, item)
    return Located(value, own.file, own.line, {**base.keys, **own.keys})


def _merged_entries(base: Located, own: Located) -> Located:
    entries = {item.entry_id(): item for item in base.value}
    for item in own.value:
        inherited = entries.get(item.entry_id())
        entries[item.entry_id()] = item if inherited is None else merged(inherited, item)
    return Located(list(entries.values()), own.file, own.line)


def _has_ids(node: Located) -> bool:
    return bool(node.value) and all(item.entry_id() is not None for item in node.value)


def _is_levels(node: Located) -> bool:
    return isinstance(node.value, dict) and bool(node.value) and node.value.keys() <= _SEVERITIES


def without_own(identity: Located) -> Located:
    """Return a base's `pack.yaml` as others inherit it."""
    value = {key: item for key, item in identity.value.items() if key not in OWN}
    return Located(value, identity.file, identity.line, identity.keys)


def without_foreign_clauses(sections: Mapping[str, Located], folder: Path) -> None:
    """Take inherited clauses and bulletins out of `clauses.yaml` whose documents the pack does not list."""
    clauses, identity = sections.get("clauses"), sections.get("identity")
    if clauses is None or identity is None:
        return
    known = _ids(identity.get("sources")) | _ids(identity.get("bulletins"))
    _prune_consult(clauses, known, folder)
    rules = clauses.get("rules")
    for entry in rules.value.values() if rules is not None and isinstance(rules.value, dict) else ():
        if not isinstance(entry.value, dict):
            continue
        clause = entry.get("clause")
        source = clause.get("source") if clause is not None else None
        if clause is not None and source is not None and source.value not in known and _inherited(clause, folder):
            del entry.value["clause"]
        _prune_consult(entry, known, folder)


def _prune_consult(holder: Located, known: set[str], folder: Path) -> None:
    consult = holder.get("consult")
    if consult is None or not isinstance(consult.value, list) or not _inherited(consult, folder):
        return
    kept = [item for item in consult.value if item.value in known]
    if consult.value and not kept:
        del holder.value["consult"]
    else:
        consult.value = kept


def _inherited(node: Located, folder: Path) -> bool:
    return node.file.parent != folder


def _ids(entries: Located | None) -> set[str]:
    if entries is None or not isinstance(entries.value, list):
        return set()
    return {found for item in entries.value if (found := item.entry_id()) is not None}
