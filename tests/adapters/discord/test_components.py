"""Messages that are laid out in components: their words are comments like any others."""

from __future__ import annotations

from datetime import UTC, datetime

import discord

from adapters.discord import components
from bot.domain.comments import ChannelRef, CommentRef
from bot.platform.events import Posted
from tests.adapters.discord.hearing import Heard
from tests.platforms.discord.campus import Campus
from tests.platforms.discord.values import COMPONENTS_V2, Json

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
MEDIA = {"url": "https://pictures.invalid/a.png"}


def text(words: str) -> Json:
    return {"type": 10, "content": words}


def row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def box(*parts: Json) -> Json:
    return {"type": 17, "components": list(parts)}


def section(*parts: Json, beside: Json) -> Json:
    return {"type": 9, "components": list(parts), "accessory": beside}


def button(label: str, number: int = 1) -> Json:
    return {"type": 2, "style": 1, "label": label, "custom_id": f"hidden-{number}"}


EVERY_KIND = (
    text("heading"),
    box(
        section(text("Maya"), text("is last"), beside={"type": 11, "media": MEDIA, "description": "a pig"}),
        section(text("vote"), beside=button("laugh")),
        {"type": 14, "divider": True},
        {"type": 12, "items": [{"media": MEDIA, "description": "her"}, {"media": MEDIA}]},
        {"type": 13, "file": {"url": "attachment://name.pdf"}, "name": "name.pdf", "size": 1},
        row(
            {
                "type": 3,
                "custom_id": "hidden-2",
                "placeholder": "Who goes?",
                "options": [
                    {"label": "Sam", "value": "hidden-3", "description": "too loud"},
                    {"label": "Maya", "value": "hidden-4"},
                ],
            }
        ),
    ),
    row(button("yes", 5), {"type": 2, "style": 5, "emoji": {"name": "🙂"}, "url": "https://example.invalid"}),
    {"type": 99, "content": "not known yet"},
)
SHOWN = ["heading", "Maya", "is last", "a pig", "vote", "laugh", "her", "Who goes?", "Sam", "too loud", "Maya", "yes"]


async def test_a_forward_of_a_laid_out_post_is_read(bot: Heard, campus: Campus) -> None:
    """Whatever kind of component the words stand in; addresses, ids and names of files are left out."""
    world, people = campus.world, campus.people
    post = world.post(people["robot"], campus.rooms["boosters"], components=list(EVERY_KIND), flags=COMPONENTS_V2)
    world.post(people["student"], campus.rooms["class"], forwards=post)
    own, forward = (event.comment for event in await bot.hears(Posted, 2))
    assert forward.text.split("\n") == SHOWN
    assert (forward.author.is_bot, forward.reply_to) == (False, None)
    assert (own.text, own.author.is_bot) == (forward.text, True)


async def test_what_a_person_s_hook_lays_out_is_read_live_and_from_history(bot: Heard, campus: Campus) -> None:
    world, people, room = campus.world, campus.people, campus.rooms["class"]
    said = f"everybody hates <@{people['friend'].id}>"
    post = world.post(people["robot"], room, components=[box(text(said))], flags=COMPONENTS_V2, webhook=77)
    (live,) = (event.comment for event in await bot.hears(Posted))
    assert (live.text, live.author.is_bot) == ("everybody hates @Maya", False)
    assert live.called == ((str(people["friend"].id), "Maya"),)
    post.components = [text("still do")]
    world.edit(post, "")
    edited = (await bot.hears(Posted, 2))[1].comment
    assert edited.text == "still do"
    assert edited.revision
    channel = ChannelRef("discord", str(campus.guild.id), str(room.id))
    assert [one async for one in bot.platform.history(channel, BEGINNING)] == [edited]
    assert await bot.platform.read(CommentRef(channel, str(post.id))) == edited


def test_components_are_looked_into_only_so_deep() -> None:
    nested: discord.Component = discord.TextDisplay._raw_construct(content="at the bottom", id=None)
    for _ in range(components.MOST_DEPTH - 1):
        nested = discord.Container._raw_construct(children=[nested], id=None)
    assert list(components.words([nested])) == ["at the bottom"]
    assert list(components.words([discord.Container._raw_construct(children=[nested], id=None)])) == []
