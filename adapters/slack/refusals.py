"""What Slack says when it refuses a call, as one sentence that says what to do."""

from __future__ import annotations

import re

from bot.errors import PlatformError

UNKNOWN_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"}
)
"""Codes that mean: this token is worth nothing."""

_CODE = re.compile(r"[a-z0-9_]{1,60}")
_SENTENCES = {
    "cant_delete_message": "SLACK_ADMIN_TOKEN may not remove this comment; use the token of a workspace administrator.",
    "cant_update_message": "The card was posted by another app, so it cannot be redrawn.",
    "channel_not_found": "The bot does not see this Slack channel; invite it there with /invite.",
    "is_archived": "The Slack channel is archived; unarchive it, or close it in the register.",
    "not_in_channel": "The bot is not in this Slack channel; invite it there with /invite.",
    "not_enabled": "The app has no Home tab; turn it on under “App Home” in the app's settings.",
    "user_not_found": "Slack knows no such person in this workspace; check the person's Slack id.",
}


class RefusedError(PlatformError):
    """Slack answered, and said no; `code` is its own word for why."""

    def __init__(self, method: str, code: str, needed: str = "") -> None:
        self.code = code if _CODE.fullmatch(code) else "unknown_error"
        super().__init__(_sentence(method, self.code, needed))


def _sentence(method: str, code: str, needed: str) -> str:
    if code in UNKNOWN_TOKEN:
        return "Slack does not accept the token any more; install the app again and set its new token."
    if code == "missing_scope":
        scopes = ", ".join(re.findall(r"[a-z:._]{1,40}", needed)) or "a scope"
        return f"The Slack app lacks {scopes}; update it from “crossing-guard manifest slack” and install it again."
    return _SENTENCES.get(code, f"Slack refused {method} ({code}).")
