"""What became of a comment that reached intake."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The answer of intake. The last three are stored, one for each revision of each comment."""

    NOT_WATCHED = "not_watched"
    DUPLICATE = "duplicate"
    CLEAR = "clear"
    FLAGGED = "flagged"
    UNSCORED = "unscored"
