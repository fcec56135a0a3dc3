"""What people do with the bot: commands, shortcuts, buttons, forms, its home page."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from tests.platforms.slack.blocks import view_problems
from tests.platforms.slack.elements import Entered, elements, state, with_ids
from tests.platforms.slack.interactions import Exchange
from tests.platforms.slack.values import Ephemeral, Json, View
from tests.platforms.slack.workspace import Workspace, new_hash

if TYPE_CHECKING:
    from tests.platforms.slack.service import Service


class At(NamedTuple):
    """Where a message stands."""

    channel: str
    ts: str


class Dealings:
    """Each hand waits until the app has acknowledged, at most three seconds; the exchange has what comes later."""

    def __init__(self, service: Service, workspace: Workspace) -> None:
        self.service = service
        self.workspace = workspace

    async def command(self, person: str, channel: str, command: str, text: str = "") -> Exchange:
        """Type a command such as `/guard-report` in a channel."""
        self._can("commands", self.service.app.commands, command)
        exchange = self.service.interactions.begin(self.workspace, person, channel)
        payload = {
            "token": self.service.app.verification_token,
            "team_id": self.workspace.id,
            "team_domain": self.workspace.domain,
            "channel_id": channel,
            "channel_name": self._channel_name(channel),
            "user_id": person,
            "user_name": self.workspace.users[person].handle,
            "command": command,
            "text": text,
            "api_app_id": self.service.app.id,
            "is_enterprise_install": "false",
            "response_url": exchange.response_url,
            "trigger_id": exchange.trigger,
        }
        exchange.acknowledged = await self.service.ask("slash_commands", payload)
        if exchange.acknowledged:
            self.service.interactions.answered(exchange, exchange.acknowledged)
        return exchange

    async def shortcut(self, person: str, at: At, callback: str = "report_comment") -> Exchange:
        """Choose the app's entry in a message's menu; it works in every channel, also where the bot is not."""
        self._can("commands", self.service.app.shortcuts, callback)
        message = self._seen(person, at)
        exchange = self.service.interactions.begin(self.workspace, person, at.channel)
        payload = self._interaction("message_action", exchange) | {
            "callback_id": callback,
            "message_ts": at.ts,
            "message": message,
            "action_ts": f"{time.time():.6f}",
        }
        return await self._ask(exchange, payload)

    async def press(self, person: str, where: At | Ephemeral | View, action: str, value: str | None = None) -> Exchange:
        """Press the button with this action id (and value) on a message, on what only the person saw, or in a view."""
        blocks, container = self._pressable(person, where)
        found = [
            (block, one)
            for block, one in elements(blocks)
            if one["action_id"] == action and value in (None, one.get("value"))
        ]
        assert found, f"there is no button {action}, but: {[one['action_id'] for _, one in elements(blocks)]}"
        block, button = found[0]
        place = container.get("channel_id")
        exchange = self.service.interactions.begin(self.workspace, person, place, message=container.get("message_ts"))
        payload = self._interaction("block_actions", exchange) | {"container": container}
        if isinstance(where, View):
            payload["view"] = self.workspace.view_json(where, self.service.app.id)
        elif isinstance(where, At):
            payload["message"] = self._seen(person, where)
        acted: Json = {key: button[key] for key in ("action_id", "type", "text", "value", "style") if key in button}
        acted |= {"block_id": block["block_id"], "action_ts": f"{time.time():.6f}"}
        payload |= {"actions": [acted], "state": {"values": {}}}
        return await self._ask(exchange, payload)

    async def submit(self, person: str, view: View, entered: Mapping[str, Entered]) -> Exchange:
        """Fill a form in and send it; raise `NotSentError` where Slack's own program would not let it through."""
        assert view.open, "the form is closed"
        assert view.user == person, "the form stands before somebody else"
        filled = state(view.content["blocks"], entered, self.workspace.users)
        exchange = self.service.interactions.begin(self.workspace, person, None)
        shown = self.workspace.view_json(view, self.service.app.id) | {"state": filled}
        payload = self._interaction("view_submission", exchange) | {"view": shown, "response_urls": []}
        if home := self.workspace.users[person].home:
            payload |= {"team": {"id": home, "domain": "elsewhere"}, "user": payload["user"] | {"team_id": home}}
        await self._ask(exchange, payload)
        if exchange.acknowledged is not None:
            self._obey(view, exchange)
        return exchange

    async def close_view(self, person: str, view: View) -> None:
        """Close a form without sending it."""
        view.open = False
        if view.content.get("notify_on_close"):
            exchange = self.service.interactions.begin(self.workspace, person, None)
            shown = self.workspace.view_json(view, self.service.app.id)
            payload = self._interaction("view_closed", exchange) | {"view": shown, "is_cleared": False}
            await self._ask(exchange, payload)

    def open_home(self, person: str) -> None:
        """Open the app's home page."""
        assert self.service.app.has_home, "the app's manifest has no home page"
        direct = self.workspace.direct(person)
        event: Json = {"type": "app_home_opened", "user": person, "channel": direct.id, "tab": "home"}
        if (view := self.workspace.homes.get(person)) is not None:
            event["view"] = self.workspace.view_json(view, self.service.app.id)
        self.service.happenings.tell(self.workspace, event)

    def _can(self, scope: str, known: frozenset[str] | None, name: str) -> None:
        """Fail where Slack would not show the app's entry at all: its manifest does not name it, or its scope."""
        assert known is None or name in known, f"{name} is not in the app's manifest, but: {sorted(known)}"
        assert scope in (self.service.bot_scopes(self.workspace) or ()), f"the app lacks the scope {scope}"

    def _obey(self, view: View, exchange: Exchange) -> None:
        """Do with a form what the acknowledgement says."""
        answer = exchange.acknowledged or {}
        action = answer.get("response_action")
        if action == "errors":
            view.errors = dict(answer["errors"])
            asked = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
            assert view.errors.keys() <= asked, f"there are no fields {sorted(view.errors.keys() - asked)}"
        elif action in ("update", "push"):
            problems = view_problems(answer["view"])
            assert not problems, problems
            content = answer["view"] | {"blocks": with_ids(answer["view"]["blocks"])}
            if action == "update":
                view.content, view.hash, view.errors = content, new_hash(), {}
                exchange.views.append(view)
            else:
                exchange.views.append(self.workspace.new_view(view.user, content))
        else:
            for one in self.workspace.views.values():
                if one is view or (action == "clear" and one.root == view.root):
                    one.open = False

    def _pressable(self, person: str, where: At | Ephemeral | View) -> tuple[list[Json], Json]:
        """Return the blocks before the person, and how Slack names what holds them."""
        if isinstance(where, View):
            assert where.open, "the view is closed"
            return where.content["blocks"], {"type": "view", "view_id": where.id}
        own = isinstance(where, Ephemeral)
        message = where.message if isinstance(where, Ephemeral) else self._seen(person, where)
        holder = {"type": "message", "message_ts": message["ts"], "channel_id": where.channel, "is_ephemeral": own}
        return message.get("blocks", []), holder

    def _seen(self, person: str, at: At) -> Json:
        """Return a message as it stands; fail when the person cannot see it."""
        channel = self.workspace.channels[at.channel]
        assert person in channel.members or channel.kind == "channel", "the person does not see that message"
        return channel.shown(channel.messages[at.ts])

    def _interaction(self, kind: str, exchange: Exchange) -> Json:
        user = self.workspace.users[exchange.user]
        payload: Json = {
            "type": kind,
            "token": self.service.app.verification_token,
            "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": self.workspace.id},
            "team": {"id": self.workspace.id, "domain": self.workspace.domain},
            "api_app_id": self.service.app.id,
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": exchange.trigger,
        }
        if exchange.channel is not None:
            payload["channel"] = {"id": exchange.channel, "name": self._channel_name(exchange.channel)}
            payload["response_url"] = exchange.response_url
        return payload

    async def _ask(self, exchange: Exchange, payload: Json) -> Exchange:
        assert self.service.app.is_interactive, "the app's manifest has no interactivity"
        exchange.acknowledged = await self.service.ask("interactive", payload)
        return exchange

    def _channel_name(self, channel: str) -> str:
        """Return the name that Slack gives away: private channels and conversations keep theirs."""
        kind = self.workspace.channels[channel].kind
        return {"channel": self.workspace.channels[channel].name, "group": "privategroup", "im": "directmessage"}[kind]
