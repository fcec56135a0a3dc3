"""How long things may be on Discord, in UTF-16 code units where it matters, and how to shorten what is longer.

Source: Discord's developer documentation, "Message", "Embed limits", "Component reference" and "Modals" (API v10).
"""

from __future__ import annotations

CONTENT = 2000
EMBED = 6000
"""Title, description, author, footer and fields of all embeds of a message together."""
TITLE = 256
FIELDS = 25
FIELD_NAME = 256
FIELD_VALUE = 1024

BUTTONS = 25
IN_A_ROW = 5
BUTTON_LABEL = 80

MODAL_TITLE = 45
MODAL_PARTS = 5
LABEL = 45
HINT = 100
OPTIONS = 25
OPTION = 100
INPUT = 4000

AUDIT_REASON = 512
DAYS_OF_TIME_OUT = 28
"""Days that a time-out may last at most."""

MORE = "…"


def length(text: str) -> int:
    """Return a text's length as Discord's own clients count it: characters beyond U+FFFF are two."""
    return len(text) + sum(character > "\uffff" for character in text)


def shortened(text: str, most: int) -> str:
    """Return plain text cut to `most`, an ellipsis showing that there was more."""
    if length(text) <= most:
        return text
    kept, room = [], most - len(MORE)
    for character in text:
        room -= length(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + MORE
