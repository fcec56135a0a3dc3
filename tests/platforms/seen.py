"""What people see of the bot on any platform, as plain values: cards, forms, answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ref:
    """A comment as the platform under test names it."""

    room: str
    id: str


@dataclass(frozen=True)
class SeenCard:
    """A card as it stands before a person now.

    `place` is the message it is: a card that is redrawn keeps it. `quote` are a person's own words, `marked` those of
    them that stand out. `alive` is whatever in it would ping, format, link or run beyond the bot's own: always empty.
    """

    place: str
    title: str
    urgent: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    quote: str | None = None
    marked: tuple[str, ...] = ()
    link: str | None = None
    buttons: tuple[str, ...] = ()
    alive: tuple[str, ...] = ()

    @property
    def around(self) -> str:
        """Everything it says, except the quote."""
        facts = (f"{label}: {value}" for label, value in self.facts.items())
        return "\n".join([*self.urgent, self.title, *self.lines, *facts, self.link or ""])

    @property
    def everything(self) -> str:
        """Everything it says."""
        return f"{self.around}\n{self.quote or ''}"


@dataclass(frozen=True)
class SeenForm:
    """A form as it opened before a person. `fields` maps each field's name to the values to choose from, if any."""

    handle: str
    title: str
    fields: Mapping[str, tuple[str, ...]]
    required: frozenset[str]


@dataclass(frozen=True)
class Answer:
    """What a person got for what they did: a card, a form, or the platform's own refusal."""

    card: SeenCard | None = None
    opened: SeenForm | None = None
    refused: bool = False

    @property
    def form(self) -> SeenForm:
        """The form that opened."""
        assert self.opened is not None, f"no form opened, but: {self.card}"
        return self.opened

    @property
    def said(self) -> SeenCard:
        """The card that answered."""
        assert self.card is not None, f"no card answered, but: {self}"
        return self.card

    @property
    def words(self) -> str:
        """Everything that the answering card says."""
        return self.said.everything
