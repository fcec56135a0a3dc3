"""Methods about the app itself: whose token it is, where to connect, and the end of an installation."""

from __future__ import annotations

import hmac

from tests.platforms.slack.calls import Call, method
from tests.platforms.slack.values import Json, SlackError, named


@method("auth.test", tier=5)
async def auth_test(call: Call) -> Json:
    """Tell whose token it is."""
    user = call.workspace.users[call.grant.user]
    told = {
        "url": f"{call.workspace.address}/",
        "team": call.workspace.name,
        "user": user.handle,
        "team_id": call.workspace.id,
        "user_id": user.id,
        "is_enterprise_install": False,
    }
    return told | ({"bot_id": user.bot_id} if user.bot_id else {})


@method("apps.connections.open", tier=1, scopes=("connections:write",), kinds=("app",))
async def connections_open(call: Call) -> Json:
    """Give out the address of a new connection."""
    if not call.service.socket.enabled:
        raise SlackError("socket_mode_disabled")
    return {"url": call.service.socket.new_address()}


@method("oauth.v2.access", tier=4, kinds=())
async def oauth_access(call: Call) -> Json:
    """Change the code that a person brought back for the workspace's tokens."""
    service, app = call.service, call.service.app
    if call.text("client_id") != app.client_id:
        raise SlackError("invalid_client_id")
    if not hmac.compare_digest(call.text("client_secret"), app.client_secret):
        raise SlackError("bad_client_secret")
    code = service.codes.pop(call.text("code"), None)
    if code is None:
        raise SlackError("invalid_code")
    workspace = service.workspaces[code.team]
    return {
        "app_id": app.id,
        "access_token": service.install(workspace),
        "token_type": "bot",
        "scope": named(app.bot_scopes),
        "bot_user_id": workspace.bot.id,
        "team": {"id": workspace.id, "name": workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {
            "id": code.user,
            "scope": named(app.user_scopes),
            "access_token": service.user_token(workspace, code.user),
            "token_type": "user",
        },
    }


@method("auth.revoke", tier=3)
async def auth_revoke(call: Call) -> Json:
    """Make the token that is used worth nothing."""
    for token, grant in list(call.service.grants.items()):
        if grant == call.grant:
            del call.service.grants[token]
            call.service.revoked.add(token)
    return {"revoked": True}


@method("team.info", tier=3, scopes=("team:read",))
async def team_info(call: Call) -> Json:
    """Tell a workspace's name."""
    workspace = call.workspace
    return {"team": {"id": workspace.id, "name": workspace.name, "domain": workspace.domain}}
