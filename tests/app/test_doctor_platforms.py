"""`doctor` over the real adapters, on the test servers: a token that is taken, one that is refused, and the link."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.looking import look_at_platforms
from bot.app.wiring import open_database
from bot.settings import Settings
from bot.store import HealthFact
from tests.platforms.discord_server import DiscordServer
from tests.platforms.slack_server import SlackServer


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(CROSSING_GUARD_HOME=tmp_path / "home")


async def seen(settings: Settings) -> list[HealthFact]:
    async with open_database(settings) as store:
        return [fact async for fact in look_at_platforms(settings, store, None, datetime.now(UTC))]


async def test_slack_takes_a_token_or_says_what_is_wrong_with_it(settings: Settings) -> None:
    async with SlackServer() as slack:
        given = {"slack_app_token": SecretStr(slack.app_token), "slack_api_url": slack.api_url}
        good = settings.model_copy(update={**given, "slack_bot_token": SecretStr(slack.bot_token)})
        (fact,) = await seen(good)
        assert (fact.subject, fact.well) == ("slack", True), fact
        bad = settings.model_copy(update={**given, "slack_bot_token": SecretStr("xoxb-wrong")})
        (fact,) = await seen(bad)
        assert not fact.well
        assert "xoxb" not in fact.sentence


async def test_discord_takes_a_token_and_the_invite_link_is_told(settings: Settings) -> None:
    async with DiscordServer() as discord:
        given = {"discord_api_url": discord.api_url}
        good = settings.model_copy(update={**given, "discord_token": SecretStr(discord.token)})
        (fact,) = await seen(good)
        assert (fact.subject, fact.well) == ("discord", True), fact
        assert "client_id=" in fact.sentence
        (fact,) = await seen(settings.model_copy(update={**given, "discord_token": SecretStr("wrong")}))
        assert not fact.well
        assert "DISCORD_TOKEN" in fact.sentence
