"""Methods that read what was said: a channel's history, and the replies of a thread."""

from __future__ import annotations

import base64

from tests.platforms.slack.calls import Call, method
from tests.platforms.slack.values import Channel, Json, SlackError

_NEXT = "next_ts:"


@method("conversations.history", tier=3)
async def history(call: Call) -> Json:
    """Give a channel's messages, the newest first, page by page; replies only where they were sent there too."""
    channel = _readable(call)
    found = [one for one in channel.messages.values() if channel.is_in_channel(one) and _within(call, one["ts"])]
    if until := _cursor(call):
        found = [one for one in found if one["ts"] <= until]
    found.sort(key=lambda message: str(message["ts"]), reverse=True)
    return _given(call, channel, found, 100)


@method("conversations.replies", tier=3)
async def replies(call: Call) -> Json:
    """Give a thread page by page: the parent, whatever the time that is asked for, then the replies as they came."""
    channel = _readable(call)
    first = channel.messages.get(call.text("ts"))
    if first is None:
        raise SlackError("thread_not_found")
    hanging = [channel.messages[ts] for ts in channel.threads.get(first["ts"], ())]
    found = sorted((one for one in hanging if _within(call, one["ts"])), key=lambda message: str(message["ts"]))
    if since := _cursor(call):
        return _given(call, channel, [one for one in found if one["ts"] >= since], 1000)
    return _given(call, channel, [first, *found], 1000)


def _cursor(call: Call) -> str:
    """Return the `ts` at which the page begins; a place in time, so that what happens meanwhile moves nothing."""
    if not (cursor := call.text("cursor")):
        return ""
    try:
        said = base64.b64decode(cursor, validate=True).decode()
    except ValueError:
        said = ""
    if not said.startswith(_NEXT):
        raise SlackError("invalid_cursor")
    return said.removeprefix(_NEXT)


def _readable(call: Call) -> Channel:
    """Return a channel that the caller may read: a bot only where it is a member."""
    channel = call.channel(scope="history")
    inside = call.grant.user in channel.members
    if not inside and (call.grant.kind == "bot" or channel.kind != "channel"):
        raise SlackError("not_in_channel")
    return channel


def _within(call: Call, ts: str) -> bool:
    """Whether a message is in the time that is asked for; its ends belong to it only if that is asked for, too."""
    oldest, latest = call.text("oldest"), call.text("latest")
    inclusive = call.flag("inclusive")
    if oldest and (float(ts) < float(oldest) or (float(ts) == float(oldest) and not inclusive)):
        return False
    return not (latest and (float(ts) > float(latest) or (float(ts) == float(latest) and not inclusive)))


def _given(call: Call, channel: Channel, found: list[Json], otherwise: int) -> Json:
    most = call.service.limits.most_messages(999)
    limit = call.number("limit", min(otherwise, most), most)
    messages, rest = found[:limit], found[limit:]
    following = base64.b64encode(f"{_NEXT}{rest[0]['ts']}".encode()).decode() if rest else ""
    return {
        "messages": [channel.shown(one) for one in messages],
        "has_more": bool(following),
        "pin_count": len(channel.pins),
        "response_metadata": {"next_cursor": following},
    }
