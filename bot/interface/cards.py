"""Cards: what people are shown, as values that each adapter draws natively (embed, Block Kit, HTML)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.categories import Severity
from bot.interface.texts import Text

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
EXCERPT = 200
"""Characters of a comment that a card may show at most, and only with permission (DESIGN: what is kept)."""


class Verb(StrEnum):
    """What a button does; its platform id is `cg:<verb>:<token>`."""

    ACKNOWLEDGE = "acknowledge"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    REMOVAL = "removal"
    ESCALATE = "escalate"
    PERMIT = "permit"
    SIGNOFF = "signoff"
    APPROVE = "approve"
    CLAIM = "claim"
    OPEN = "open"
    NETIQUETTE = "netiquette"
    POST_NETIQUETTE = "post_netiquette"
    CASE = "case"
    HAND_OVER = "hand_over"
    NOTE = "note"
    NOTES = "notes"
    CHECK = "check"
    CALLED = "called"
    INCIDENT = "incident"
    FOLLOW_UP = "follow_up"
    LOOKED = "looked"
    CLOSE = "close"
    REOPEN = "reopen"
    APPEAL = "appeal"
    JUDGE = "judge"
    TIME_OUT = "time_out"
    REMOVE_MEMBER = "remove_member"
    AUTHOR_NOTE = "author_note"
    REPORTER = "reporter"
    CHOOSE = "choose"


class Tone(StrEnum):
    """How much a button should draw the eye."""

    PRIMARY = "primary"
    PLAIN = "plain"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A button about the thing that `token` names (random, no meaning outside the database)."""

    verb: Verb
    token: str
    tone: Tone = Tone.PLAIN

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise ValueError("a button's token is 1 to 64 letters, digits, - or _")

    @property
    def id(self) -> str:
        """The id under which a press comes back: `cg:<verb>:<token>`."""
        return f"cg:{self.verb}:{self.token}"

    @property
    def label(self) -> Text:
        """What stands on it."""
        return Text(f"button.{self.verb}")


def pressed(button_id: str) -> tuple[Verb, str] | None:
    """Read a button id back; `None` if it is not one of ours."""
    prefix, _, rest = button_id.partition(":")
    verb, _, token = rest.partition(":")
    if prefix != "cg" or verb not in set(Verb) or not _TOKEN.fullmatch(token):
        return None
    return Verb(verb), token


@dataclass(frozen=True, slots=True)
class Quote:
    """A person's own words: hostile text. Adapters draw it inert, `marks` (half-open spans of it) standing out."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value, drawn side by side where there is room."""

    label: Text
    value: Text


@dataclass(frozen=True, slots=True)
class Card:
    """One message of the bot. `urgent` lines come before the title; `severity` chooses the colour, never alone."""

    title: Text
    severity: Severity = Severity.NONE
    urgent: tuple[Text, ...] = ()
    lines: tuple[Text, ...] = ()
    facts: tuple[Fact, ...] = ()
    quote: Quote | None = None
    link: str | None = None
    buttons: tuple[Button, ...] = ()


def excerpt(words: str, marks: tuple[tuple[int, int], ...]) -> Quote:
    """Return at most `EXCERPT` characters of `words`, chosen around the first mark, marks moved along."""
    if len(words) <= EXCERPT:
        return Quote(words, marks)
    first = marks[0][0] if marks else 0
    start = max(0, min(first - 40, len(words) - EXCERPT))
    end = start + EXCERPT
    before, after = "…" if start else "", "…" if end < len(words) else ""
    body = words[start + len(before) : end - len(after)]
    shift = start
    kept = tuple(
        (max(a - shift, len(before)), min(b - shift, EXCERPT - len(after)))
        for a, b in marks
        if b - shift > len(before) and a - shift < EXCERPT - len(after)
    )
    return Quote(before + body + after, kept)
