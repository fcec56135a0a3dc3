"""The core knows no platform, and each of its rooms knows the rooms that docs/architecture.md says, and no more."""

from __future__ import annotations

import ast
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import bot

CORE = Path(bot.__file__).parent
PAGE = CORE.parent.joinpath("docs", "architecture.md").read_text(encoding="utf-8")
ROOMS = {module.name for module in pkgutil.iter_modules(bot.__path__) if module.ispkg}

FORBIDDEN = {
    "adapters", "aiohttp", "detoxify", "discord", "slack_bolt", "slack_sdk", "starlette", "torch", "transformers",
    "uvicorn",
}  # fmt: skip
PROGRAM = "bot.app"
"""The wiring and the command line: the one room that may know everybody."""

IMPORT_THE_CORE = """
import importlib, json, pkgutil, sys
import bot
found = [module.name for module in pkgutil.walk_packages(bot.__path__, "bot.")]
names = [n for n in found if not n.startswith(sys.argv[1]) and not n.endswith("__main__") and ".migrations" not in n]
for name in names:
    importlib.import_module(name)
print(json.dumps({"imported": names, "loaded": sorted({name.partition(".")[0] for name in sys.modules})}))
"""


def imported_in_a_fresh_interpreter() -> dict[str, list[str]]:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_THE_CORE, PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )
    result: dict[str, list[str]] = json.loads(run.stdout)
    return result


def test_the_core_pulls_in_no_platform_web_or_torch_package() -> None:
    result = imported_in_a_fresh_interpreter()
    assert set(result["loaded"]) & FORBIDDEN == set()
    rooms = {name for _, name, is_package in pkgutil.iter_modules(bot.__path__) if is_package}
    visited = {name.split(".")[1] for name in result["imported"] if "." in name}
    assert rooms - visited <= {"app"}, "every room of the core was visited"


Known = dict[str, dict[str, set[str]]]
"""For each room the rooms it knows, with the modules of them."""


def imports_of(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each room that a file imports from, with the module; also what it imports for types only."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [item.name for item in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports by a relative name"
            names = [f"{node.module}.{item.name}" for item in node.names]
        else:
            continue
        for first, room, module in ((*name.split("."), "", "")[:3] for name in names):
            if first == "bot" and room in ROOMS:
                yield room, module


def known_in_the_code() -> Known:
    found: Known = {room: {} for room in ROOMS}
    for room in ROOMS:
        for file in CORE.joinpath(room).rglob("*.py"):
            for other, module in imports_of(file):
                if other != room:
                    found[room].setdefault(other, set()).add(module)
    return found


def known_on_the_page() -> Known:
    """What the table says; a room without modules in brackets may be known by any of them."""
    section = PAGE.partition("\n## The rooms\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `bot/(\w+)/` \|.*\| ([^|]+) \|$", section, re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a room stands in the table twice"
    said: Known = {}
    for room, cell in rows:
        words = {"nothing else": "", "everybody": ", ".join(sorted(ROOMS - {room}))}.get(cell, cell)
        assert re.fullmatch(r"(\w+( \([\w, ]+\))?(, |$))*", words), f"{room}: {words}"
        said[room] = {name: set(re.findall(r"\w+", some)) for name, some in re.findall(r"(\w+)(?: \((.*?)\))?", words)}
    return said


def test_each_room_knows_what_the_architecture_page_says() -> None:
    said, found = known_on_the_page(), known_in_the_code()
    assert said.keys() == ROOMS
    for room, others in found.items():
        assert said[room].keys() == others.keys(), f"docs/architecture.md, bot/{room}/"
        for other, modules in said[room].items():
            assert modules in (set(), others[other]), f"docs/architecture.md, bot/{room}/, {other}"


def test_only_the_rooms_around_a_case_know_each_other() -> None:
    found = known_in_the_code()
    reached = {room: set(others) for room, others in found.items()}
    for _ in ROOMS:
        reached = {room: far.union(*(reached[other] for other in far)) for room, far in reached.items()}
    assert {room for room in ROOMS if room in reached[room]} == {"alerts", "cases", "daily", "evidence"}


def test_help_starts_without_loading_the_model_or_the_database() -> None:
    code = "import sys; sys.argv=['x','--help']\ntry:\n import bot.__main__ as m; m.main()\nexcept SystemExit: pass\n"
    code += "print('LOADED', *sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(run.stdout.partition("LOADED")[2].split())
    assert "click" in loaded
    assert loaded & {"numpy", "onnxruntime", "sqlalchemy", "cryptography", "jinja2"} == set()
