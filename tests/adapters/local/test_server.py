"""The door of the page, tried by a stranger: over real sockets, with everything a hostile page could send."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from adapters.local.live import MOST_MESSAGES
from adapters.local.server import MOST_BYTES, MOST_PAGES, TOO_MANY, Served, serve
from adapters.local.values import LONGEST
from adapters.local.world import Change, World
from bot.errors import UsageError
from bot.interface.cards import Card
from bot.interface.texts import text
from bot.platform.events import CommandUsed, Posted


@pytest.fixture
async def served(world: World) -> AsyncIterator[Served]:
    async with serve(world, port=0) as platform:
        yield platform


def port_of(served: Served) -> int:
    port = urlsplit(served.address).port
    assert port is not None
    return port


async def ask(
    served: Served, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    """Send one request, byte by byte as given, and return status, headers and body."""
    lines = {"Host": f"127.0.0.1:{port_of(served)}", "Connection": "close", **(headers or {})}
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(served))
    writer.write(head.encode() + b"\r\n" + body)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    top, _, content = answer.partition(b"\r\n\r\n")
    status, *rows = top.decode().split("\r\n")
    named = dict(row.lower().split(": ", 1) for row in rows)
    return int(status.split()[1]), named, content


async def cookie_of(served: Served) -> str:
    """Go in and return the cookie as it must be sent back, in its own spelling."""
    link = urlsplit(served.link())
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(served))
    writer.write(f"GET {link.path}?{link.query} HTTP/1.1\r\nHost: 127.0.0.1:{port_of(served)}\r\n\r\n".encode())
    found = re.search(rb"set-cookie: ([^;]+);", await reader.readuntil(b"\r\n\r\n"), re.IGNORECASE)
    writer.close()
    await writer.wait_closed()
    assert found
    return found[1].decode()


@asynccontextmanager
async def page(served: Served, **changed: str) -> AsyncIterator[ClientConnection]:
    """Open the WebSocket as the page does, some headers changed."""
    headers = {"Cookie": await cookie_of(served), "Origin": served.address, **changed}
    given = {name: value for name, value in headers.items() if value and name not in {"Origin", "Host"}}
    if "Host" in changed:
        given["Host"] = changed["Host"]
    async with connect(
        f"ws://127.0.0.1:{port_of(served)}/live?language=en",
        origin=headers["Origin"] or None,  # type: ignore[arg-type]
        additional_headers=given,
        proxy=None,
    ) as socket:
        yield socket


async def next_of(socket: ClientConnection, see: str) -> dict[str, Any]:
    while True:
        told: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 10))
        if told["see"] == see:
            return told


async def do(socket: ClientConnection, **action: object) -> dict[str, Any]:
    """Do something and return what came of it."""
    await socket.send(json.dumps({"ask": 7, **action}))
    while True:
        told: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 10))
        if told.get("ask") == 7:
            return told


# --- the link and the cookie ---------------------------------------------------------------------------------------


async def test_the_link_opens_once_and_its_cookie_is_for_this_page_alone(served: Served) -> None:
    link = urlsplit(served.link())
    status, headers, _ = await ask(served, f"{link.path}?{link.query}")
    assert status == 303
    assert {"httponly", "samesite=strict", "path=/"} <= set(headers["set-cookie"].split("; "))
    for again in (f"{link.path}?{link.query}", "/enter", "/enter?token=", "/enter?token=%F0%9F%98%80"):
        status, headers, body = await ask(served, again)
        assert (status, "set-cookie" in headers) == (401, False)
        assert b"works once" in body


async def test_without_the_cookie_nothing_is_shown(served: Served) -> None:
    for path in ("/", "/static/app.js", "/live", "/nowhere"):
        for cookie in ("", "crossing_guard=x", f"crossing_guard_{port_of(served)}=x", "=;;\x01", "a" * 2000):
            status, _, body = await ask(served, path, headers={"Cookie": cookie})
            assert status in {400, 401}
            assert b"app.js" not in body


async def test_other_programs_cookies_are_in_nobodys_way(served: Served) -> None:
    mine = await cookie_of(served)
    for other in ('seen={"a": [1, 2]}', "named@home=1", "bare", 'half="x'):
        assert (await ask(served, "/", headers={"Cookie": f"{other}; {mine}"}))[0] == 200


async def test_with_the_cookie_the_page_comes_whole_and_asks_for_nothing_elsewhere(served: Served) -> None:
    cookie = {"Cookie": await cookie_of(served)}
    status, headers, body = await ask(served, "/", headers=cookie)
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    files = re.findall(rb'(?:src|href)="(/static/[^"]+)"', body)
    assert len(files) >= 3
    for file in {*files, b"/static/chat.js", b"/static/desk.js"}:
        status, _, content = await ask(served, file.decode(), headers=cookie)
        assert status == 200
        assert not re.search(rb"""https?://(?!www\.w3\.org)|innerHTML|insertAdjacentHTML|eval\(""", content)
    assert b"<style" not in body
    assert not re.search(rb"<script(?![^>]*src=)|\son\w+=|style=", body)


@pytest.mark.parametrize(
    "path", ["/static/", "/static/../platform.py", "/static/%2e%2e/site.toml", "//etc/passwd", "/x"]
)
async def test_only_the_pages_own_files_are_served(served: Served, path: str) -> None:
    status, _, _ = await ask(served, path, headers={"Cookie": await cookie_of(served)})
    assert status == 404


async def test_every_answer_keeps_the_page_to_itself(served: Served) -> None:
    for cookie in ("", await cookie_of(served)):
        _, headers, _ = await ask(served, "/", headers={"Cookie": cookie})
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


# --- strangers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}"])
async def test_a_name_that_was_made_to_point_here_is_refused(served: Served, host: str) -> None:
    named = host.format(port=port_of(served))
    cookie = await cookie_of(served)
    status, _, _ = await ask(served, "/", headers={"Host": named, "Cookie": cookie})
    assert status == 421
    link = urlsplit(served.link())
    status, _, _ = await ask(served, f"{link.path}?{link.query}", headers={"Host": named})
    assert status == 421
    status, _, _ = await ask(served, f"{link.path}?{link.query}")
    assert status == 303, "a stranger's try does not use the link up"
    with pytest.raises(InvalidStatus):
        async with page(served, Host=named):
            pass


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1:1", "null", "http://127.0.0.1.evil.example"]
)
async def test_another_pages_script_is_refused(served: Served, origin: str) -> None:
    status, _, _ = await ask(served, "/", headers={"Origin": origin, "Cookie": await cookie_of(served)})
    assert status == 403
    with pytest.raises(InvalidStatus):
        async with page(served, Origin=origin):
            pass


async def test_a_socket_needs_origin_and_cookie(served: Served) -> None:
    for changed in ({"Origin": ""}, {"Cookie": ""}, {"Cookie": f"crossing_guard_{port_of(served)}=guess"}):
        with pytest.raises(InvalidStatus):
            async with page(served, **changed):
                pass


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
async def test_the_page_can_only_be_read(served: Served, method: str) -> None:
    assert (await ask(served, "/", method=method, headers={"Cookie": await cookie_of(served)}))[0] == 405


async def test_bodies_and_long_heads_are_refused(served: Served) -> None:
    cookie = {"Cookie": await cookie_of(served)}
    assert (await ask(served, "/", headers={**cookie, "Content-Length": "3"}, body=b"abc"))[0] == 413
    assert (await ask(served, "/", headers={**cookie, "Transfer-Encoding": "chunked"}, body=b"0\r\n\r\n"))[0] == 413
    assert (await ask(served, "/", headers={**cookie, "X-Long": "x" * 20_000}))[0] == 431


@pytest.mark.parametrize("host", [".".join("0000"), "::", "192.168.1.5", "example.org", "", "127.0.0.1.example.org"])
async def test_it_is_served_on_this_machine_only(world: World, host: str) -> None:
    with pytest.raises(UsageError, match="this machine only"):
        async with serve(world, host=host, port=0):
            pass


async def test_a_taken_port_is_one_clear_sentence(served: Served, world: World) -> None:
    for port in (port_of(served), 99_999):
        with pytest.raises(UsageError, match=f"Port {port} cannot be used"):
            async with serve(world, port=port):
                pass


# --- talking with a page -------------------------------------------------------------------------------------------


async def test_a_page_gets_everything_and_then_what_happens(served: Served, world: World) -> None:
    world.write("maya", "room-12", "before")
    async with page(served) as socket:
        everything = await next_of(socket, "everything")
        assert [one["text"] for one in everything["messages"]] == ["before"]
        assert everything["texts"]["chat.send"] == "Send"
        told = await do(socket, do="write", person="josh", room="room-12", text="<b>hello</b>")
        assert told["see"] == "done"
        assert world.messages("room-12")[-1].text == "<b>hello</b>"
        world.put_card(Card(text("plain", value="x")), person="anita")
        assert (await next_of(socket, "post"))["post"]["person"] == "anita"
        served.go_down()
        assert (await next_of(socket, "line"))["up"] is False
        spanish = await asyncio.gather(next_of(socket, "everything"), socket.send('{"do":"language","language":"es"}'))
        assert spanish[0]["texts"]["chat.send"] == "Enviar"
    events = served.events()
    assert isinstance(await anext(events), Posted)


async def test_an_answer_goes_to_the_page_that_asked_and_to_no_other(served: Served) -> None:
    async with page(served) as asking, page(served) as other:
        await asking.send(json.dumps({"do": "command", "ask": 3, "person": "maya", "command": "netiquette"}))
        event = await anext(served.events())
        assert isinstance(event, CommandUsed)
        await served.answer(event.interaction, Card(text("plain", value="for Maya alone")))
        answer = await next_of(asking, "answer")
        assert (answer["ask"], answer["card"]["title"]) == (3, "for Maya alone")
        await do(other, do="switch", up=True)
        served.go_down()
        assert json.loads(await other.recv())["see"] == "line", "no answer came before it"


async def test_a_refusal_is_told_and_the_page_goes_on(served: Served) -> None:
    async with page(served) as socket:
        told = await do(socket, do="write", person="marta", room="room-12", text="x")
        assert (told["see"], told["key"]) == ("refused", "refused.not_in_room")
        for longer in (LONGEST + 1, 3 * LONGEST):
            told = await do(socket, do="write", person="maya", room="room-12", text="x" * longer)
            assert (told["key"], told["params"]) == ("refused.too_long", {"most": LONGEST})
            told = await do(socket, do="command", person="maya", command="report", said="x" * longer)
            assert (told["key"], told["params"]) == ("refused.too_long", {"most": LONGEST})
        told = await do(socket, do="command", person="maya", command="explode")
        assert (told["key"], told["params"]) == ("refused.no_command", {"name": "explode"})
        for room, key in (("nowhere", "refused.no_room"), ("alerts", "refused.not_in_room")):
            assert (await do(socket, do="command", person="maya", command="report", room=room))["key"] == key
        assert (await do(socket, do="write", person="maya", room="room-12", text="ok"))["see"] == "done"


async def test_a_language_that_nobody_knows_reads_english(served: Served) -> None:
    async with page(served) as socket:
        await next_of(socket, "everything")
        await socket.send('{"do": "language", "language": "../es"}')
        everything = await next_of(socket, "everything")
        assert (everything["language"], everything["texts"]["chat.send"]) == ("en", "Send")
        await socket.send('{"do": "command", "person": "maya", "command": "report"}')
        events = served.events()
        used = await anext(events)
        assert isinstance(used, CommandUsed)
        assert used.interaction.language == "en"


async def test_an_error_of_our_own_is_logged_without_words_and_ends_that_line(
    served: Served, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(change: Change) -> None:
        raise ZeroDivisionError(repr(change))

    world.listen(fail)
    async with page(served) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await do(socket, do="write", person="maya", room="room-12", text="secret words")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011
    assert "ended with an error: ZeroDivisionError" in caplog.text
    assert "secret words" not in caplog.text


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "not json",
        "[]",
        '{"do": "explode"}',
        '{"do": "write"}',
        '{"do": "write", "person": "maya", "room": "room-12", "text": 5}',
        '{"do": "write", "person": "maya", "room": "room-12", "text": "x", "role": "administrator"}',
        '{"do": "submit", "person": "maya", "form": "x", "values": {"a": {"b": "c"}}}',
        "[" * 50_000,
        b"\x00\xff",
    ],
)
async def test_nonsense_ends_the_talk_and_harms_nobody_else(
    served: Served, world: World, nonsense: str | bytes
) -> None:
    async with page(served) as other:
        async with page(served) as socket:
            await socket.send(nonsense)
            with pytest.raises(ConnectionClosed):
                await next_of(socket, "never")
        assert (await do(other, do="write", person="maya", room="room-12", text="still here"))["see"] == "done"
    assert [one.text for one in world.messages()] == ["still here"]


async def test_an_oversized_message_is_refused_unread(served: Served, world: World) -> None:
    async with page(served) as socket:
        with pytest.raises(ConnectionClosed) as closed:  # noqa: PT012
            await socket.send(
                json.dumps({"do": "write", "person": "maya", "room": "room-12", "text": "x" * MOST_BYTES})
            )
            await next_of(socket, "never")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
    assert world.messages() == []


async def test_the_longest_text_fits_whatever_its_letters(served: Served, world: World) -> None:
    async with page(served) as socket:
        await socket.send(
            json.dumps({"do": "write", "person": "maya", "room": "room-12", "text": "😀" * LONGEST}, ensure_ascii=False)
        )
        assert len((await next_of(socket, "message"))["message"]["text"]) == LONGEST


async def test_there_are_only_so_many_pages(served: Served) -> None:
    open_pages = [page(served) for _ in range(MOST_PAGES)]
    try:
        for one in open_pages:
            await next_of(await one.__aenter__(), "everything")
        async with page(served) as extra:
            with pytest.raises(ConnectionClosed) as closed:
                await next_of(extra, "never")
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1013, TOO_MANY)
    finally:
        for one in open_pages:
            await one.__aexit__(None, None, None)
    async with page(served) as socket:
        await next_of(socket, "everything")


async def test_a_page_that_opens_gets_a_bounded_past(served: Served, world: World) -> None:
    for number in range(MOST_MESSAGES + 5):
        world.write("maya", "room-12", str(number))
    async with page(served) as socket:
        assert len((await next_of(socket, "everything"))["messages"]) == MOST_MESSAGES


async def test_when_the_server_stops_pages_are_told_and_nothing_is_left(world: World) -> None:
    async with serve(world, port=0) as served:
        entered = page(served)
        socket = await entered.__aenter__()
        await next_of(socket, "everything")
    with pytest.raises(ConnectionClosed):
        await next_of(socket, "never")
    await entered.__aexit__(None, None, None)
    with pytest.raises(OSError, match="Connect"):
        await asyncio.open_connection("127.0.0.1", port_of(served))
    assert [event async for event in served.events()] == []


# --- the calendar --------------------------------------------------------------------------------------------------


async def test_the_calendar_is_behind_the_door_for_who_may_see_it_and_has_no_script(served: Served) -> None:
    async def calendar(account: str, language: str) -> str | None:
        month = {"en": "November", "es": "Noviembre"}[language]
        return f"<!doctype html><title>{month}</title>" if account == "anita" else None

    cookie = {"Cookie": await cookie_of(served)}
    assert (await ask(served, "/calendar?person=anita", headers=cookie))[0] == 403, "there is none yet"
    served.calendar = calendar
    status, headers, body = await ask(served, "/calendar?person=anita", headers=cookie)
    assert (status, b"November" in body) == (200, True)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert b"Noviembre" in (await ask(served, "/calendar?person=anita&language=es", headers=cookie))[2]
    assert b"November" in (await ask(served, "/calendar?person=anita&language=%00", headers=cookie))[2]
    assert b"El calendario" in (await ask(served, "/calendar?language=es", headers=cookie))[2]
    for path in ("/calendar?person=elena", "/calendar", "/calendar?person=%00"):
        assert (await ask(served, path, headers=cookie))[0] == 403
    assert (await ask(served, "/calendar?person=anita"))[0] == 401
