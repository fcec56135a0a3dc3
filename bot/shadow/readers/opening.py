"""Recognises inputs by what they hold, and opens the reader for each, before anything is read in earnest."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.errors import InputError, UsageError
from bot.shadow.readers.archive import FolderArchive, ZipArchive
from bot.shadow.readers.discord import ATTACHED, DamagedSource, DiscordSource, header_of
from bot.shadow.readers.plain import JsonLinesSource, TextSource
from bot.shadow.readers.slack import SlackSource
from bot.shadow.readers.slack_channels import LISTS
from bot.shadow.readers.streams import Meter, Opener, Stream, marked_encoding
from bot.shadow.readers.table import DELIMITERS, CsvSource
from bot.shadow.rows import Format, Options, Source

STANDARD_INPUT = "-"
BY_ENDING = {".csv": Format.CSV, ".tsv": Format.CSV, ".jsonl": Format.JSONL, ".ndjson": Format.JSONL}
"""What a file's name says where its content could be plain text as well."""

MOST_CONTROLS = 50
"""One control character in so many bytes is no text any more; packed data has one in ten."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LIST_OF_OBJECTS = re.compile(rb"\s{0,100}\[\s{0,100}\{")


def open_inputs(paths: Sequence[str], chosen: Format | None, options: Options, meter: Meter) -> list[Source]:
    """Open every input in order, `-` being standard input; `chosen` overrides what they look like.

    Raise `InputError` for one that cannot be read, is unknown or dangerous, and `UsageError` if a private channel
    was named that none of them has.
    """
    sources: list[Source] = []
    for path in paths:
        try:
            sources.extend(_open(path, chosen, options, meter))
        except OSError as error:
            raise InputError(f"{_name(path)} cannot be read: {error.strerror or 'it is damaged'}.") from error
    _check_named(sources, options)
    return sources


def _open(path: str, chosen: Format | None, options: Options, meter: Meter) -> list[Source]:
    file = Path(path)
    if path != STANDARD_INPUT and file.is_dir():
        return _folder(file, chosen, options, meter)
    if path == STANDARD_INPUT or not file.is_file():  # what can be read only once is opened only once
        meter.expect(None)
        stream = Stream(sys.stdin.buffer if path == STANDARD_INPUT else file.open("rb"), meter)
        return [_source(_name(path), stream.peek(), lambda: stream, chosen, options)]
    with Stream(file.open("rb"), Meter()) as stream:
        start = stream.peek()
    if start.startswith(_ZIP) or chosen is Format.SLACK:
        return [SlackSource(_zip(file, chosen, is_zip=start.startswith(_ZIP)), options, meter)]
    meter.expect(file.stat().st_size)
    return [_source(_name(path), start, _opener(file, meter), chosen, options)]


def _zip(file: Path, chosen: Format | None, *, is_zip: bool) -> ZipArchive:
    if not is_zip:
        raise InputError(f"{file.name} is no ZIP; give the ZIP as Slack sent it, or the folder it unpacks to.")
    if chosen not in (None, Format.SLACK):
        raise InputError(f"{file.name} is a ZIP and cannot be read as {chosen}; unpack it first.")
    return ZipArchive(file)


def _folder(folder: Path, chosen: Format | None, options: Options, meter: Meter) -> list[Source]:
    """A folder is an unpacked Slack export, or holds DiscordChatExporter's files, in folders of their own as well.

    Whatever else is called `.json` there is told as damaged, since it may be a channel; other files are passed over.
    """
    if chosen in (None, Format.SLACK) and any((folder / name).is_file() for name in LISTS):
        return [SlackSource(FolderArchive(folder), options, meter)]
    found: list[Source] = []
    if chosen in (None, Format.DISCORD):
        for file in sorted(_json_files(folder)):
            name = file.relative_to(folder).as_posix()
            with Stream(file.open("rb"), Meter()) as stream:
                header = header_of(stream.peek())
            if header is None:
                found.append(DamagedSource(name))
            else:
                meter.expect(file.stat().st_size)
                found.append(DiscordSource(name, _opener(file, meter), header, options))
    if all(isinstance(source, DamagedSource) for source in found):
        raise InputError(f"The folder {_name(str(folder))} holds no export of Slack or DiscordChatExporter.")
    return found


def _json_files(folder: Path) -> Iterator[Path]:
    """Yield every JSON file at any depth, save what was attached to messages and what macOS keeps beside a file.

    Links to folders are not followed; a folder that cannot be listed raises `OSError`.
    """

    def refuse(error: OSError) -> None:
        raise error

    for where, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.endswith(ATTACHED) and name != "__MACOSX"]
        files = [Path(where, name) for name in names if not name.startswith("._")]
        yield from (file for file in files if file.suffix.casefold() == ".json" and file.is_file())


def _opener(file: Path, meter: Meter) -> Opener:
    return lambda: Stream(file.open("rb"), meter)


def _source(name: str, start: bytes, opener: Opener, chosen: Format | None, options: Options) -> Source:
    if start.startswith(_ZIP):
        raise InputError(f"{name}: a ZIP cannot be read from a pipe; give its path.")
    form = chosen or _recognise(start, name)
    if form is Format.DISCORD:
        header = header_of(start)
        if header is None:
            raise InputError(f"{name} is no export of DiscordChatExporter, or lacks its guild, channel and messages.")
        return DiscordSource(name, opener, header, options)
    if form is Format.SLACK:
        raise InputError(f"{name}: a Slack export cannot be read from a pipe; give its path.")
    if form is Format.CSV:
        return CsvSource(name, opener, options, start)
    return (JsonLinesSource if form is Format.JSONL else TextSource)(name, opener, options)


def _recognise(start: bytes, name: str) -> Format:
    if header_of(start):
        return Format.DISCORD
    if _LIST_OF_OBJECTS.match(start):
        raise InputError(f"{name} is a list in JSON; give Slack's ZIP as a whole, or one object a line (JSON Lines).")
    encoding = marked_encoding(start)
    if encoding is None and len(_CONTROLS.findall(start)) * MOST_CONTROLS > len(start):
        raise InputError(f"{name} is in no format that can be screened; see crossing-guard screen --help.")
    text = start.decode(encoding or "utf-8-sig", errors="replace").lstrip()
    first = text.split("\n", 1)[0].strip()
    if _is_object(first):
        return Format.JSONL
    if Path(name).suffix.casefold() == ".json":  # also an empty one: as plain text every bracket would be a comment
        raise InputError(
            f"{name} is no export of DiscordChatExporter and no JSON Lines, or it is damaged; export it again."
        )
    if any("text" in _cells(first, delimiter) for delimiter in DELIMITERS):
        return Format.CSV
    return BY_ENDING.get(Path(name).suffix.casefold(), Format.TEXT)


def _is_object(line: str) -> bool:
    """Whether the line is a JSON object, also a broken one."""
    if not line.startswith("{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return line.startswith('{"')


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"').casefold() for cell in line.split(delimiter)]


def _check_named(sources: Sequence[Source], options: Options) -> None:
    known: set[str] = set()
    for source in sources:
        if source.channels is None:
            return
        known |= {name.casefold() for name in source.channels}
    for name in sorted(options.private - known):
        raise UsageError(f"No input has a channel that can be read and is named “{name}” (see --channel).")
    for name in sorted(options.kinds.keys() - known):
        raise UsageError(f"No input has a channel that can be read and is named “{name}” (see --kind).")


def _name(path: str) -> str:
    return "standard input" if path == STANDARD_INPUT else Path(path).name or path
