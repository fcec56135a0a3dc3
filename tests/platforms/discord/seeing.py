"""What a person sees of the bot's messages, read off as a person would read it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from bot.interface.cards import pressed
from tests.platforms.discord.components import CHECKBOX, LABEL, ROW
from tests.platforms.discord.interactions import Interaction
from tests.platforms.discord.markdown import Seen, seen
from tests.platforms.discord.values import Json, Message, walk
from tests.platforms.seen import SeenCard, SeenForm

_PERMALINK = "https://discord.com/channels/"
_QUOTED = "spoiler"
_PLAIN_IN_QUOTES = frozenset({_QUOTED, "bold", "underlined"})


def all_words(message: Message) -> str:
    """Return every text of a message, in order, one a line: as people read it, not as it was sent."""
    return "\n".join(seen(source).plain for source in sources(message))


def sources(message: Message) -> Iterator[str]:
    """Yield every text of a message as it was sent."""
    if message.content:
        yield message.content
    for embed in message.embeds:
        yield from (embed[part] for part in ("title", "description") if embed.get(part))
        for field in embed.get("fields") or ():
            yield from (field["name"], field["value"])
        if footer := (embed.get("footer") or {}).get("text"):
            yield footer
    yield from (part["content"] for part in walk(message.components) if part["type"] == 10)


def buttons(message: Message) -> dict[str, str]:
    """Return the bot's own buttons that can be pressed: verb → custom id, in order."""
    ids = [one["custom_id"] for one in message.buttons if "custom_id" in one and not one.get("disabled")]
    return {known[0].value: each for each in ids if (known := pressed(each))}


def card(message: Message) -> SeenCard:
    """Return a message with one embed as a card; its quote is what stands behind the spoiler."""
    (embed,) = message.embeds
    description = seen(embed.get("description") or "")
    lines, quote = _above(description), description.styled(_QUOTED)
    return SeenCard(
        str(message.id),
        seen(embed.get("title") or "").plain,
        tuple(seen(message.content).plain.splitlines()),
        tuple(lines.splitlines()),
        {seen(field["name"]).plain: seen(field["value"]).plain for field in embed.get("fields") or ()},
        quote=quote[-1] if quote else None,
        marked=description.styled(_QUOTED, "bold"),
        link=embed.get("url"),
        buttons=tuple(buttons(message)),
        alive=tuple(_alive(message, embed)),
    )


def form(used: Interaction) -> SeenForm:
    """Return the modal that opened."""
    assert used.modal is not None
    fields, required = {}, set()
    for field in _fields(used.modal):
        name = field["custom_id"]
        fields[name] = tuple(one["value"] for one in field.get("options", ()))
        if field["type"] != CHECKBOX and field.get("required", True):
            required.add(name)
    return SeenForm(used.token, used.modal["title"], fields, frozenset(required))


def _fields(modal: Json) -> Iterator[Json]:
    for part in modal["components"]:
        if part["type"] == LABEL:
            yield part["component"]
        elif part["type"] == ROW:
            yield from part["components"]


def _above(description: Seen) -> str:
    """Return what stands above the quote."""
    return "".join(piece.text for piece in description.pieces if _QUOTED not in piece.styles).strip("\n")


def _alive(message: Message, embed: Json) -> Iterator[str]:
    """Yield whatever would ping, format, link or run, beyond the bot's own links to comments."""
    looks = [seen(source) for source in sources(message)]
    alive = chain.from_iterable(look.alive for look in looks)
    yield from (source for kind, source in alive if not (kind == "link" and source.startswith(_PERMALINK)))
    for look in looks:
        yield from (piece.text for piece in look.pieces if piece.styles - _PLAIN_IN_QUOTES - {"link"})
    if not str(embed.get("url") or _PERMALINK).startswith(_PERMALINK):
        yield embed["url"]
    yield from (f"ping {one}" for one in (*message.mentions, *message.mentioned_roles))
    if message.mentions_everyone:
        yield "ping everyone"
