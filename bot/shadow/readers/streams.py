"""Bytes in, lines of text out: counted for the progress bar, with a look ahead, never much at once."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, Self

CHUNK = 32 * 1024
"""Bytes read at once: the progress bar runs ahead by no more."""
LOOK_AHEAD = 64 * 1024
"""Bytes that may be looked at before reading, to recognise a format."""
MAX_LINE = 4 * 1024 * 1024
"""Bytes of one line; MAX_TEXT code points of UTF-8 fit."""

_MARKS = (  # the longer ones first: UTF-32's begins like UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Readable(Protocol):
    """What a stream is made of: an open file, a member of an archive, standard input."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, at most `size`, empty at the end."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...


@dataclass(slots=True)
class Meter:
    """How far reading has come, in bytes over all inputs; `total` is None as soon as one size is unknown."""

    total: int | None = 0
    done: int = 0

    def expect(self, size: int | None) -> None:
        """Add the size of one more input, None for one that cannot tell."""
        self.total = None if size is None or self.total is None else self.total + size


class Stream:
    """A readable with a look ahead, which tells `meter` what has been read. Use as a context manager."""

    def __init__(self, raw: Readable, meter: Meter) -> None:
        self._raw = raw
        self._meter = meter
        self._ahead = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._raw.close()

    def peek(self, size: int = LOOK_AHEAD) -> bytes:
        """Return up to `size` bytes that `read` will return again; fewer only where the input ends."""
        while len(self._ahead) < size and (more := self._raw.read(size - len(self._ahead))):
            self._ahead += more
        return self._ahead[:size]

    def read(self, size: int = CHUNK) -> bytes:
        """Return the next bytes, at most `size` (`CHUNK` where it is negative), empty at the end."""
        size = size if size >= 0 else CHUNK
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
        else:
            data = self._raw.read(size)
        self._meter.done += len(data)
        return data

    def skip(self, mark: bytes) -> None:
        """Pass over `mark` if it comes next."""
        if self.peek(len(mark)) == mark:
            self.read(len(mark))


Opener = Callable[[], Stream]
"""Opens an input for its one reading, so that no more files are open than are being read."""


def marked_encoding(start: bytes) -> str | None:
    """Return the encoding that a byte order mark names, where it is not UTF-8."""
    return next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)


def lines(stream: Stream) -> Iterator[str | None]:
    """Yield every line with its end (line feed, carriage return or both); None for one longer than `MAX_LINE`.

    Byte order marks are understood. Without one a line is UTF-8, or Windows-1252 where it is not valid UTF-8: line
    by line, so that one line from elsewhere spoils no other.
    """
    encoding = marked_encoding(stream.peek(4))
    stream.skip(codecs.BOM_UTF8)
    chunks = _chunks(stream) if encoding is None else _recoded(stream, encoding)
    for line in _split(chunks):
        yield None if line is None else _decoded(line)


def _chunks(stream: Stream) -> Iterator[bytes]:
    while data := stream.read():
        yield data


def _recoded(stream: Stream, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for data in _chunks(stream):
        yield decoder.decode(data).encode()
    yield decoder.decode(b"", final=True).encode()


def _split(chunks: Iterator[bytes]) -> Iterator[bytes | None]:
    rest = b""
    too_long = False
    for chunk in chunks:
        parts = (rest + chunk).splitlines(keepends=True)
        # The last part may go on in the next chunk, if only with the second half of a line end.
        rest = parts.pop() if parts and not parts[-1].endswith(b"\n") else b""
        for part in parts:
            yield None if too_long or len(part) > MAX_LINE else part
            too_long = False
        if len(rest) > MAX_LINE:
            rest, too_long = b"", True
    if rest or too_long:
        yield None if too_long else rest


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")
