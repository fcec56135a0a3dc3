"""Slack tells things again when it is not sure that they arrived: what came before is recognised."""

from __future__ import annotations

from collections import OrderedDict

MOST = 20_000


class Once:
    """Remembers the newest ids. `again` counts how often something came a second time."""

    def __init__(self, most: int = MOST) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._most = most
        self.again = 0

    def is_new(self, name: str) -> bool:
        """Whether this id came for the first time; an empty one always does."""
        if not name:
            return True
        if name in self._seen:
            self.again += 1
            return False
        self._seen[name] = None
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return True
