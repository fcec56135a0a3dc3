"""Methods that write: messages, changes to them, messages for one person, links to them."""

from __future__ import annotations

from tests.platforms.slack.blocks import problems
from tests.platforms.slack.calls import Call, method
from tests.platforms.slack.elements import with_ids
from tests.platforms.slack.values import Channel, Ephemeral, Json, SlackError

LONGEST = 40_000
"""Characters that a message may have."""

WRITE = ("chat:write",)


@method("chat.postMessage", tier=5, scopes=WRITE)
async def post_message(call: Call) -> Json:
    """Post a message as the holder of the token; to a person's id it goes into the conversation with them."""
    channel = _writable(call)
    message = _signed(call) | _content(call)
    if thread := call.text("thread_ts"):
        if thread not in channel.messages:
            raise SlackError("thread_not_found")
        message["thread_ts"] = thread
        if call.flag("reply_broadcast"):
            message["subtype"] = "thread_broadcast"
    posted = call.service.changes(call.workspace).posted(channel, message)
    return {"channel": channel.id, "ts": posted["ts"], "message": posted}


@method("chat.postEphemeral", tier=4, scopes=WRITE)
async def post_ephemeral(call: Call) -> Json:
    """Show a message to one member of a channel; it is nowhere afterwards."""
    channel = _writable(call)
    if call.text("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _content(call) | {"ts": call.service.clock.ts()}
    call.workspace.ephemerals.append(Ephemeral(call.text("user"), channel.id, message))
    return {"message_ts": message["ts"]}


@method("chat.update", tier=3, scopes=WRITE)
async def update(call: Call) -> Json:
    """Change a message of one's own, in place."""
    channel = call.channel()
    message = call.workspace.message(channel, call.given("ts"))
    if message.get("user") != call.grant.user:
        raise SlackError("cant_update_message")
    call.service.changes(call.workspace).edited(channel, message, call.grant.user, **_content(call))
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": message}


@method("chat.delete", tier=3, scopes=WRITE)
async def delete(call: Call) -> Json:
    """Delete a message: one's own, or anybody's for the token of a person who administers the workspace."""
    channel = call.channel()
    message = call.workspace.message(channel, call.given("ts"))
    holder = call.workspace.users[call.grant.user]
    administers = call.grant.kind == "user" and (holder.is_admin or holder.is_owner)
    if message.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    if message.get("user") != call.grant.user and not administers:
        raise SlackError("cant_delete_message")
    call.service.changes(call.workspace).deleted(channel, message["ts"])
    return {"channel": channel.id, "ts": call.text("ts")}


@method("chat.getPermalink", tier=5)
async def permalink(call: Call) -> Json:
    """Give the address of a message."""
    channel = call.channel()
    message = call.workspace.message(channel, call.given("message_ts"))
    return {"channel": channel.id, "permalink": call.workspace.permalink(channel.id, message)}


@method("pins.add", tier=2, scopes=("pins:write",))
async def pin(call: Call) -> Json:
    """Pin a message in its channel."""
    channel = call.channel()
    message = call.workspace.message(channel, call.given("timestamp"))
    if message["ts"] in channel.pins:
        raise SlackError("already_pinned")
    channel.pins.append(message["ts"])
    return {}


def _writable(call: Call) -> Channel:
    """Return the channel that a message may go to."""
    place = call.text("channel")
    if place in call.workspace.users:
        return call.workspace.direct(place)
    channel = call.channel()
    if channel.archived:
        raise SlackError("is_archived")
    public = channel.kind == "channel" and "chat:write.public" in call.grant.scopes
    if call.grant.user not in channel.members and not public:
        raise SlackError("not_in_channel")
    return channel


def _content(call: Call) -> Json:
    """Return what a message shows, or raise what Slack says of it."""
    text, blocks = call.text("text"), call.arguments.get("blocks")
    if len(text) > LONGEST:
        raise SlackError("msg_too_long")
    if blocks is not None and (found := problems(blocks, "message")):
        raise SlackError("invalid_blocks", errors=found, response_metadata={"messages": found})
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    return {"text": text} | ({"blocks": with_ids(blocks)} if blocks is not None else {})


def _signed(call: Call) -> Json:
    if call.grant.kind == "bot":
        return call.service.bot_message(call.workspace)
    return {"user": call.grant.user, "ts": call.service.clock.ts(), "app_id": call.service.app.id}
