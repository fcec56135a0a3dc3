"""Methods that put views before people: modals in time, and home pages."""

from __future__ import annotations

from tests.platforms.slack.blocks import view_problems
from tests.platforms.slack.calls import Call, method
from tests.platforms.slack.elements import with_ids
from tests.platforms.slack.interactions import Exchange
from tests.platforms.slack.values import Json, SlackError, View
from tests.platforms.slack.workspace import new_hash

MOST_STACKED = 3
"""Modals that can lie on each other."""


@method("views.open", tier=4)
async def views_open(call: Call) -> Json:
    """Open a modal for the person who did something, while the trigger lives."""
    content = _content(call, "modal")
    exchange = _exchange(call)
    return _shown(call, _opened(call, exchange, content))


@method("views.push", tier=4)
async def views_push(call: Call) -> Json:
    """Put a modal upon the one that stands before the person."""
    content = _content(call, "modal")
    exchange = _exchange(call)
    below = [one for one in call.workspace.views.values() if one.user == exchange.user and one.open]
    if not below:
        raise SlackError("not_found")
    if len(below) >= MOST_STACKED:
        raise SlackError("push_limit_reached")
    view = _opened(call, exchange, content)
    view.root, view.previous = below[0].root, below[-1].id
    return _shown(call, view)


@method("views.update", tier=4)
async def views_update(call: Call) -> Json:
    """Redraw a view that stands."""
    content = _content(call, "modal", "home")
    view = call.workspace.views.get(call.text("view_id")) or _by_external_id(call)
    if view is None or not view.open:
        raise SlackError("not_found")
    if call.text("hash") and call.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    view.content, view.hash = content, new_hash()
    return _shown(call, view)


@method("views.publish", tier=4)
async def views_publish(call: Call) -> Json:
    """Draw a person's home page."""
    if not call.service.app.has_home:
        raise SlackError("not_enabled")
    content = _content(call, "home")
    user = call.text("user_id")
    if user not in call.workspace.users:
        raise SlackError("user_not_found")
    standing = call.workspace.homes.get(user)
    if standing is not None and call.text("hash") and call.text("hash") != standing.hash:
        raise SlackError("hash_conflict")
    if standing is None:
        standing = call.workspace.homes[user] = call.workspace.new_view(user, content)
    standing.content, standing.hash = content, new_hash()
    return _shown(call, standing)


def _content(call: Call, *kinds: str) -> Json:
    view = call.arguments.get("view")
    found = view_problems(view)
    if not found and isinstance(view, dict) and view["type"] in kinds:
        return view | {"blocks": with_ids(view["blocks"])}
    found = found or [f"[ERROR] must be of type {kinds[0]} [json-pointer:/view/type]"]
    raise SlackError("invalid_arguments", response_metadata={"messages": found})


def _exchange(call: Call) -> Exchange:
    return call.service.interactions.spend(call.given("trigger_id"), call.workspace.id)


def _opened(call: Call, exchange: Exchange, content: Json) -> View:
    view = call.workspace.new_view(exchange.user, content)
    exchange.views.append(view)
    return view


def _by_external_id(call: Call) -> View | None:
    wanted = call.text("external_id")
    views = call.workspace.views.values()
    return next((one for one in views if wanted and one.content.get("external_id") == wanted), None)


def _shown(call: Call, view: View) -> Json:
    return {"view": call.workspace.view_json(view, call.service.app.id)}
