"""The service as a whole: the app, the workspaces it is installed in, who holds which token, and the parts at work."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from tests.platforms.slack.changes import Changes
from tests.platforms.slack.clock import Clock
from tests.platforms.slack.faults import Faults, Limits
from tests.platforms.slack.happenings import Happenings
from tests.platforms.slack.interactions import Interactions
from tests.platforms.slack.signed_http import SignedHttp
from tests.platforms.slack.socket_mode import SocketMode
from tests.platforms.slack.values import App, Called, Grant, Json, Patience, SlackError
from tests.platforms.slack.workspace import Workspace


@dataclass(frozen=True)
class Code:
    """What a person who installs the app brings back from Slack's page; it works once."""

    team: str
    user: str


class Service:
    """Everything behind the server's door. `calls` is the log of the Web API, without tokens."""

    def __init__(self, app: App | None = None) -> None:
        self.app = app or App()
        self.clock = Clock()
        self.patience = Patience()
        self.faults = Faults()
        self.limits = Limits()
        self.calls: list[Called] = []
        self.workspaces: dict[str, Workspace] = {}
        self.grants: dict[str, Grant] = {self.app.app_token: Grant("app", scopes=frozenset({"connections:write"}))}
        self.revoked: set[str] = set()
        self.codes: dict[str, Code] = {}
        self.address = ""
        self.up = True
        self.lost: list[Json] = []
        self.socket = SocketMode(self)
        self.http = SignedHttp(self)
        self.happenings = Happenings(self)
        self.interactions = Interactions(self)

    def add_workspace(self, team: str, name: str) -> Workspace:
        """Make a workspace; the app is not installed there yet."""
        workspace = Workspace(team, name, self.clock)
        self.workspaces[team] = workspace
        return workspace

    def install(self, workspace: Workspace, token: str | None = None) -> str:
        """Install the app in a workspace; return its bot token."""
        given = token or f"xoxb-{workspace.id}-{secrets.token_hex(8)}"
        self.grants[given] = Grant("bot", workspace.id, workspace.bot.id, self.app.bot_scopes)
        return given

    def user_token(self, workspace: Workspace, user: str, scopes: Iterable[str] | None = None) -> str:
        """Return a token with which the app acts for a person."""
        given = f"xoxp-{workspace.id}-{secrets.token_hex(8)}"
        self.grants[given] = Grant("user", workspace.id, user, frozenset(scopes or self.app.user_scopes))
        return given

    def grant(self, token: str) -> Grant:
        """Return what a token allows; raise what Slack says of one that allows nothing."""
        if not token:
            raise SlackError("not_authed")
        if token in self.revoked:
            raise SlackError("token_revoked")
        if token not in self.grants:
            raise SlackError("invalid_auth")
        return self.grants[token]

    def bot_scopes(self, workspace: Workspace) -> frozenset[str] | None:
        """Return the scopes that the bot has in a workspace; `None` when the app is not installed there."""
        held = [one.scopes for one in self.grants.values() if (one.kind, one.team) == ("bot", workspace.id)]
        return frozenset().union(*held) if held else None

    def uninstall(self, workspace: Workspace) -> None:
        """Take the app out of a workspace: it is told so, then its tokens are worth nothing."""
        held = {token: one for token, one in self.grants.items() if one.team == workspace.id}
        by_kind = {kind: [one.user for one in held.values() if one.kind == kind] for kind in ("user", "bot")}
        self.happenings.tell(
            workspace, {"type": "tokens_revoked", "tokens": {"oauth": by_kind["user"], "bot": by_kind["bot"]}}
        )
        self.happenings.tell(workspace, {"type": "app_uninstalled"})
        for token in held:
            del self.grants[token]
        self.revoked |= held.keys()

    def authorize(self, workspace: Workspace, user: str) -> str:
        """Have a person agree to the installation on Slack's page; return the code that the app gets."""
        code = secrets.token_hex(12)
        self.codes[code] = Code(workspace.id, user)
        return code

    def changes(self, workspace: Workspace) -> Changes:
        """Return what changes the channels of a workspace."""
        return Changes(self, workspace)

    def bot_message(self, workspace: Workspace) -> Json:
        """Return the beginnings of a new message of the app's bot."""
        bot = workspace.bot
        profile = {"id": bot.bot_id, "app_id": self.app.id, "name": bot.name, "team_id": workspace.id, "deleted": False}
        return {
            "user": bot.id,
            "bot_id": bot.bot_id,
            "app_id": self.app.id,
            "bot_profile": profile,
            "text": "",
            "ts": self.clock.ts(),
        }

    async def deliver(self, payload: Json) -> None:
        """Send an event to the app, over HTTP where it has an address, else over its sockets.

        Where there is no line at all it is lost, as in the worst case: it is kept in `lost` alone.
        """
        if not self.up or not (self.http.url or self.socket.connections):
            self.lost.append(payload)
        else:
            await (self.http.send(payload) if self.http.url else self.socket.send(payload))

    async def redeliver_lost(self) -> None:
        """Send late what was lost while there was no line."""
        lost, self.lost = self.lost, []
        for payload in lost:
            await self.deliver(payload)

    async def ask(self, kind: str, payload: Json) -> Json | None:
        """Tell the app of an interaction; return what it acknowledged with, `None` if it did not in time."""
        if not self.up:
            return None
        return await (self.http.ask(kind, payload) if self.http.url else self.socket.ask(kind, payload))

    async def close(self) -> None:
        """End whatever still waits."""
        await self.happenings.close()
        await self.socket.close()
        await self.http.close()
