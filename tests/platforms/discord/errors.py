"""What Discord answers when it does not do what was asked: status, code, sentence, and where a form was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A refusal; `errors` says what is wrong with which part of the form."""

    def __init__(self, status: int, code: int, message: str, errors: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}: {message} {errors or ''}".strip())
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    @property
    def payload(self) -> dict[str, Any]:
        """The refusal as the body of an answer."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        return body | ({"errors": self.errors} if self.errors else {})


class NotOfferedError(AssertionError):
    """A person in a test tried what Discord would not have shown them: a hidden command, a button that is not there."""


def unauthorized() -> ApiError:
    """The token is wrong."""
    return ApiError(401, 0, "401: Unauthorized")


def unknown(what: str) -> ApiError:
    """There is no such thing: `channel`, `guild`, `member`, `message`, `user`, `webhook`, `interaction`."""
    codes = {
        "channel": 10003,
        "guild": 10004,
        "member": 10007,
        "message": 10008,
        "user": 10013,
        "webhook": 10015,
        "interaction": 10062,
    }
    return ApiError(404, codes[what], f"Unknown {what.title()}")


def missing_access() -> ApiError:
    """The bot cannot see the channel."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """The bot sees the channel or person, but may not do that."""
    return ApiError(403, 50013, "Missing Permissions")


def invalid(errors: Mapping[str, Any]) -> ApiError:
    """The form is wrong, in the places that `errors` names."""
    return ApiError(400, 50035, "Invalid Form Body", errors)
