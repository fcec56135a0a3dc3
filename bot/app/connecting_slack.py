"""Opens Slack: which way events come, from the settings; imported only where Slack is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from adapters.slack.installing import Installer
from adapters.slack.platform import API, Options, SlackPlatform
from bot.app.connecting import Connection
from bot.errors import SettingsError
from bot.settings import Settings
from bot.store import Store

_NO_WAY = (
    "Slack's events have no way to the bot: set SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET and "
    "CROSSING_GUARD_HTTP (signed HTTP)."
)


@asynccontextmanager
async def slack_platform(settings: Settings, store: Store) -> AsyncIterator[Connection]:
    """Connect to Slack while the block runs; raise `SettingsError` for what is missing or what Slack refuses.

    With `SLACK_BOT_TOKEN` the bot is in that token's workspace; without it, but with `SLACK_CLIENT_ID` and
    `SLACK_CLIENT_SECRET`, in every workspace that installed the app; `store` keeps what Slack gave for each.
    """
    installer = _installer(settings, store)
    platform = SlackPlatform(_options(settings, shared=installer is not None), installer)
    try:
        await platform.start()
        yield Connection(platform, lambda: platform.stands, tuple(platform.routes()), lambda: _figures(platform))
    finally:
        await platform.close()


def _figures(platform: SlackPlatform) -> dict[str, int]:
    """Return what came over HTTP: all requests, and those that Slack did not sign."""
    return {"http_requests": platform.counts.requests, "forged_requests": platform.counts.forged}


def _options(settings: Settings, *, shared: bool) -> Options:
    app_token, signing_secret = _secret(settings.slack_app_token), _secret(settings.slack_signing_secret)
    if app_token is None and (signing_secret is None or settings.http is None):
        raise SettingsError(_NO_WAY)
    if shared and settings.http is None:
        raise SettingsError("Installs into several workspaces need CROSSING_GUARD_HTTP, where people's browsers come.")
    return Options(
        bot_token=_secret(settings.slack_bot_token),
        app_token=app_token,
        signing_secret=signing_secret,
        admin_token=_secret(settings.slack_admin_token),
        api_url=settings.slack_api_url or API,
    )


def _installer(settings: Settings, store: Store) -> Installer | None:
    if settings.slack_bot_token is not None:
        return None
    client_id, client_secret = settings.slack_client_id, _secret(settings.slack_client_secret)
    if client_id is None or client_secret is None:
        raise SettingsError("Set SLACK_BOT_TOKEN, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for several workspaces.")
    return Installer(client_id, client_secret, store.installations)


def _secret(value: SecretStr | None) -> str | None:
    return None if value is None else value.get_secret_value()
