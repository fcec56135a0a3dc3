"""The slack-bolt app: who may call it, and which of this package's listeners hears what."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.hearing import Hearing
from adapters.slack.interactions import COMMAND, Interactions
from adapters.slack.quiet import SILENT
from adapters.slack.views import FORM
from adapters.slack.workspaces import Workspaces
from bot.errors import CrossingGuardError
from bot.interface.commands import REPORT_CALLBACK

_ANY_EVENT = re.compile(r"[a-z_.]{1,100}")
_COMMAND = re.compile(rf"{COMMAND}[a-z]{{1,30}}")
_BUTTON = re.compile(r"cg:[a-z]{1,30}(?::[A-Za-z0-9_-]{1,64})?")


class Authorize(AsyncAuthorize):
    """Lets in what comes from workspaces in which the app is installed."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,  # noqa: ARG002
        actor_enterprise_id: str | None = None,  # noqa: ARG002
        actor_team_id: str | None = None,  # noqa: ARG002
        actor_user_id: str | None = None,  # noqa: ARG002
    ) -> AuthorizeResult | None:
        """Return whose bot this is; the token stays with the workspace, because no listener needs it."""
        try:
            workspace = await self._workspaces.of(team_id or "")
        except CrossingGuardError:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=workspace.team,
            bot_id=workspace.bot_id,
            bot_user_id=workspace.bot_user,
        )


def make_app(
    client: AsyncWebClient,
    workspaces: Workspaces,
    hearing: Hearing,
    interactions: Interactions,
    signing_secret: str,
) -> AsyncApp:
    """Return the app. Without a signing secret it takes requests over Socket Mode alone."""
    app = AsyncApp(
        name="crossing-guard",
        client=client,
        authorize=Authorize(workspaces),  # type: ignore[arg-type]
        signing_secret=signing_secret,
        logger=SILENT,
    )

    async def rate_limited(body: Mapping[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        if body.get("type") == "app_rate_limited":
            hearing.heard(body)
            return BoltResponse(status=200)
        await next_()
        return None

    async def event(body: Mapping[str, Any]) -> None:
        hearing.heard(body)

    app.middleware(rate_limited)
    app.event(_ANY_EVENT)(event)
    app.command(_COMMAND)(interactions.command)
    app.shortcut(REPORT_CALLBACK)(interactions.shortcut)
    app.action(_BUTTON)(interactions.button)
    app.view(FORM)(interactions.form)
    return app
