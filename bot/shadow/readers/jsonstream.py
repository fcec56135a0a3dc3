"""Items of a JSON list one by one, however long the list; ijson does the parsing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ijson  # type: ignore[import-untyped]

from bot.shadow.readers.streams import CHUNK, Stream

MAX_ITEM = 32 * 1024 * 1024
"""Bytes of one item; a chat message with everything that platforms hang on it stays under 100 KiB."""


class BrokenJsonError(ValueError):
    """The JSON ends or is damaged here; what came before is sound. The argument says so in a few words."""


class _Leash:
    """Reads for the parser, and stops when too much has been read without an item coming out."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.since_item = 0

    def read(self, size: int = CHUNK) -> bytes:
        data = self._stream.read(size)
        self.since_item += len(data)
        if self.since_item > MAX_ITEM:
            raise BrokenJsonError("an entry is larger than 32 MiB")
        return data


def items(stream: Stream, prefix: str = "item") -> Iterator[Any]:
    """Yield the items of the list at `prefix` (ijson's words); raise `BrokenJsonError` where the JSON is damaged."""
    stream.skip(b"\xef\xbb\xbf")
    leash = _Leash(stream)
    found = ijson.items(leash, prefix, use_float=True)
    while True:
        try:
            item = next(found)
        except StopIteration:
            return
        except BrokenJsonError:
            raise
        except (ijson.JSONError, ValueError, OverflowError) as error:
            raise BrokenJsonError("the file is damaged or ends too early") from error
        leash.since_item = 0
        yield item
