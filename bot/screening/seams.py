"""The two seams of screening: what scores a text and what finds things in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.assessments import Finding
from bot.domain.comments import Attachment, AuthorRole, ChannelKind
from bot.screening.normalise import Normalised

Scores = Mapping[str, float]
"""Label to probability, from 0 to 1."""


class ToxicityModel(Protocol):
    """Scores texts. Implementations own their threads: `score` never blocks the event loop."""

    @property
    def identity(self) -> str:
        """The model's name and version, as evidence and reports cite it."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that every score carries, in the model's own order."""
        ...

    async def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return one score per text, in order; a long text's score is the maximum over its windows.

        Raise `bot.errors.ModelError` when the batch cannot be scored; the caller then treats its texts as
        unscored.
        """
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What a detector may know besides the text. Names and contacts come from the site's roster."""

    channel_kind: ChannelKind = ChannelKind.CLASS
    author_role: AuthorRole = AuthorRole.MEMBER
    author_name: str = ""
    author_is_rostered: bool = False
    addressed_roles: frozenset[AuthorRole] = frozenset()
    attachments: tuple[Attachment, ...] = ()
    staff_names: tuple[str, ...] = ()
    official_contacts: frozenset[str] = frozenset()


class Detector(Protocol):
    """Finds one kind of thing. Fast (well under a millisecond for a chat message) and free of backtracking."""

    @property
    def name(self) -> str:
        """The detector's name, as findings and packs cite it."""
        ...

    def find(self, text: Normalised, facts: Facts) -> Sequence[Finding]:
        """Return the findings, spans in the original text; never raise for any text."""
        ...
