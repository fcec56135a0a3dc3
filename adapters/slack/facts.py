"""What there is: channels, who reads them, how private they are, and what the bot may not do there."""

from __future__ import annotations

from adapters.slack.needs import bot_scopes
from adapters.slack.reading import PLATFORM
from adapters.slack.workspaces import Workspace
from bot.domain.comments import ChannelRef
from bot.platform.protocol import ChannelFacts, Outsiders, SeenChannel


async def channels(workspace: Workspace) -> list[SeenChannel]:
    """Return the channels that the bot is in: it can read no others."""
    pages = workspace.calls.pages(
        "users.conversations", "channels", 200, types="public_channel,private_channel", exclude_archived=True
    )
    found = [
        SeenChannel(ChannelRef(PLATFORM, workspace.team, str(one["id"])), str(one.get("name", "")))
        async for page in pages
        for one in page
    ]
    workspace.channels = {seen.ref.channel for seen in found}
    return found


async def members(workspace: Workspace, channel: ChannelRef) -> frozenset[str]:
    """Return all who can read a channel, bots not: in a public one everybody in the workspace who is no guest."""
    inside = await _inside(workspace, channel.channel)
    info = await _info(workspace, channel.channel)
    if not info.get("is_private"):
        everybody = await workspace.people.everybody()
        inside |= {one.id for one in everybody if not one.is_guest}
    known = await workspace.people.among(inside)
    return frozenset(one for one in inside if one not in known or not known[one].is_bot)


async def inspect(workspace: Workspace, channel: ChannelRef) -> ChannelFacts:
    """Return a channel's privacy, who administers it, and what the bot lacks there."""
    info = await _info(workspace, channel.channel)
    inside = await _inside(workspace, channel.channel)
    everybody = await workspace.people.everybody()
    open_to = [] if info.get("is_private") else [Outsiders.EVERYONE]
    if info.get("is_ext_shared") or info.get("is_pending_ext_shared"):
        open_to.append(Outsiders.EXTERNAL_GUESTS)
    # Slack makes whoever opened a channel its manager; administrators manage the channels that they are in.
    administrators = {one.id for one in everybody if one.is_admin and not one.is_bot} & inside
    managers = {str(info.get("creator", ""))} & inside - {workspace.bot_user}
    missing = [scope for scope in bot_scopes() if scope not in workspace.calls.scopes]
    if not info.get("is_member"):
        missing.append("membership of the channel")
    return ChannelFacts(str(info.get("name", "")), tuple(open_to), frozenset(administrators | managers), tuple(missing))


async def _info(workspace: Workspace, channel: str) -> dict[str, object]:
    answer = await workspace.calls("conversations.info", channel=channel)
    info = answer.get("channel")
    return info if isinstance(info, dict) else {}


async def _inside(workspace: Workspace, channel: str) -> set[str]:
    pages = workspace.calls.pages("conversations.members", "members", 200, channel=channel)
    return {str(one) async for page in pages for one in page}
