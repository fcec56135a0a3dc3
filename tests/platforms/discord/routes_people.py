"""The routes about the bot itself, people, guilds and members, and the bot's commands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.platforms.discord import drawing, errors, validation
from tests.platforms.discord.permissions import Permission, granted, outranks
from tests.platforms.discord.routing import Call, Routes
from tests.platforms.discord.values import Guild, Json, Member

routes = Routes()

LONGEST_TIME_OUT = timedelta(days=28)


@routes.on("GET", "/users/@me")
def me(call: Call) -> Json:
    """The bot."""
    return drawing.user(call.world.bot) | {"verified": True, "mfa_enabled": True, "locale": "en-US", "email": None}


@routes.on("GET", "/oauth2/applications/@me", "/applications/@me")
def application(call: Call) -> Json:
    """The bot's application."""
    found = call.world.application
    owner = next((one for one in call.world.people.values() if not one.bot), call.world.bot)
    return {
        "id": str(found.id),
        "name": found.name,
        "icon": None,
        "description": "",
        "bot_public": found.is_public,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": found.flags,
        "owner": drawing.user(owner),
        "team": None,
        "rpc_origins": [],
        "approximate_guild_count": len(call.world.guilds),
    }


@routes.on("GET", "/users/@me/guilds")
def own_guilds(call: Call) -> list[Json]:
    """The guilds that the bot is in, by id, in pages."""
    after, limit = call.mark("after") or 0, call.limit(200, 200)
    mine = sorted(one.id for one in call.world.guilds.values() if call.world.bot.id in one.members)
    found = [call.world.guilds[one] for one in mine if one > after][:limit]
    return [
        {
            "id": str(one.id),
            "name": one.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(int(granted(one, one.members[call.world.bot.id]))),
            "features": one.features,
        }
        for one in found
    ]


@routes.on("DELETE", "/users/@me/guilds/{guild}")
def leave_guild(call: Call) -> None:
    """Leave a guild."""
    call.world.remove_bot(call.world.guild(call.path["guild"]))


@routes.on("GET", "/users/{user}")
def user(call: Call) -> Json:
    """Anybody's account."""
    found = call.world.people.get(call.path["user"])
    if found is None:
        raise errors.unknown("user")
    return drawing.user(found)


@routes.on("POST", "/users/@me/channels")
def direct_messages(call: Call) -> Json:
    """The direct messages with somebody; closed ones open, but nothing can be posted there."""
    found = call.world.people.get(int(call.body["recipient_id"]))
    if found is None or found is call.world.bot:
        wrong = {"code": "INVALID_RECIPIENT", "message": "Invalid Recipient(s)"}
        raise errors.ApiError(400, 50033, "Invalid Recipient(s)", {"recipient_id": {"_errors": [wrong]}})
    return drawing.channel(call.world.direct(found))


@routes.on("GET", "/guilds/{guild}")
def guild(call: Call) -> Json:
    """A guild."""
    found = call.world.guild(call.path["guild"])
    count = len(found.members)
    counts = {"approximate_member_count": count, "approximate_presence_count": count}
    return drawing.guild(found) | (counts if call.query.get("with_counts") in ("1", "true") else {})


@routes.on("GET", "/guilds/{guild}/roles")
def roles(call: Call) -> list[Json]:
    """A guild's roles."""
    return [drawing.role(one) for one in call.world.guild(call.path["guild"]).roles.values()]


@routes.on("GET", "/guilds/{guild}/members")
def members(call: Call) -> list[Json]:
    """A guild's members by id, in pages; only for who has the privileged intent."""
    if not call.world.application.guild_members:
        raise errors.missing_access()
    found = call.world.guild(call.path["guild"])
    after, limit = call.mark("after") or 0, call.limit(1, 1000)
    ids = [one for one in sorted(found.members) if one > after][:limit]
    return [drawing.member(found, found.members[one]) for one in ids]


@routes.on("GET", "/guilds/{guild}/members/{user}")
def member(call: Call) -> Json:
    """A member."""
    found = call.world.guild(call.path["guild"])
    return drawing.member(found, call.world.member(found, call.path["user"]))


@routes.on("PATCH", "/guilds/{guild}/members/{user}")
def change_member(call: Call) -> Json:
    """Time a member out, or end it; nothing else of a member can be changed here."""
    found = call.world.guild(call.path["guild"])
    target = call.world.member(found, call.path["user"])
    if others := call.body.keys() - {"communication_disabled_until"}:
        raise errors.ApiError(400, 0, f"this server cannot change {sorted(others)} of a member")
    _may_act(call, found, target, Permission.MODERATE_MEMBERS)
    until = call.body["communication_disabled_until"]
    moment = datetime.fromisoformat(until) if until else None
    if moment is not None and moment > datetime.now(UTC) + LONGEST_TIME_OUT + timedelta(seconds=5):
        wrong = {"code": "GUILD_MEMBER_TIMEOUT_TOO_LONG", "message": "Must be within 28 days."}
        raise errors.invalid({"communication_disabled_until": {"_errors": [wrong]}})
    if Permission.ADMINISTRATOR in granted(found, target):
        raise errors.missing_permissions()
    call.world.time_out(found, target, moment, by=call.world.bot, reason=call.reason)
    return drawing.member(found, target)


@routes.on("DELETE", "/guilds/{guild}/members/{user}")
def kick(call: Call) -> None:
    """Remove a member."""
    found = call.world.guild(call.path["guild"])
    target = call.world.member(found, call.path["user"])
    _may_act(call, found, target, Permission.KICK_MEMBERS)
    call.world.kick(found, target.person, by=call.world.bot, reason=call.reason)


@routes.on("GET", "/guilds/{guild}/audit-logs")
def audit_log(call: Call) -> Json:
    """The audit log, newest first, in pages."""
    found = call.world.guild(call.path["guild"])
    if not call.world.may_in_guild(found, Permission.VIEW_AUDIT_LOG):
        raise errors.missing_permissions()
    before, after, wanted = (call.mark(name) for name in ("before", "after", "action_type"))
    entries = [
        one
        for one in found.audit_log
        if (before is None or int(one["id"]) < before)
        and (after is None or int(one["id"]) > after)
        and (wanted is None or wanted == one["action_type"])
    ]
    chosen = entries[: call.limit(50, 100)] if after is not None else entries[::-1][: call.limit(50, 100)]
    people = {int(one[part]) for one in chosen for part in ("user_id", "target_id") if one[part] is not None}
    return {
        "audit_log_entries": chosen,
        "users": [drawing.user(call.world.people[one]) for one in people if one in call.world.people],
        **{part: [] for part in ("integrations", "webhooks", "guild_scheduled_events", "threads")},
        **{part: [] for part in ("application_commands", "auto_moderation_rules")},
    }


@routes.on("GET", "/applications/{application}/commands", "/applications/{application}/guilds/{guild}/commands")
def commands(call: Call) -> list[Json]:
    """The bot's commands, everywhere or in a guild; their translations only where they are asked for."""
    found = call.world.commands.get(call.path.get("guild"), [])
    if call.query.get("with_localizations") == "true":
        return found
    return [{key: value for key, value in one.items() if not key.endswith("_localizations")} for one in found]


@routes.on("PUT", "/applications/{application}/commands", "/applications/{application}/guilds/{guild}/commands")
def set_commands(call: Call) -> list[Json]:
    """Replace the bot's commands, everywhere or in a guild."""
    where = call.path.get("guild")
    validation.commands(call.body)
    before = {(one["name"], one["type"]): one["id"] for one in call.world.commands.get(where, [])}
    made = []
    for command in call.body:
        kind = command.get("type", validation.CHAT)
        known = before.get((command["name"], kind)) or str(call.world.ids.make())
        fixed: Json = {
            "id": known,
            "application_id": str(call.world.application.id),
            "version": str(call.world.ids.make()),
        }
        usual: Json = {"description": "", "options": [], "nsfw": False}
        needed = command.get("default_member_permissions")
        fixed["default_member_permissions"] = None if needed is None else str(needed)
        made.append(usual | command | fixed | {"type": kind} | ({"guild_id": str(where)} if where else {}))
    call.world.commands[where] = made
    return made


def _may_act(call: Call, found: Guild, target: Member, needed: Permission) -> None:
    if not call.world.may_in_guild(found, needed):
        raise errors.missing_permissions()
    if not outranks(found, found.members[call.world.bot.id], target):
        raise errors.missing_permissions()
