"""The log holds no secrets and nothing that an exception quotes, whoever writes the line."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app.discreet import HIDDEN, Discreet, keep_discreet, keep_loop_discreet
from bot.app.running import _as_one
from bot.errors import CrossingGuardError, PlatformError
from bot.settings import Settings

TOKEN = "MTIz.abc.defghi"
SECRETS: dict[str, Any] = {"DISCORD_TOKEN": SecretStr(TOKEN)}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is written to the log, through a handler of the root logger as the program has it."""
    page = io.StringIO()
    handler = logging.StreamHandler(page)
    logging.getLogger().addHandler(handler)
    keep_discreet(Settings(**SECRETS))
    yield page
    logging.getLogger().removeHandler(handler)
    for other in logging.getLogger().handlers:
        for one in [one for one in other.filters if isinstance(one, Discreet)]:
            other.removeFilter(one)


def test_a_token_is_hidden_in_any_part_of_a_line(written: io.StringIO) -> None:
    log = logging.getLogger("some.library")
    log.warning("header: Bot %s", TOKEN)
    log.warning(f"url?token={TOKEN}&x")  # noqa: G004 – libraries do this
    assert TOKEN not in written.getvalue()
    assert written.getvalue().count(HIDDEN) == 2


def test_an_exception_is_its_kind_and_place(written: io.StringIO) -> None:
    try:
        raise ValueError(f"nobody likes you {TOKEN}")  # noqa: TRY301 – that is the point
    except ValueError:
        logging.getLogger("discord.client").exception("Attempting a reconnect")
    line = written.getvalue()
    assert line.startswith("Attempting a reconnect (ValueError at test_discreet.py:")
    assert "nobody" not in line
    assert "Traceback" not in line


def test_a_secret_too_short_to_be_one_hides_nothing() -> None:
    record = logging.makeLogRecord({"msg": "a plain line", "args": ()})
    assert Discreet(["a", ""]).filter(record)
    assert record.getMessage() == "a plain line"


WORDS = "nobody likes you"


async def _fail(words: str) -> None:
    raise ValueError(words)


def _call(words: str) -> None:
    raise KeyError(words)


async def _forgotten_task() -> None:
    task = asyncio.create_task(_fail(WORDS), name="event message")
    await asyncio.wait([task])


async def _forgotten_future() -> None:
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    future.set_exception(ValueError(WORDS))


async def _callback() -> None:
    asyncio.get_running_loop().call_soon(_call, WORDS)
    await asyncio.sleep(0)


async def _shutdown() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise ValueError(WORDS)

    task = asyncio.create_task(stubborn(), name="stubborn")
    await asyncio.wait([task], timeout=0)  # the end of the loop finds it


async def _group() -> None:
    async def several() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_fail(WORDS))

    task = asyncio.create_task(several(), name="several")
    await asyncio.wait([task])


@pytest.mark.parametrize(
    ("begin", "told"),
    [
        (_forgotten_task, "“event message” failed (ValueError at test_discreet.py:"),
        (_forgotten_future, "Something failed (ValueError)"),
        (_callback, "Something failed (KeyError at test_discreet.py:"),
        (_shutdown, "“stubborn” failed (ValueError at test_discreet.py:"),
        (_group, "“several” failed (ExceptionGroup at "),
    ],
)
@pytest.mark.parametrize("debug", [False, True])
def test_a_failure_that_nobody_waits_for_is_told_without_its_words(
    written: io.StringIO, begin: Callable[[], Awaitable[None]], told: str, *, debug: bool
) -> None:
    async def run() -> None:
        keep_loop_discreet()
        await begin()
        gc.collect()

    asyncio.run(run(), debug=debug)
    gc.collect()
    assert told in written.getvalue()
    assert "nobody likes" not in written.getvalue()
    assert "Traceback" not in written.getvalue()


def test_without_it_asyncio_prints_the_words(written: io.StringIO) -> None:
    asyncio.run(_forgotten_task())
    gc.collect()
    assert WORDS in written.getvalue(), "if this is quiet by itself one day, our handler can go"


def test_what_ends_the_bot_is_one_sentence_without_its_words() -> None:
    error = _as_one(ExceptionGroup("several", [ExceptionGroup("inside", [ValueError(WORDS)])]))
    assert isinstance(error, CrossingGuardError)
    assert str(error) == "The bot stopped over something unexpected (ValueError); start it again."
    ours = PlatformError("Discord cannot be reached; try again.")
    assert _as_one(ExceptionGroup("several", [ValueError(WORDS), ours])) is ours
    assert isinstance(_as_one(KeyboardInterrupt()), KeyboardInterrupt)
