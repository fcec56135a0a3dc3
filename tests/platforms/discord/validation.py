"""Discord's limits on messages and commands."""

from __future__ import annotations

import re

from tests.platforms.discord.components import message_components
from tests.platforms.discord.errors import ApiError
from tests.platforms.discord.forms import Form
from tests.platforms.discord.values import COMPONENTS_V2, Json

CHAT, USER_MENU, MESSAGE_MENU = 1, 2, 3
LOCALES = frozenset({"en-GB", "en-US", "es-ES", "es-419", "pt-BR", "sv-SE", "zh-CN", "zh-TW"}) | {
    *("id", "da", "de", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "ro", "fi"),
    *("vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "ja", "ko"),
}
_COMMAND = re.compile(r"[-_'\w]{1,32}")
_WEB = ("https://", "http://", "attachment://")


def message(body: Json, *, files: int = 0, has: int = 1) -> None:
    """Look at a message to be posted or edited; `has` tells how much it holds already, so that it is not empty."""
    form = Form(body)
    layout = bool((body.get("flags") or 0) & COMPONENTS_V2)
    form.text("content", 2000)
    form.text("nonce", 25)
    _embeds(form.at("embeds"))
    message_components(form.at("components"), layout=layout)
    _mentions(form)
    if layout and (body.get("content") or body.get("embeds")):
        form.at("content").wrong("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Cannot be used with it.")
    form.check()
    parts = ("content", "embeds", "components", "sticker_ids", "poll")
    if not (any(body.get(part) for part in parts) or files or has):
        raise ApiError(400, 50006, "Cannot send an empty message")


def commands(body: list[Json]) -> None:
    """Look at all commands of the bot, in one place, that replace those before."""
    form = Form(body)
    for kind, most in ((CHAT, 100), (USER_MENU, 5), (MESSAGE_MENU, 5)):
        if len([one for one in body if one.get("type", CHAT) == kind]) > most:
            form.wrong("APPLICATION_COMMANDS_MAX", f"Maximum number of application commands reached ({most}).")
    for command in form.each():
        kind = command.value.get("type", CHAT)
        _names(command, kind)
        if kind == CHAT:
            _described(command)
            _options(command)
        elif command.value.get("description"):
            command.at("description").wrong("APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", "Cannot have one.")
    form.check()


def _embeds(form: Form) -> None:
    form.length(10)
    total = 0
    for embed in form.each():
        embed.text("title", 256)
        embed.text("description", 4096)
        embed.at("footer").text("text", 2048)
        embed.at("author").text("name", 256)
        embed.number("color", 0, 0xFFFFFF)
        fields = embed.at("fields")
        fields.length(25)
        for field in fields.each():
            field.text("name", 256, least=1, needed=True)
            field.text("value", 1024, least=1, needed=True)
        for place in (("url",), ("image", "url"), ("thumbnail", "url"), ("author", "url")):
            address = embed.at(*place)
            if address.value and not str(address.value).startswith(_WEB):
                address.wrong("URL_TYPE_INVALID_SCHEME", "Scheme must be one of http, https.")
        total += _size(embed.value)
    if total > 6000:
        form.wrong("MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _size(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [(embed.get("author") or {}).get("name")]
    texts += [field.get(part) for field in embed.get("fields") or () for part in ("name", "value")]
    return sum(len(text or "") for text in texts)


def _mentions(form: Form) -> None:
    allowed = form.at("allowed_mentions")
    if not allowed.value:
        return
    parse = allowed.value.get("parse") or []
    for each in parse:
        if each not in ("users", "roles", "everyone"):
            allowed.at("parse").wrong("BASE_TYPE_CHOICES", "Value must be one of users, roles, everyone.")
    for part in ("users", "roles"):
        allowed.at(part).length(100)
        if part in parse and allowed.value.get(part):
            allowed.at(part).wrong("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", f"{part} is in parse as well.")


def _names(form: Form, kind: int) -> None:
    form.text("name", 32, least=1, needed=True)
    names = {"name": form.value.get("name", ""), **(form.value.get("name_localizations") or {})}
    for place, name in names.items():
        if kind == CHAT and (not _COMMAND.fullmatch(str(name)) or name != str(name).lower()):
            form.at("name").wrong("APPLICATION_COMMAND_INVALID_NAME", f"Command name is invalid: {place}")
        if len(str(name)) > 32:
            form.at("name_localizations").wrong("BASE_TYPE_MAX_LENGTH", "Must be 32 or fewer in length.")
    _locales(form, "name_localizations")


def _described(form: Form) -> None:
    form.text("description", 100, least=1, needed=True)
    for text in (form.value.get("description_localizations") or {}).values():
        if not 1 <= len(str(text)) <= 100:
            form.at("description_localizations").wrong("BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    _locales(form, "description_localizations")


def _locales(form: Form, name: str) -> None:
    for locale in form.value.get(name) or {}:
        if locale not in LOCALES:
            form.at(name).wrong("ENUM_TYPE_COERCE", f'Value "{locale}" is not a valid enum value.')


def _options(form: Form) -> None:
    options = form.at("options")
    options.length(25)
    optional_seen = False
    for option in options.each():
        _names(option, CHAT)
        _described(option)
        if option.value.get("required") and optional_seen:
            options.wrong("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before.")
        optional_seen = optional_seen or not option.value.get("required")
        choices = option.at("choices")
        choices.length(25)
        for choice in choices.each():
            choice.text("name", 100, least=1, needed=True)
