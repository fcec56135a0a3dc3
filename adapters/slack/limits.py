"""What Slack takes at most, and how texts are cut to fit. Lengths are UTF-16 units, the stricter of the two readings.

Source: the reference pages for blocks, block elements, composition objects, views and messages of Slack's platform.
"""

from __future__ import annotations

MESSAGE_TEXT = 3000
"""The text beside the blocks, which notifications and screen readers show; Slack cuts it beyond 4,000."""
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
HEADER = 150
RICH_TEXT = 3000
"""Of one rich text block; Slack names no limit, so that of a section is kept."""
ACTIONS = 25
"""Buttons of one block."""
BUTTON = 75
MODAL_TITLE = 24
LABEL = 2000
HINT = 2000
PLACEHOLDER = 150
INPUT = 3000
OPTIONS = 100
"""Options of a menu."""
OPTION = 75
OPTION_VALUE = 150
METADATA = 3000
URL = 3000

_CUT = "…"


def units(text: str) -> int:
    """Return how long Slack may find `text`."""
    return len(_utf16(text)) // 2


def cut(text: str, most: int) -> str:
    """Return `text`, or its beginning with an ellipsis, within `most` units."""
    if len(text) <= most and units(text) <= most:
        return text
    head = _utf16(text[:most])[: 2 * (most - len(_CUT))]
    if head and 0xD8 <= head[-1] <= 0xDB:  # half of a letter
        head = head[:-2]
    return head.decode("utf-16-le", "surrogatepass") + _CUT


def sendable(text: str) -> str:
    """Return `text` with what no request can carry (lone surrogates, NUL) replaced by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
