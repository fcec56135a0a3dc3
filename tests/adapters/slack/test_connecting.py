"""From the settings to a connected platform: which way events come, and one sentence for whatever is missing."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app.connecting_slack import slack_platform
from bot.errors import SettingsError
from bot.platform.capabilities import Capability
from bot.settings import Settings
from bot.store import Store, open_store
from tests.adapters.slack.conftest import School
from tests.platforms.slack_server import SlackServer

HTTP = {"SLACK_SIGNING_SECRET": "secret", "CROSSING_GUARD_HTTP": "127.0.0.1:8080"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(home=tmp_path) as store:
        yield store


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.names():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name + "_FILE", raising=False)


def settings(slack: SlackServer, **more: str) -> Settings:
    return Settings.model_validate({"SLACK_API_URL": slack.api_url, **more})


async def test_an_app_token_means_socket_mode(slack: SlackServer, school: School, store: Store) -> None:
    chosen = settings(slack, SLACK_BOT_TOKEN=slack.bot_token, SLACK_APP_TOKEN=slack.app_token)
    async with slack_platform(chosen, store) as connection:
        assert len(slack.socket.connections) == 1
        assert connection.routes == ()
        assert connection.platform.name == "slack"
        assert Capability.REMOVE_COMMENT not in connection.platform.capabilities


async def test_a_signing_secret_means_http(slack: SlackServer, school: School, store: Store) -> None:
    admin = slack.admin_token(school.principal)
    chosen = settings(slack, SLACK_BOT_TOKEN=slack.bot_token, SLACK_ADMIN_TOKEN=admin, **HTTP)
    async with slack_platform(chosen, store) as connection:
        assert slack.socket.opened == 0
        assert [getattr(route, "path", "") for route in connection.routes] == ["/slack/events"]
        assert Capability.REMOVE_COMMENT in connection.platform.capabilities


async def test_client_id_and_secret_mean_installs(slack: SlackServer, school: School, store: Store) -> None:
    chosen = settings(slack, SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="s", **HTTP)
    async with slack_platform(chosen, store) as connection:
        paths = [getattr(route, "path", "") for route in connection.routes]
        assert paths == ["/slack/events", "/slack/install", "/slack/oauth_redirect"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "Slack's events have no way to the bot"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}, "Slack's events have no way to the bot"),
        ({"SLACK_CLIENT_ID": "1.2", **HTTP}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET"),
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_APP_TOKEN": "xapp-1"},
            "need CROSSING_GUARD_HTTP",
        ),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}, "Slack does not accept SLACK_BOT_TOKEN"),
    ],
)
async def test_what_is_missing_is_one_sentence(
    slack: SlackServer, store: Store, given: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingsError, match=sentence):
        async with slack_platform(settings(slack, **given), store):
            raise AssertionError


async def test_slack_bolt_takes_nothing_from_the_environment_by_itself(
    slack: SlackServer, school: School, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "empty"))
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "from the environment")
    chosen = settings(slack, SLACK_BOT_TOKEN=slack.bot_token, SLACK_APP_TOKEN=slack.app_token)
    async with slack_platform(chosen, store):
        assert len(slack.socket.connections) == 1
    assert not os.path.exists(tmp_path / "empty")  # noqa: ASYNC240, PTH110
