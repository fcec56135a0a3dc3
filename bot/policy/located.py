"""YAML whose every value remembers its file and line, for errors that a person can find.

Packs come from people, so only what packs need is read: mappings, lists and plain values in the YAML 1.2 sense
(`no` and `off` are words, not truth values). Anchors and aliases (YAML bombs), tags and deep nesting are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.policy.problems import Problem

MOST_BYTES = 256 * 1024
"""No file of a pack is larger."""
DEEPEST = 12
"""Levels of nesting; a pack needs about six."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FRACTION = re.compile(r"[-+]?(?:[0-9]{1,18}\.[0-9]{0,18}|\.[0-9]{1,18})(?:[eE][-+]?[0-9]{1,3})?")

Trail = Sequence[str | int]
"""The way to a value inside a file: keys and places in lists."""


@dataclass(slots=True)
class Located:
    """A value of a file: a scalar, a list or a mapping of further ones. `keys` are the lines of a mapping's keys."""

    value: Any
    file: Path
    line: int
    keys: dict[str, tuple[Path, int]] = field(default_factory=dict)

    def plain(self) -> Any:
        """Return the bare value, without places."""
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value

    def get(self, key: str) -> Located | None:
        """Return the entry of a mapping, or `None`."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def entry_id(self) -> str | None:
        """Return the `id` of a list's entry, by which packs that build on each other are joined."""
        entry = self.get("id")
        return entry.value if entry is not None and isinstance(entry.value, str) else None

    def place(self, trail: Trail) -> tuple[Path, int]:
        """Return file and line of what stands at `trail`, or of the nearest thing around it."""
        node, where = self, (self.file, self.line)
        for step in trail:
            if isinstance(node.value, dict) and str(step) in node.value:
                where = node.keys.get(str(step), where)
                node = node.value[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                where = (node.file, node.line)
            else:
                break
        return where


def read_text(file: Path, folder: Path, problems: list[Problem]) -> str | None:
    """Return the text of a pack's file; on trouble (too large, no UTF-8, led outside the folder) note it."""
    if not file.resolve().is_relative_to(folder.resolve()):
        problems.append(Problem(file, 1, "the file leads out of the pack's folder; put the file itself there"))
        return None
    if not file.is_file():
        problems.append(Problem(file, 1, "the file is missing; see docs/policy-packs.md for what belongs in it"))
        return None
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        problems.append(Problem(file, 1, f"the file cannot be read ({error.strerror}); check its permissions"))
        return None
    if len(raw) > MOST_BYTES:
        problems.append(Problem(file, 1, f"the file is larger than {MOST_BYTES // 1024} KiB; shorten it"))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.append(Problem(file, line, "the text is not UTF-8; save the file as UTF-8"))
        return None


def read_yaml(file: Path, folder: Path, problems: list[Problem]) -> Located | None:
    """Return the one mapping that a YAML file holds, or `None` after noting what is wrong with it."""
    text = read_text(file, folder, problems)
    if text is None:
        return None
    try:
        root = _Builder(file).build(yaml.parse(text, Loader=_LOADER))
    except _RefusedError as refused:
        problems.append(Problem(file, refused.line, str(refused)))
        return None
    except yaml.YAMLError as error:
        problems.append(Problem(file, *_yaml_trouble(error, text)))
        return None
    if root is None or not isinstance(root.value, dict):
        problems.append(Problem(file, 1, "expected “key: value” lines at the start of the file"))
        return None
    return root


def _yaml_trouble(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return error.problem_mark.line + 1, f"this is no YAML: {error.problem}; look at this line and the one before"
    position = getattr(error, "position", 0) or 0
    return text.count("\n", 0, position) + 1, "a character that YAML does not allow; delete it"


class _RefusedError(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.open: list[Located] = []
        self.pending: list[tuple[str, int] | None] = []
        self.root: Located | None = None

    def build(self, events: Iterator[yaml.Event]) -> Located | None:
        for event in events:
            line = event.start_mark.line + 1 if event.start_mark is not None else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise _RefusedError(line, "anchors and aliases (& and *) are not read; write the value out")
            if getattr(event, "tag", None):
                raise _RefusedError(line, "tags (!) are not read; write the plain value")
            self._take(event, line)
        return self.root

    def _take(self, event: yaml.Event, line: int) -> None:
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise _RefusedError(line, "only one document (---) per file is read; join them")
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            node = Located({} if isinstance(event, yaml.MappingStartEvent) else [], self.file, line)
            self._place(node)
            self.open.append(node)
            self.pending.append(None)
            if len(self.open) > DEEPEST:
                raise _RefusedError(line, f"nested deeper than {DEEPEST} levels; a pack never needs that")
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.open.pop()
            self.pending.pop()
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if self.open and isinstance(self.open[-1].value, dict) and self.pending[-1] is None:
            if event.value in self.open[-1].value:
                raise _RefusedError(line, f"the key “{event.value[:40]}” stands here twice; keep one")
            self.pending[-1] = (event.value, line)
        else:
            self._place(Located(_scalar_value(event), self.file, line))

    def _place(self, node: Located) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent.value, list):
            parent.value.append(node)
            return
        pending = self.pending[-1]
        if pending is None:
            raise _RefusedError(node.line, "a key must be a single word or text")
        key, key_line = pending
        parent.value[key] = node
        parent.keys[key] = (self.file, key_line)
        self.pending[-1] = None


def _scalar_value(event: yaml.ScalarEvent) -> Any:
    """A plain scalar as YAML 1.2 reads it; quoted and block texts are texts."""
    text: str = event.value
    if event.style:  # the C parser says "" where the other one says None
        return text
    if text in _PLAIN:
        return _PLAIN[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text):
        return float(text)
    return text
