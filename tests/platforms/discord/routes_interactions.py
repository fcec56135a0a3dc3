"""The routes by which the bot answers interactions: the first answer within the deadline, later ones by its token."""

from __future__ import annotations

import time

from tests.platforms.discord import errors, validation
from tests.platforms.discord.components import modal
from tests.platforms.discord.forms import Form
from tests.platforms.discord.interactions import (
    ACKNOWLEDGE,
    COMPONENT,
    MODAL,
    OPEN_MODAL,
    REDRAW,
    SAY,
    THINK,
    Interaction,
    Interactions,
)
from tests.platforms.discord.routes_messages import rewrite, write
from tests.platforms.discord.routing import Call, Routes
from tests.platforms.discord.values import EPHEMERAL, LOADING, Json, Message

LIFE = 15 * 60
"""Seconds that an interaction can be answered by its token."""

_COMMAND_ANSWER, _REPLY = 20, 19
_WEBHOOK = "/webhooks/{webhook}/{token}"


def answering(interactions: Interactions) -> Routes:
    """Return the routes for these interactions."""
    routes = Routes()
    answers = _Answers(interactions)
    routes.on("POST", "/interactions/{webhook}/{token}/callback", needs_token=False)(answers.first)
    routes.on("POST", _WEBHOOK, needs_token=False)(answers.follow_up)
    routes.on("GET", _WEBHOOK + "/messages/@original", needs_token=False)(answers.original)
    routes.on("PATCH", _WEBHOOK + "/messages/@original", needs_token=False)(answers.edit_original)
    routes.on("DELETE", _WEBHOOK + "/messages/@original", needs_token=False)(answers.delete_original)
    routes.on("GET", _WEBHOOK + "/messages/{message}", needs_token=False)(answers.one)
    routes.on("PATCH", _WEBHOOK + "/messages/{message}", needs_token=False)(answers.edit)
    routes.on("DELETE", _WEBHOOK + "/messages/{message}", needs_token=False)(answers.delete)
    return routes


class _Answers:
    def __init__(self, interactions: Interactions) -> None:
        self._interactions = interactions

    # --- the first answer ---------------------------------------------------------------------------------------------

    def first(self, call: Call) -> Json | None:
        """Answer for the first time."""
        found = self._interactions.by_token.get(call.token)
        if found is None or found.id != call.path["webhook"]:
            raise errors.unknown("interaction")
        try:
            self._answer(call, found)
        except errors.ApiError as refusal:
            found.mistakes.append((refusal.status, refusal.code))
            raise
        if call.query.get("with_response") not in ("1", "true"):
            return None
        return _callback(call, found)

    def _answer(self, call: Call, found: Interaction) -> None:
        seconds = time.monotonic() - found.began
        if found.kind is not None:
            raise errors.ApiError(400, 40060, "Interaction has already been acknowledged.")
        if seconds > self._interactions.deadline:
            raise errors.unknown("interaction")
        kind, data = int(call.body["type"]), call.body.get("data") or {}
        call.body = data
        if kind not in _ALLOWED[found.type] or (kind in (ACKNOWLEDGE, REDRAW) and found.source is None):
            wrong = {"code": "BASE_TYPE_CHOICES", "message": f"Value must be one of {_ALLOWED[found.type]}."}
            raise errors.invalid({"type": {"_errors": [wrong]}})
        if kind == OPEN_MODAL:
            form = Form(data)
            modal(form)
            form.check()
            found.modal = data
        elif kind == SAY:
            validation.message(data, files=len(call.files), has=0)
            self._show(call, found, _new(call, found))
        elif kind == THINK:
            thinking = _new(call, found)
            thinking.flags |= LOADING
            self._show(call, found, thinking)
        elif kind == REDRAW and found.source is not None:
            rewrite(call, found.source)
            self._redraw(call, found, found.source)
        found.kind, found.seconds = kind, seconds
        found.stirred.set()

    # --- later ones ---------------------------------------------------------------------------------------------------

    def follow_up(self, call: Call) -> Json:
        """Say something more; the first time after “thinking”, it takes that place."""
        found = self._alive(call)
        validation.message(call.body, files=len(call.files), has=0)
        if found.messages and found.messages[0].is_loading:
            return self._fill(call, found, found.messages[0])
        message = _new(call, found)
        self._show(call, found, message)
        return call.world.drawn(message)

    def original(self, call: Call) -> Json:
        """The first answer, as it stands."""
        return call.world.drawn(self._original(call, self._alive(call)))

    def edit_original(self, call: Call) -> Json:
        """Change the first answer, or put words where the bot was thinking."""
        found = self._alive(call)
        return self._fill(call, found, self._original(call, found))

    def delete_original(self, call: Call) -> None:
        """Take the first answer away."""
        found = self._alive(call)
        self._drop(call, found, self._original(call, found))

    def one(self, call: Call) -> Json:
        """One of the answers, as it stands."""
        return call.world.drawn(self._one(call, self._alive(call)))

    def edit(self, call: Call) -> Json:
        """Change one of the answers."""
        found = self._alive(call)
        return self._fill(call, found, self._one(call, found))

    def delete(self, call: Call) -> None:
        """Take one of the answers away."""
        found = self._alive(call)
        self._drop(call, found, self._one(call, found))

    def _alive(self, call: Call) -> Interaction:
        found = self._interactions.by_token.get(call.token)
        if found is None or found.kind is None or call.path["webhook"] != call.world.application.id:
            raise errors.unknown("webhook")
        if time.monotonic() - found.began > LIFE:
            raise errors.ApiError(401, 50027, "Invalid Webhook Token")
        return found

    def _original(self, call: Call, found: Interaction) -> Message:
        if found.kind in (ACKNOWLEDGE, REDRAW) and found.source is not None:
            return found.source
        if found.kind == OPEN_MODAL or not found.messages:
            raise errors.unknown("message")
        return found.messages[0]

    def _one(self, call: Call, found: Interaction) -> Message:
        for message in found.messages:
            if message.id == call.path["message"]:
                return message
        raise errors.unknown("message")

    # --- what people see of it ----------------------------------------------------------------------------------------

    def _show(self, call: Call, found: Interaction, message: Message) -> None:
        """Show an answer: to the person alone if it is ephemeral, else to everybody in the channel."""
        found.messages.append(message)
        found.stirred.set()
        if not message.is_ephemeral:
            call.world.publish(message)

    def _fill(self, call: Call, found: Interaction, message: Message) -> Json:
        rewrite(call, message)
        if message.is_loading:
            message.flags &= ~LOADING
            message.edited = None
        self._redraw(call, found, message)
        return call.world.drawn(message)

    def _redraw(self, call: Call, found: Interaction, message: Message) -> None:
        found.redrawn = found.redrawn or message is found.source
        found.stirred.set()
        if not message.is_ephemeral:
            call.world.changed(message)

    def _drop(self, call: Call, found: Interaction, message: Message) -> None:
        if message in found.messages:
            found.messages.remove(message)
        if not message.is_ephemeral:
            call.world.delete(message)


_ALLOWED = {2: (SAY, THINK, OPEN_MODAL), COMPONENT: (SAY, THINK, ACKNOWLEDGE, REDRAW, OPEN_MODAL)}
_ALLOWED[MODAL] = (SAY, THINK, ACKNOWLEDGE, REDRAW)


def _new(call: Call, found: Interaction) -> Message:
    world = call.world
    kind = _COMMAND_ANSWER if found.type == 2 else _REPLY if found.source else 0
    message = Message(world.ids.make(), found.channel.id, world.bot, type=kind)
    message.webhook = message.application = world.application.id
    write(call, message)
    message.interaction = {
        "id": str(found.id),
        "type": found.type,
        "user": found.payload.get("user") or found.payload["member"]["user"],
        "authorizing_integration_owners": found.payload["authorizing_integration_owners"],
        "name": found.payload["data"].get("name", ""),
    }
    if found.source is not None and kind == _REPLY and not found.source.is_ephemeral:
        message.reference = {"type": 0, "message_id": str(found.source.id), "channel_id": str(found.channel.id)}
    return message


def _callback(call: Call, found: Interaction) -> Json:
    message = found.messages[0] if found.messages else found.source if found.redrawn else None
    shown: Json = {"id": str(found.id), "type": found.type}
    resource: Json = {"type": found.kind}
    if message is not None:
        shown |= {
            "response_message_id": str(message.id),
            "response_message_loading": message.is_loading,
            "response_message_ephemeral": bool(message.flags & EPHEMERAL),
        }
        resource["message"] = call.world.drawn(message)
    return {"interaction": shown, "resource": resource}
