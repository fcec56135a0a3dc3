"""Cards, forms and messages as plain data that the page draws.

Every text is drawn with `textContent`, never as markup. A quote's marks are cut into pieces here, where offsets are
code points; in the browser's UTF-16 the same numbers would mean other places.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from adapters.local.platform import LocalPlatform
from adapters.local.values import ATTACHABLE, LONGEST, Explained, Member, Message, Post, Room, Silence
from adapters.local.world import World
from bot.interface.cards import Button, Card, Quote
from bot.interface.commands import COMMANDS
from bot.interface.forms import FieldKind, Form, FormField
from bot.interface.texts import LANGUAGES, Text, say

Drawing = dict[str, Any]
"""Something that becomes a JSON object."""


def draw_card(card: Card, language: str, address: str) -> Drawing:
    """Return a card; a link into this page becomes a jump within it, any other than http(s) is left out."""
    return {
        "title": say(card.title, language),
        "severity": str(card.severity),
        "urgent": [say(line, language) for line in card.urgent],
        "lines": [linked(say(line, language), address) for line in card.lines],
        "facts": [[say(fact.label, language), linked(say(fact.value, language), address)] for fact in card.facts],
        "quote": None if card.quote is None else pieces(card.quote),
        "link": _link(card.link, address),
        "buttons": [_button(button, language) for button in card.buttons],
    }


def pieces(quote: Quote) -> list[Drawing]:
    """Cut a quote at its marks: pieces in order that give the whole text again, each marked or not."""
    cut: list[Drawing] = []
    at = 0
    for start, end in sorted(quote.marks):
        start, end = max(start, at), min(end, len(quote.text))  # noqa: PLW2901
        if start >= end:
            continue
        cut += _piece(quote.text[at:start], marked=False) + _piece(quote.text[start:end], marked=True)
        at = end
    return cut + _piece(quote.text[at:], marked=False)


def linked(words: str, address: str) -> list[Drawing]:
    """Cut the bot's words at permalinks into this page: pieces in order, `link` set where one can jump."""
    cut: list[Drawing] = []
    at = 0
    for match in re.finditer(re.escape(address) + r"/(#c-[0-9]{1,12})(?![0-9])", words):
        cut += [{"text": words[at : match.start()], "link": None}, {"text": match[0], "link": match[1]}]
        at = match.end()
    return [piece for piece in (*cut, {"text": words[at:], "link": None}) if piece["text"]]


def draw_form(form: Form, language: str, world: World) -> Drawing:
    """Return a form with everything there is to choose from."""
    return {
        "title": say(form.title, language),
        "told": None if form.told is None else say(form.told, language),
        "fields": [_field(field, language, world) for field in form.fields],
    }


def draw_post(post: Post, language: str, address: str) -> Drawing:
    """Return a delivered card with its place and times."""
    return {
        "id": post.id,
        "room": post.room,
        "person": post.person,
        "at": _time(post.at),
        "changed_at": _time(post.changed_at),
        "card": draw_card(post.card, language, address),
    }


def draw_message(message: Message) -> Drawing:
    """Return a message; of a deleted one only that it is gone, and by whom."""
    gone = message.ended
    return {
        "id": message.id,
        "room": message.room,
        "author": message.author,
        "text": "" if gone else message.text,
        "at": _time(message.posted_at),
        "edited_at": _time(message.changed_at) if message.mark else None,
        "mark": message.mark,
        "reply_to": message.reply_to,
        "thread": message.thread,
        "attachments": []
        if gone
        else [{"name": one, "bytes": ATTACHABLE[one].size_bytes} for one in message.attachments],
        "ended": None if gone is None else gone.by.value,
    }


def draw_explained(explained: Explained, language: str) -> Drawing:
    """Return what became of a message, in words."""
    judgement = explained.judgement
    flagged = judgement is not None and judgement.flagged
    return {
        "message": explained.message,
        "mark": explained.mark,
        "outcome": explained.outcome.value,
        "severity": str(judgement.severity) if judgement is not None and flagged else None,
        "reasons": [say(Text(f"category.{one}"), language) for one in judgement.categories]
        if judgement is not None and flagged
        else [],
    }


def draw_world(world: World, language: str) -> Drawing:
    """Return what does not change while the page is open: people, rooms, commands, what can be attached."""
    return {
        "school": world.name,
        "language": language,
        "people": [_member(member, language) for member in world.members.values()],
        "rooms": [_room(room, language) for room in world.rooms.values()],
        "commands": [
            {"name": one.name, "summary": say(one.summary, language), "on_comment": one.on_comment} for one in COMMANDS
        ],
        "attachable": [{"name": name, "bytes": one.size_bytes} for name, one in ATTACHABLE.items()],
        "longest": LONGEST,
        "languages": list(LANGUAGES),
    }


def draw_everything(platform: LocalPlatform, language: str, most: int) -> Drawing:
    """Return all that a page needs to begin: the newest `most` messages of each room, every card, every mark."""
    world = platform.world
    messages = [message for room in world.rooms for message in world.messages(room)[-most:]]
    return {
        **draw_world(world, language),
        "messages": [draw_message(message) for message in messages],
        "posts": [draw_post(post, language, platform.address) for post in world.posts.values()],
        "explained": [draw_explained(one, language) for one in world.explained.values()],
        "watching": sorted(platform.watching),
        "silences": [
            draw_silence(one) for one in world.silences.values() if world.silenced_until(one.account, one.room)
        ],
        "up": platform.up,
        "calendar": platform.calendar is not None,
    }


def draw_silence(silence: Silence) -> Drawing:
    """Return until when somebody may not write."""
    return {"person": silence.account, "room": silence.room, "until": _time(silence.until)}


def _member(member: Member, language: str) -> Drawing:
    return {
        "id": member.account,
        "name": member.name,
        "role": member.role.value,
        "title": member.title.get(language, member.title.get("en", "")),
        "desk": member.desk,
    }


def _room(room: Room, language: str) -> Drawing:
    return {
        "id": room.id,
        "name": room.name,
        "kind": room.kind.value,
        "about": room.about.get(language, room.about.get("en", "")),
        "members": sorted(room.members),
        "alerts": room.alerts,
    }


def _field(field: FormField, language: str, world: World) -> Drawing:
    offered = [{"value": choice.value, "label": say(choice.label, language)} for choice in field.choices]
    if field.kind is FieldKind.PERSON:
        offered = [{"value": member.account, "label": member.name} for member in world.members.values()]
    elif field.kind is FieldKind.CHANNEL:
        offered = [{"value": room.id, "label": room.name} for room in world.rooms.values()]
    return {
        "name": field.name,
        "kind": field.kind.value,
        "label": say(field.label, language),
        "hint": say(field.hint, language),
        "required": field.required,
        "most": field.most,
        "choices": offered,
    }


def _button(button: Button, language: str) -> Drawing:
    return {"id": button.id, "label": say(button.label, language), "tone": button.tone.value, "verb": button.verb.value}


def _link(link: str | None, address: str) -> str | None:
    if link is None or not link.startswith(("http://", "https://")):
        return None
    return link.removeprefix(address + "/") if link.startswith(f"{address}/#") else link


def _piece(text: str, *, marked: bool) -> list[Drawing]:
    return [{"text": text, "marked": marked}] if text else []


def _time(moment: datetime) -> str:
    return moment.isoformat()
