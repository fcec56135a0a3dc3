"""Installs into several workspaces: Slack's OAuth flow through slack-bolt, over the database.

Whoever may install apps opens `/slack/install`, agrees on Slack's page, and comes back to `/slack/oauth_redirect`.
What Slack then gives is sealed in the database, and the bot is in that workspace at once.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from logging import Logger
from typing import Any

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.slack.needs import INSTALL_PATH, REDIRECT_PATH, bot_scopes
from adapters.slack.quiet import SILENT
from adapters.slack.reading import PLATFORM
from bot.store.installations import Installations, Installed

log = logging.getLogger(__name__)

IN_TIME = 600
"""Seconds within which an install that was begun must end."""

Entered = Callable[[str], Awaitable[object]]
"""Enters the workspace that a new bot token is for."""


class Installer:
    """The installations of one app. `client_secret` stays here; it is never logged and never stored."""

    def __init__(self, client_id: str, client_secret: str, kept: Installations) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self._kept = kept

    async def token(self, team: str) -> str | None:
        """Return a workspace's bot token, `None` where the app is not installed."""
        document = await self._kept.read(PLATFORM, team)
        return None if document is None else str(json.loads(document)["bot_token"])

    async def teams(self) -> list[str]:
        """Return the workspaces that installed the app."""
        return await self._kept.workspaces(PLATFORM)

    async def forget(self, team: str) -> None:
        """Destroy what was kept for a workspace that took the app out."""
        await self._kept.forget(PLATFORM, team)

    def routes(self, client: AsyncWebClient, entered: Entered) -> list[Route]:
        """Return the two addresses that people's browsers come to; `entered` is called with each new token."""
        flow = AsyncOAuthFlow(client=client, logger=SILENT, settings=self._settings(entered))

        async def install(request: Request) -> Response:
            return to_starlette_response(await flow.handle_installation(to_async_bolt_request(request, b"")))

        async def come_back(request: Request) -> Response:
            return to_starlette_response(await flow.handle_callback(to_async_bolt_request(request, b"")))

        return [Route(INSTALL_PATH, install, methods=["GET"]), Route(REDIRECT_PATH, come_back, methods=["GET"])]

    def _settings(self, entered: Entered) -> AsyncOAuthSettings:
        return AsyncOAuthSettings(
            client_id=self.client_id,
            client_secret=self.client_secret,
            scopes=bot_scopes(),
            user_scopes=(),
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            installation_store=_Store(self._kept, entered),
            state_store=_States(self._kept),
            state_expiration_seconds=IN_TIME,
            logger=SILENT,
        )


class _Store(AsyncInstallationStore):
    """What slack-bolt saves, in the database."""

    def __init__(self, kept: Installations, entered: Entered) -> None:
        self._kept = kept
        self._entered = entered

    @property
    def logger(self) -> Logger:
        return SILENT

    async def async_save(self, installation: Installation) -> None:
        """Seal an installation and enter its workspace; refuse those of a whole organisation."""
        if installation.is_enterprise_install or not installation.team_id or not installation.bot_token:
            raise BoltError("Install the app into one workspace, not into the whole organisation.")
        content = {"bot_token": installation.bot_token, "scopes": list(installation.bot_scopes or ())}
        document = json.dumps({**content, "installed_by": installation.user_id}).encode()
        await self._kept.save(Installed(PLATFORM, installation.team_id, document, datetime.now(UTC)))
        log.info("A Slack workspace installed the app.")
        await self._entered(installation.bot_token)


class _States(AsyncOAuthStateStore):
    """The values that show that whoever comes back is who began: in the database, so that any worker can check."""

    def __init__(self, kept: Installations) -> None:
        self._kept = kept

    @property
    def logger(self) -> Logger:
        return SILENT

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:  # noqa: ARG002
        """Return a new value and remember it for ten minutes."""
        state = secrets.token_urlsafe(32)
        await self._kept.begin(state, datetime.now(UTC) + timedelta(seconds=IN_TIME))
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether the value was given out and not used yet."""
        return await self._kept.finish(state, datetime.now(UTC))
