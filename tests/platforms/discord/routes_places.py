"""The routes about channels and threads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tests.platforms.discord import drawing, errors, validation
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.routes_messages import drawn, write
from tests.platforms.discord.routing import Call, Routes
from tests.platforms.discord.values import Channel, Json, Kind, Message

routes = Routes()

_CHANNEL = "/channels/{channel}"


@routes.on("GET", _CHANNEL)
def channel(call: Call) -> Json:
    """A channel, a thread or direct messages."""
    return drawing.channel(call.world.seen_channel(call.path["channel"]))


@routes.on("PATCH", _CHANNEL)
def change_channel(call: Call) -> Json:
    """Rename a channel; put a thread away or take it out."""
    found = call.world.seen_channel(call.path["channel"])
    needed = Permission.MANAGE_THREADS if found.is_thread else Permission.MANAGE_CHANNELS
    own = found.is_thread and found.owner == call.world.bot.id
    if not own and not call.world.may(found, needed):
        raise errors.missing_permissions()
    found.name = call.body.get("name", found.name)
    found.topic = call.body.get("topic", found.topic)
    if call.body.get("archived") is True:
        call.world.archive(found, locked=bool(call.body.get("locked")))
    elif call.body.get("archived") is False:
        call.world.unarchive(found)
    else:
        call.world.channel_changed(found)
    return drawing.channel(found)


@routes.on("DELETE", _CHANNEL)
def delete_channel(call: Call) -> Json:
    """Delete a channel."""
    found = call.world.seen_channel(call.path["channel"])
    if found.guild is None:
        return drawing.channel(found)
    if not call.world.may(found, Permission.MANAGE_THREADS if found.is_thread else Permission.MANAGE_CHANNELS):
        raise errors.missing_permissions()
    call.world.delete_channel(found, by=call.world.bot, reason=call.reason)
    return drawing.channel(found)


@routes.on("GET", "/guilds/{guild}/channels")
def channels(call: Call) -> list[Json]:
    """Every channel of a guild, without threads."""
    return [drawing.channel(call.world.channels[one]) for one in call.world.guild(call.path["guild"]).channels]


@routes.on("GET", "/guilds/{guild}/threads/active")
def active_threads(call: Call) -> Json:
    """Every thread of a guild that is not put away and that the bot sees."""
    guild = call.world.guild(call.path["guild"])
    found = [
        thread
        for one in guild.channels
        for thread in call.world.threads_of(call.world.channels[one], archived=False)
        if call.world.may(thread, Permission.VIEW_CHANNEL)
    ]
    return _threads(call, found)


@routes.on("GET", _CHANNEL + "/threads/archived/public")
def archived_threads(call: Call) -> Json:
    """Public threads that were put away, last put away first, in pages."""
    found = _archived(call, Kind.PUBLIC_THREAD, Permission.READ_MESSAGE_HISTORY)
    return _page(call, found)


@routes.on("GET", _CHANNEL + "/threads/archived/private")
def private_threads(call: Call) -> Json:
    """Private threads that were put away, last put away first, in pages."""
    found = _archived(call, Kind.PRIVATE_THREAD, Permission.READ_MESSAGE_HISTORY, Permission.MANAGE_THREADS)
    return _page(call, found)


@routes.on("GET", _CHANNEL + "/users/@me/threads/archived/private")
def own_private_threads(call: Call) -> Json:
    """Private threads that were put away and that the bot is in, by id, in pages."""
    found = _archived(call, Kind.PRIVATE_THREAD, Permission.READ_MESSAGE_HISTORY)
    mark = call.mark("before")
    mine = [one for one in found if call.world.bot.id in one.joined and (mark is None or one.id < mark)]
    mine.sort(key=lambda one: one.id, reverse=True)
    limit = call.limit(50, 100)
    return _threads(call, mine[:limit]) | {"has_more": len(mine) > limit}


@routes.on("POST", _CHANNEL + "/threads")
def open_thread(call: Call) -> Json:
    """Start a thread, or write a forum post."""
    parent = call.world.seen_channel(call.path["channel"])
    private = call.body.get("type", Kind.PRIVATE_THREAD) == Kind.PRIVATE_THREAD
    if parent.kind is Kind.FORUM:
        return _forum_post(call, parent)
    needed = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
    if not call.world.may(parent, needed):
        raise errors.missing_permissions()
    thread = call.world.open_thread(call.world.bot, parent, call.body["name"], private=private)
    return drawing.thread(thread, call.world.bot.id)


@routes.on("POST", _CHANNEL + "/messages/{message}/threads")
def open_thread_on(call: Call) -> Json:
    """Start a thread on a message."""
    parent = call.world.seen_channel(call.path["channel"], Permission.CREATE_PUBLIC_THREADS)
    message = call.world.message(parent, call.path["message"])
    if message.thread is not None:
        raise errors.ApiError(400, 160004, "A thread has already been created for this message")
    thread = call.world.open_thread(call.world.bot, parent, call.body["name"], on=message)
    return drawing.thread(thread, call.world.bot.id)


@routes.on("PUT", _CHANNEL + "/thread-members/@me")
def join_thread(call: Call) -> None:
    """Join a thread."""
    thread = call.world.seen_channel(call.path["channel"])
    if thread.archived_at is not None:
        raise errors.ApiError(400, 50083, "Thread is archived")
    thread.joined.setdefault(call.world.bot.id, datetime.now().astimezone())


@routes.on("DELETE", _CHANNEL + "/thread-members/@me")
def leave_thread(call: Call) -> None:
    """Leave a thread."""
    call.world.seen_channel(call.path["channel"]).joined.pop(call.world.bot.id, None)


@routes.on("GET", _CHANNEL + "/thread-members")
def thread_members(call: Call) -> list[Json]:
    """Who is in a thread."""
    thread = call.world.seen_channel(call.path["channel"])
    return [drawing.thread_member(thread, person) for person in thread.joined]


def _forum_post(call: Call, forum: Channel) -> Json:
    if not call.world.may(forum, Permission.SEND_MESSAGES):
        raise errors.missing_permissions()
    form: Json = call.body["message"]
    validation.message(form, files=len(call.files), has=0)
    post = call.world.open_thread(call.world.bot, forum, call.body["name"])
    message = Message(post.id, post.id, call.world.bot)
    call.body = form
    write(call, message)
    call.world.publish(message)
    return drawing.thread(post, call.world.bot.id) | {"message": drawn(call, message)}


def _archived(call: Call, kind: Kind, *needed: Permission) -> list[Channel]:
    parent = call.world.seen_channel(call.path["channel"], *needed)
    found = [one for one in call.world.threads_of(parent, archived=True) if one.kind is kind]
    return sorted(found, key=lambda one: str(one.archived_at), reverse=True)


def _page(call: Call, found: list[Channel]) -> Json:
    if "before" in call.query:
        before = datetime.fromisoformat(call.query["before"])
        found = [one for one in found if one.archived_at is not None and one.archived_at < before]
    limit = call.limit(50, 100)
    return _threads(call, found[:limit]) | {"has_more": len(found) > limit}


def _threads(call: Call, found: Iterable[Channel]) -> Json:
    me = call.world.bot.id
    threads = list(found)
    return {
        "threads": [drawing.thread(one, me) for one in threads],
        "members": [drawing.thread_member(one, me) for one in threads if me in one.joined],
        "has_more": False,
    }
