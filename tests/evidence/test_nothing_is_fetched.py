"""No code path fetches an attachment, an avatar or a preview (R16): not one of ours knows how."""

from __future__ import annotations

import ast
import re
import socket
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import adapters
import bot
from bot.domain.comments import Attachment, AttachmentKind
from bot.evidence.packet import Packets
from tests.alerts.school import School
from tests.evidence.conftest import stand
from tests.store.examples import comment

ROOTS = [Path(str(package.__file__)).parent for package in (bot, adapters)]

ADDRESSES = re.compile(
    r"avatar|proxy_url|url_private|permalink_public|thumb_|image_(?:24|32|48|72|192|512)|cdn\.discord|media\.discord"
    r"|files[._]info|sharedPublicURL|to_file|fetch_sticker|unfurl_links=True",
    re.IGNORECASE,
)
"""What leads to a file's bytes, or a face, on the platforms we speak."""

HOLDERS = re.compile(r"attachment|sticker|embed|asset|thumbnail|preview|upload|^file$|^files$", re.IGNORECASE)
FETCHING = {"read", "save", "url", "download", "fetch", "proxy", "to_file"}


def modules(root: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(root.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def words_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name, attribute, keyword and text of a module but its docstrings."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute():
                yield node.lineno, node.attr
            case ast.Name():
                yield node.lineno, node.id
            case ast.keyword(arg=str(name)):
                yield node.value.lineno, name
            case ast.Constant(value=str(text)) if id(node) not in said:
                yield node.lineno, text


def test_no_module_knows_the_address_of_a_file_or_a_face() -> None:
    found = [
        f"{path.name}:{line}: {word}"
        for root in ROOTS
        for path, tree in modules(root)
        for line, word in words_of(tree)
        if ADDRESSES.search(word)
    ]
    assert found == []


def test_no_adapter_asks_anything_of_an_attachment_but_what_it_is() -> None:
    found = []
    for path, tree in modules(ROOTS[1]):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in FETCHING:
                holder = node.value
                name = holder.id if isinstance(holder, ast.Name) else getattr(holder, "attr", "")
                if HOLDERS.search(str(name)):
                    found.append(f"{path.name}:{node.lineno}: {name}.{node.attr}")
    assert found == []


def test_no_adapter_gets_an_address_by_itself() -> None:
    """The clients' own calls aside, there is no session.get: nothing could be fetched from an address in a message."""
    found = []
    for path, tree in modules(ROOTS[1]):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("get", "request")
            ):
                holder = node.func.value
                name = holder.id if isinstance(holder, ast.Name) else getattr(holder, "attr", "")
                if "session" in str(name):
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []


def test_a_scan_that_finds_nothing_could_find_something() -> None:
    tree = ast.parse("async def f(attachment, session):\n    x = attachment.proxy_url\n    await attachment.read()")
    assert [word for _, word in words_of(tree) if ADDRESSES.search(word)] == ["proxy_url"]


def test_an_attachment_is_its_kind_size_and_name_and_nothing_that_leads_to_it() -> None:
    assert {field.name for field in fields(Attachment)} == {"kind", "size_bytes", "name", "name_tag"}
    assert "secret.jpg" not in repr(Attachment(AttachmentKind.IMAGE, 1, "secret.jpg"))


async def test_a_packet_is_made_without_a_single_connection(
    school: School, packets: Packets, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stand(school)
    seen = comment(1, "bad https://cdn.example.org/x.png", attachments=(Attachment(AttachmentKind.IMAGE, 5),))
    case = await school.flag(seen=seen)
    await packets.make(case, "principal", "warm", language="en", redacted=False)
    connect = socket.socket.connect
    asked: list[Any] = []

    def refused(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX:  # the test's own PostgreSQL
            return connect(self, address)
        asked.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refused)
    packet = await packets.make(case, "principal", "cold", language="en", redacted=False)
    assert asked == []
    assert packet
