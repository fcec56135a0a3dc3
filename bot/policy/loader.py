"""Finds and reads policy packs: folders of YAML and Markdown, no code. Everything wrong is named by file and line."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import policies
from bot.errors import PackError
from bot.policy.checks import troubles
from bot.policy.identity import ClausesFile, Identity
from bot.policy.located import Located, read_text, read_yaml
from bot.policy.merge import merged, without_foreign_clauses, without_own
from bot.policy.problems import DamagedPackError, Problem
from bot.policy.records import ChecklistFile, MatrixFile, RetentionFile
from bot.policy.routes import RoutesFile
from bot.policy.rules import RulesFile, Thresholds
from bot.policy.schema import Netiquette, Pack
from bot.policy.sentences import nearest, sentence
from bot.policy.words import LANGUAGES, Language, Part, Text

SHIPPED = Path(policies.__file__).parent
"""The folder of the packs that come with the program."""
MOST_BASES = 3
"""How many packs may stand behind one another through `extends`."""

SECTIONS: dict[str, tuple[str, type[Part]]] = {
    "identity": ("pack.yaml", Identity),
    "rules": ("rules.yaml", RulesFile),
    "thresholds": ("thresholds.yaml", Thresholds),
    "clauses": ("clauses.yaml", ClausesFile),
    "routes": ("routes.yaml", RoutesFile),
    "checklist": ("checklist.yaml", ChecklistFile),
    "matrix": ("matrix.yaml", MatrixFile),
    "retention": ("retention.yaml", RetentionFile),
}
"""The parts of a pack with their files. A pack that extends another needs only `pack.yaml`."""

_POINT = re.compile(r"^([1-9][0-9]?)\. +(\S.*)$")


@dataclass(frozen=True, slots=True)
class PackInfo:
    """One line about a pack, for lists."""

    name: str
    title: Text
    district: str
    version: str
    adopted: date | None
    folder: Path


def available_packs() -> list[PackInfo]:
    """Return the packs that come with the program, by name; raise `PackError` if one of them is damaged."""
    return [_info(load_pack(name)) for name in _shipped_names()]


def load_pack(name_or_path: str | Path, detectors: Collection[str] | None = None) -> Pack:
    """Return the pack of that name, or in that folder (its `pack.yaml` will do).

    `detectors` are the names that a signal may narrow itself to; without them any name will do. Raise
    `DamagedPackError` with every problem when it does not follow the schema, plain `PackError` when there is no such
    pack.
    """
    problems: list[Problem] = []
    chain = _chain(_folder(name_or_path), problems)
    _refuse_strays(chain[0], problems)
    sections = _sections(chain, problems)
    parts: dict[str, Any] = {key: _validated(key, node, problems) for key, node in sections.items()}
    netiquette = _netiquette(chain, problems)
    notice = {language: _text(f"parent-notice.{language}.md", chain, problems)[1] for language in LANGUAGES}
    if problems:
        raise DamagedPackError(problems)
    pack = Pack(**parts, netiquette=netiquette, parent_notice=notice)
    second = [Problem(*sections[key].place(trail), words) for key, trail, words in troubles(pack, detectors)]
    if second:
        raise DamagedPackError(second)
    return pack


def is_shipped(name: str) -> bool:
    """Whether a pack of that name comes with the program; anything else is a path."""
    return name in _shipped_names()


def _shipped_names() -> list[str]:
    return sorted(item.parent.name for item in SHIPPED.glob("*/pack.yaml"))


def _info(pack: Pack) -> PackInfo:
    what = pack.identity
    return PackInfo(what.name, what.title, what.district, what.version, what.adopted, SHIPPED / what.name)


def _folder(name_or_path: str | Path) -> Path:
    if is_shipped(str(name_or_path)):
        return SHIPPED / str(name_or_path)
    path = Path(name_or_path)
    if path.name == "pack.yaml":
        path = path.parent
    if path.is_dir():
        return path
    known = ", ".join(_shipped_names())
    raise PackError(f"There is no policy pack “{name_or_path}”; use {known}, or the path of a pack's folder.")


def _chain(folder: Path, problems: list[Problem]) -> list[Path]:
    """Return the pack's folder and, behind it, those of the packs that it builds on."""
    chain = [folder]
    while len(chain) <= MOST_BASES:
        identity = read_yaml(chain[-1] / "pack.yaml", chain[-1], [])
        base = identity.get("extends") if identity is not None else None
        if identity is None or base is None or base.value is None:
            return chain
        if base.value not in _shipped_names():
            known = ", ".join(_shipped_names())
            place = identity.place(("extends",))
            problems.append(Problem(*place, f"“{base.value}” is no pack to build on; use one of: {known}"))
            return chain
        chain.append(SHIPPED / base.value)
    problems.append(Problem(folder / "pack.yaml", 1, f"“extends” leads on more than {MOST_BASES} times"))
    return chain


def _refuse_strays(folder: Path, problems: list[Problem]) -> None:
    """Note YAML under a name that no section has: it would not be read, and its author would think it in force."""
    names = {name for name, _ in SECTIONS.values()}
    try:
        files = list(folder.iterdir())
    except OSError as error:
        problems.append(Problem(folder, 1, f"the folder cannot be listed ({error.strerror}); check its permissions"))
        return
    for file in files:
        if file.suffix.casefold() not in (".yaml", ".yml") or file.name.startswith(".") or file.name in names:
            continue  # what begins with a dot is an editor's or the system's
        near = nearest(file.stem.casefold(), (Path(name).stem for name in names))
        do = "take it out of the folder" if near is None else f"call it “{near}.yaml”, or take it out of the folder"
        problems.append(Problem(file, 1, f"no file of a pack has this name, so nothing in it is in force; {do}"))


def _sections(chain: list[Path], problems: list[Problem]) -> dict[str, Located]:
    """Return the sections of the pack, the bases' underneath."""
    sections: dict[str, Located] = {}
    for key, (name, _) in SECTIONS.items():
        for folder in reversed(chain):
            own, alone = folder == chain[0], len(chain) == 1
            needed = key == "identity" or alone or folder == chain[-1]
            if not needed and not _stands(folder / name):
                continue
            node = read_yaml(folder / name, folder, problems)
            if node is None:
                continue
            _refuse_doubles(node, problems)
            if key == "identity" and not own:
                node = without_own(node)
            sections[key] = merged(sections[key], node) if key in sections else node
    without_foreign_clauses(sections, chain[0])
    return sections


def _stands(file: Path) -> bool:
    """Whether something of that name is there, a dead link included (which is then a problem)."""
    return file.is_symlink() or file.exists()


def _refuse_doubles(node: Located, problems: list[Problem]) -> None:
    """Note entries of one list that share an id."""
    children: Iterable[Located] = ()
    if isinstance(node.value, dict):
        children = node.value.values()
    elif isinstance(node.value, list):
        children = node.value
        seen: dict[str, int] = {}
        for item in node.value:
            name = item.entry_id()
            if name is not None and name in seen:
                sentence = f"the id “{name}” is used twice (first in line {seen[name]}); rename one"
                problems.append(Problem(item.file, item.line, sentence))
            elif name is not None:
                seen[name] = item.line
    for child in children:
        _refuse_doubles(child, problems)


def _validated(key: str, node: Located, problems: list[Problem]) -> Part | None:
    """Return the section as a value, or `None` after noting everything that the schema has against it."""
    model = SECTIONS[key][1]
    try:
        return model.model_validate_json(json.dumps(node.plain()))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            trail = [step for step in detail["loc"] if step != "[key]"]
            problems.append(Problem(*node.place(trail), sentence(detail)))
        return None


def _text(name: str, chain: list[Path], problems: list[Problem]) -> tuple[Path, str]:
    """Return the nearest file of that name in the chain, with its text (empty after noting why)."""
    folder = next((item for item in chain if _stands(item / name)), chain[0])
    file = folder / name
    text = read_text(file, folder, problems)
    if text is not None and not text.strip():
        problems.append(Problem(file, 1, "the file is empty; write the text for this language"))
    return file, text or ""


def _netiquette(chain: list[Path], problems: list[Problem]) -> dict[Language, Netiquette]:
    """Return the guidelines in both languages, whose points must have the same numbers."""
    found: dict[Language, Netiquette] = {}
    for language in LANGUAGES:
        file, text = _text(f"netiquette.{language}.md", chain, problems)
        found[language] = Netiquette(text=text, points=_points(file, text, problems))
        numbers = set(found[LANGUAGES[0]].points)
        for number in sorted(numbers.symmetric_difference(found[language].points)):
            where = "is missing here" if number in numbers else "is not in the English text"
            problems.append(Problem(file, 1, f"point {number} {where}; both languages need the same points"))
    return found


def _points(file: Path, text: str, problems: list[Problem]) -> dict[int, str]:
    points: dict[int, str] = {}
    for line, words in enumerate(text.splitlines(), start=1):
        match = _POINT.match(words)
        if match and int(match[1]) in points:
            problems.append(Problem(file, line, f"point {match[1]} stands here twice; number the points anew"))
        elif match:
            points[int(match[1])] = match[2].strip()
    if text.strip() and not points:
        problems.append(Problem(file, 1, "no numbered points (lines such as “1. Be kind.”); rules cite them"))
    return points
