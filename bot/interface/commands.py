"""The commands of the chat platforms, described once: name, who may use them, and their words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.people import DECIDERS, SiteRole
from bot.interface.texts import Text

EVERYONE = frozenset(SiteRole)
RUNNERS = DECIDERS | {SiteRole.STAFF}


@dataclass(frozen=True, slots=True)
class Command:
    """One command; `on_comment` ones stand in the message menu too ("Report to school")."""

    name: str
    roles: frozenset[SiteRole]
    on_comment: bool = False

    @property
    def summary(self) -> Text:
        """What it does, at most 100 characters in every language (Discord's limit)."""
        return Text(f"command.{self.name}")


COMMANDS = (
    Command("report", EVERYONE, on_comment=True),
    Command("netiquette", EVERYONE),
    Command("policy", EVERYONE),
    Command("status", EVERYONE),
    Command("register", RUNNERS),
    Command("queue", DECIDERS),
    Command("case", DECIDERS),
    Command("signoff", DECIDERS),
    Command("setup", DECIDERS),
)
REPORT_CALLBACK = "report_comment"
"""Callback id of Slack's message shortcut; its entry reads like `Text("menu.report")`."""
