"""What a page may ask for, checked as it comes in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Name = Annotated[str, Field(max_length=100)]
Words = str
"""What somebody wrote: no longer than one message from a page may be. What is too long is refused in words."""


class _Action(BaseModel):
    """Something that a visitor does; `ask` is the page's own number for it, given back with what came of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    ask: int = 0


class _AsPerson(_Action):
    person: Name


class Write(_AsPerson):
    """Write a message, or a reply."""

    do: Literal["write"]
    room: Name
    text: Words
    reply_to: Name | None = None
    attachments: Annotated[list[Name], Field(max_length=10)] = []


class Edit(_AsPerson):
    """Edit a message of one's own."""

    do: Literal["edit"]
    message: Name
    text: Words


class Delete(_AsPerson):
    """Delete a message of one's own."""

    do: Literal["delete"]
    message: Name


class UseCommand(_AsPerson):
    """Use a command, typed or from a menu; `about` is the message whose menu it was."""

    do: Literal["command"]
    command: Name
    room: Name | None = None
    said: Words = ""
    about: Name | None = None


class Press(_AsPerson):
    """Press a button, on a delivered card (`post`) or on an answer (`shown`)."""

    do: Literal["press"]
    button: Name
    post: Name | None = None
    shown: Name | None = None


class Submit(_AsPerson):
    """Send a form."""

    do: Literal["submit"]
    form: Name
    values: Annotated[dict[Name, Words | bool], Field(max_length=5)]


class Speak(_Action):
    """Read the page in another language."""

    do: Literal["language"]
    language: Name


class Switch(_Action):
    """Switch the bot off, or on again."""

    do: Literal["switch"]
    up: bool


Action = Write | Edit | Delete | UseCommand | Press | Submit | Speak | Switch
_ACTION: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="do")])


def understood(raw: str) -> Action:
    """Return what the visitor does; raise `ValidationError` for anything else."""
    return _ACTION.validate_json(raw)
