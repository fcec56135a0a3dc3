"""The page about Discord: every row names a test that is there, and the tables name what the bot asks for."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.discord.permissions import INTENTS, PERMISSIONS, names
from adapters.discord.places import PLATFORM

HERE = Path(__file__).parent
PAGE = HERE.parents[2].joinpath("docs", f"{PLATFORM}.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the rows of the table below a heading."""
    section = PAGE.partition(f"## {heading}")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_row_is_played_by_a_test() -> None:
    found = "\n".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    tests = set(re.findall(r"def (test_\w+)", found))
    named = [row[2].strip("`") for row in rows("What happens")]
    assert len(named) > 30
    assert set(named) <= tests
    assert len(named) == len(set(named))


def test_every_permission_is_explained() -> None:
    told = {row[0] for row in rows("Permissions")}
    assert told == set(names(PERMISSIONS))


def test_every_intent_is_explained() -> None:
    told = {row[0].removesuffix(" (privileged)") for row in rows("Intents")}
    asked = {name for name, on in INTENTS if on}
    ours = {"Guilds": "guilds", "Guild Messages": "guild_messages", "Message Content": "message_content"}
    ours |= {"Guild Members": "members", "Guild Moderation": "moderation"}
    assert {ours[name] for name in told} == asked
