"""The log holds no secrets and nothing that an exception quotes, whoever writes the line."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app.discreet import HIDDEN, Discreet, keep_discreet
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
