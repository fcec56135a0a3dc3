"""The core knows no platform: importing it pulls in no chat client, web framework or torch."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import bot

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


def test_help_starts_without_loading_the_model_or_the_database() -> None:
    code = "import sys; sys.argv=['x','--help']\ntry:\n import bot.__main__ as m; m.main()\nexcept SystemExit: pass\n"
    code += "print('LOADED', *sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(run.stdout.partition("LOADED")[2].split())
    assert "click" in loaded
    assert loaded & {"numpy", "onnxruntime", "sqlalchemy", "cryptography", "jinja2"} == set()
