"""The list of behaviours, read off the tests: what happens, what the bot does, and where that is played.

A behaviour is a test whose docstring says `What happens → what the bot does.` `python -m tests.platforms.behaviours`
writes the list to `docs/behaviours.md`; a test holds the two together.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bot.platform.capabilities import Capability
from tests.platforms.discord_stage import DiscordStage
from tests.platforms.local_stage import ByHandStage, LocalStage
from tests.platforms.slack_stage import SlackStage
from tests.platforms.stage import Stage

STAGES: dict[str, type[Stage]] = {
    "local": LocalStage,
    "discord": DiscordStage,
    "slack": SlackStage,
    "by hand": ByHandStage,
}
"""Every platform that the behaviours are played on."""

STAND_INS = frozenset({"by hand"})
"""Stages that stand in for what no other stage lacks: only behaviours that ask for the lack are played there."""

THEMES = {
    "test_watching": "Watching",
    "test_alerting": "Alerting",
    "test_deciding": "Deciding",
    "test_reporting": "Reporting",
    "test_registering": "Registering, and how we talk here",
    "test_days": "The day's end",
    "test_gaps": "Gaps: outages and restarts",
    "test_inert_text": "Hostile words",
    "test_privacy": "What is kept",
}
DOCS = Path(__file__).parents[2] / "docs" / "behaviours.md"

F = TypeVar("F", bound=Callable[..., Any])


def needs(capability: Capability) -> Callable[[F], F]:
    """Say that a behaviour is one of platforms that can do this."""
    return _asking(needs=capability)


def lacks(capability: Capability) -> Callable[[F], F]:
    """Say that a behaviour is one of platforms that cannot do this."""
    return _asking(lacks=capability)


def _asking(**asked: Capability) -> Callable[[F], F]:
    def mark(behaviour: F) -> F:
        for name, capability in asked.items():
            setattr(behaviour, name, capability)
        return behaviour

    return mark


def played_on(behaviour: Callable[..., Any]) -> list[str]:
    """Return the stages that a behaviour is played on."""
    wanted: Capability | None = getattr(behaviour, "needs", None)
    unwanted: Capability | None = getattr(behaviour, "lacks", None)
    return [
        name
        for name, stage in STAGES.items()
        if (wanted is None or wanted in stage.capabilities)
        and (unwanted is None or unwanted not in stage.capabilities)
        and (unwanted is not None or name not in STAND_INS)
    ]


@dataclass(frozen=True)
class Behaviour:
    """One behaviour: its theme, what happens, what the bot does, and where it is played."""

    theme: str
    when: str
    then: str
    stages: tuple[str, ...]


def all_behaviours() -> Iterator[Behaviour]:
    """Yield every behaviour in the order of the modules; raise `ValueError` for one that does not say what it is."""
    for module, theme in THEMES.items():
        tests = importlib.import_module(f"tests.platforms.{module}")
        for name, test in vars(tests).items():
            if name.startswith("test_") and inspect.iscoroutinefunction(test):
                when, arrow, then = " ".join((test.__doc__ or "").split()).partition(" → ")
                if not arrow:
                    raise ValueError(f"{module}.{name} does not say “what happens → what the bot does”")
                yield Behaviour(theme, when, then, tuple(played_on(test)))


def page() -> str:
    """Return the list as the page in the docs."""
    lines = [_HEAD]
    theme = ""
    for behaviour in all_behaviours():
        if behaviour.theme != theme:
            theme = behaviour.theme
            lines += [f"\n## {theme}\n", "| What happens | What the bot does | Played on |", "|---|---|---|"]
        lines.append(f"| {behaviour.when} | {behaviour.then} | {', '.join(behaviour.stages)} |")
    return "\n".join(lines) + "\n"


_HEAD = """# What the bot does

One list for every platform. Each line is a test that plays it with the whole bot: see `tests/platforms/`.

- **Played on** names the platforms where it runs. *local* is the chat service in the browser. *by hand* is the same
  service when the bot has no right to remove anything. *discord* is discord.py on a small server that speaks
  Discord's protocol. A platform that is not named cannot do what the line needs.
- This page is written by `python -m tests.platforms.behaviours`. A test fails when it and the tests differ."""

if __name__ == "__main__":
    DOCS.write_text(page(), encoding="utf-8")
