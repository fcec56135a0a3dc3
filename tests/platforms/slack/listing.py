"""Methods that tell who and what there is: people, channels, members, files."""

from __future__ import annotations

from typing import Any

from tests.platforms.slack.calls import Call, method
from tests.platforms.slack.values import Json, SlackError

_FAMILIES = {"public_channel": ("channel", "channels"), "private_channel": ("group", "groups"), "im": ("im", "im")}


@method("users.info", tier=4, scopes=("users:read",))
async def users_info(call: Call) -> Json:
    """Tell about one person."""
    user = call.workspace.users.get(call.text("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": call.workspace.user_json(user, with_locale=call.flag("include_locale"))}


@method("users.list", tier=2, scopes=("users:read",))
async def users_list(call: Call) -> Json:
    """Tell about everybody, page by page."""
    users, following = call.page(list(call.workspace.users.values()), 1000, 1000)
    locale = call.flag("include_locale")
    return _page("members", [call.workspace.user_json(user, with_locale=locale) for user in users], following)


@method("bots.info", tier=3, scopes=("users:read",))
async def bots_info(call: Call) -> Json:
    """Tell about one bot."""
    for user in call.workspace.users.values():
        if user.bot_id is not None and user.bot_id == call.text("bot"):
            own = {"app_id": call.service.app.id} if user is call.workspace.bot else {}
            return {"bot": {"id": user.bot_id, "user_id": user.id, "name": user.name, "deleted": False, **own}}
    raise SlackError("bot_not_found")


@method("conversations.list", tier=2)
async def conversations_list(call: Call) -> Json:
    """Tell about the channels that the caller can know of, page by page."""
    return _channels(call, call.grant.user, members_only=False)


@method("users.conversations", tier=3)
async def users_conversations(call: Call) -> Json:
    """Tell about the channels that somebody is in, page by page."""
    return _channels(call, call.text("user") or call.grant.user, members_only=True)


@method("conversations.info", tier=3)
async def conversations_info(call: Call) -> Json:
    """Tell about one channel."""
    channel = call.channel(scope="read")
    shown = call.workspace.channel_json(channel, call.grant.user)
    if not call.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


@method("conversations.members", tier=4)
async def conversations_members(call: Call) -> Json:
    """Tell who is in a channel, page by page."""
    members, following = call.page(sorted(call.channel(scope="read").members), 100, 1000)
    return _page("members", members, following)


@method("conversations.open", tier=3, scopes=("im:write",))
async def conversations_open(call: Call) -> Json:
    """Open the conversation with a person."""
    if call.text("channel"):
        channel = call.channel()
        return {"channel": {"id": channel.id}}
    people = [one for one in call.text("users").split(",") if one]
    if not people:
        raise SlackError("users_list_not_supplied")
    if len(people) > 1:
        raise SlackError("not_enough_users")
    known = any(channel.partner == people[0] for channel in call.workspace.channels.values())
    channel = call.workspace.direct(people[0])
    already = {"no_op": True, "already_open": True} if known else {}
    return already | {"channel": {"id": channel.id}}


@method("conversations.join", tier=3, scopes=("channels:join",))
async def conversations_join(call: Call) -> Json:
    """Have the bot come into a public channel."""
    channel = call.channel()
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if call.grant.user not in channel.members:
        call.service.changes(call.workspace).joined(channel, call.grant.user)
    return {"channel": call.workspace.channel_json(channel, call.grant.user)}


@method("files.info", tier=4, scopes=("files:read",))
async def files_info(call: Call) -> Json:
    """Tell about a file, without its content."""
    for channel in call.workspace.channels.values():
        for message in channel.messages.values():
            for file in message.get("files", ()):
                if file["id"] == call.text("file"):
                    return {"file": file}
    raise SlackError("file_not_found")


def _channels(call: Call, user: str, *, members_only: bool) -> Json:
    kinds = set[str]()
    for name in (call.text("types") or "public_channel").split(","):
        if name.strip() not in _FAMILIES:
            raise SlackError("invalid_types")
        kind, family = _FAMILIES[name.strip()]
        call.need(f"{family}:read")
        kinds.add(kind)
    found = [
        channel
        for channel in call.workspace.channels.values()
        if channel.kind in kinds
        and not channel.deleted
        and not (channel.archived and call.flag("exclude_archived"))
        and (user in channel.members or (channel.kind == "channel" and not members_only))
    ]
    channels, following = call.page(found, 100, 999)
    return _page("channels", [call.workspace.channel_json(one, call.grant.user) for one in channels], following)


def _page(name: str, items: list[Any], following: str) -> Json:
    return {name: items, "response_metadata": {"next_cursor": following}}
