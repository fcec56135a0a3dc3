"""The words that the components of a message show: texts, labels, and what is said beside pictures.

A message may be laid out in components alone ("Components V2"): then its text and its embeds are empty, and all that
people read stands here. Discord gives such a message at most 40 components, with 4,000 characters of text in all.
Addresses, ids and names of files are not shown as words and not read.
Source: Discord's developer documentation, "Component Reference" (API v10).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import discord

MOST_DEPTH = 8
"""Levels of components that are looked into; a text in a section in a container is three deep."""


def words(components: Iterable[discord.Component | None], depth: int = MOST_DEPTH) -> Iterator[str]:
    """Yield every text that `components` show, in the order in which they stand, some of them empty."""
    if depth == 0:
        return
    for component in components:
        yield from _own(component)
        yield from words(_inside(component), depth - 1)


def _own(component: discord.Component | None) -> Iterator[str]:
    """Yield what a component itself says."""
    match component:
        case discord.TextDisplay():
            yield component.content
        case discord.Button():
            yield component.label or ""
        case discord.SelectMenu():
            yield component.placeholder or ""
            for option in component.options:
                yield option.label
                yield option.description or ""
        case discord.ThumbnailComponent():
            yield component.description or ""
        case discord.MediaGalleryComponent():
            yield from (item.description or "" for item in component.items)


def _inside(component: discord.Component | None) -> tuple[discord.Component | None, ...]:
    """Return what a component holds. What discord.py does not know yet is nothing, or left out."""
    match component:
        case discord.SectionComponent():
            return (*component.children, component.accessory)
        case discord.Container() | discord.ActionRow():
            return tuple(component.children)
    return ()
