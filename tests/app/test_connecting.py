"""Which platforms are opened, and that nothing is imported before it is wanted."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app.connecting import chosen, discord_platform, slack_platform
from bot.errors import SettingsError
from bot.settings import Settings

SECRET = SecretStr("secret")


def settings(**values: Any) -> Settings:
    return Settings(**values)


def test_platforms_whose_tokens_are_set_are_opened() -> None:
    assert chosen(settings(DISCORD_TOKEN=SECRET)) == (discord_platform,)
    assert chosen(settings(SLACK_BOT_TOKEN=SECRET)) == (slack_platform,)
    assert chosen(settings(SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET=SECRET)) == (slack_platform,)
    assert chosen(settings(DISCORD_TOKEN=SECRET, SLACK_BOT_TOKEN=SECRET)) == (discord_platform, slack_platform)


def test_without_any_it_says_what_to_set() -> None:
    with pytest.raises(SettingsError, match="DISCORD_TOKEN"):
        chosen(settings())


def test_no_platform_s_library_is_imported_before_it_is_wanted() -> None:
    code = "import sys, bot.app.running; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert set(run.stdout.split()) & {"discord", "slack_bolt", "adapters.discord", "adapters.slack"} == set()
