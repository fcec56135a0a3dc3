"""Where sessions are opened: the API names the gateway, and a token travels in clear on this machine only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from discord.gateway import DiscordWebSocket

from adapters.discord.address import api_at, gateway_at
from bot.errors import SettingsError

HERE, ELSEWHERE = "http://127.0.0.1:8001/api/v10", "https://discord.example/api/v10"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    with api_at(None):
        yield


@pytest.mark.parametrize(
    ("gateway", "api"),
    [
        ("ws://127.0.0.1:8001/gateway", HERE),
        ("ws://localhost:8001/gateway", HERE),
        ("ws://[::1]:8001/", HERE),
        ("wss://gateway.example/", HERE),
        ("wss://gateway.example/", ELSEWHERE),
    ],
)
def test_a_gateway_is_taken_over_tls_or_on_this_machine(gateway: str, api: str) -> None:
    gateway_at(gateway, api=api)
    assert str(DiscordWebSocket.DEFAULT_GATEWAY) == gateway


@pytest.mark.parametrize(
    ("gateway", "api"),
    [
        ("ws://10.0.0.5/gateway", HERE),
        ("ws://127.0.0.1.evil.example/", HERE),
        ("ws://gateway.example/", ELSEWHERE),
        ("ws://127.0.0.1/", ELSEWHERE),
        ("http://127.0.0.1:8001/gateway", HERE),
        ("wss://", HERE),
        ("ws://[", HERE),
        ("", HERE),
    ],
)
def test_any_other_gateway_is_refused(gateway: str, api: str) -> None:
    before = DiscordWebSocket.DEFAULT_GATEWAY
    with pytest.raises(SettingsError, match="without encryption"):
        gateway_at(gateway, api=api)
    assert before == DiscordWebSocket.DEFAULT_GATEWAY
