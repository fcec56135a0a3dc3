"""Cards, answers and forms as a person sees them on Slack, as the plain values that behaviours look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.platforms.seen import SeenCard, SeenForm
from tests.platforms.slack.elements import elements
from tests.platforms.slack.seeing import Words, buttons, read_rich, read_text
from tests.platforms.slack.values import Json, View

SIGNS = "🔵🟡🟠🔴"
"""What stands before a title to draw the eye."""


def seen_card(place: str, blocks: Sequence[Json], workspace_address: str, text: str = "") -> SeenCard:
    """Read a card: what stands above the header is urgent, a list has facts, a quotation a person's own words.

    `text` is what notifications say; nothing in it may do anything either.
    """
    reader = _Reader()
    for block in blocks:
        reader.read(block)
    alive = [one for words in reader.all for one in words.alive]
    alive += [one for words in reader.all for one in words.links if not one.startswith(workspace_address)]
    alive += [text] if "<" in text or ">" in text else []
    return SeenCard(
        place,
        reader.title.lstrip(SIGNS).strip() if reader.title[:1] in tuple(SIGNS) else reader.title,
        tuple(reader.urgent),
        tuple(reader.lines),
        reader.facts,
        quote=reader.quote.said if reader.quote is not None else None,
        marked=reader.quote.bold if reader.quote is not None else (),
        link=reader.link,
        buttons=tuple(buttons(blocks)),
        alive=tuple(alive),
    )


def seen_form(view: View) -> SeenForm:
    """Read a modal: each question is a block with one element; a title that was cut stands in full above them."""
    content = view.content
    headers = [block["text"]["text"] for block in content["blocks"] if block["type"] == "header"]
    asked = [(block, one) for block, one in elements(content["blocks"]) if block["type"] == "input"]
    return SeenForm(
        view.id,
        headers[0] if headers else content["title"]["text"],
        {block["block_id"]: _choices(one) for block, one in asked},
        frozenset(block["block_id"] for block, _ in asked if not block.get("optional", False)),
    )


class _Reader:
    """Reads blocks from top to bottom."""

    def __init__(self) -> None:
        self.all: list[Words] = []
        self.urgent: list[str] = []
        self.title = ""
        self.lines: list[str] = []
        self.facts: dict[str, str] = {}
        self.quote: Words | None = None
        self.link: str | None = None

    def read(self, block: Json) -> None:
        """Take a block in."""
        if block["type"] == "header":
            self.all.append(words := read_text(block["text"]))
            self.title = words.said
        elif block["type"] == "rich_text":
            for part in block["elements"]:
                self._part(part)
        elif block["type"] not in ("actions", "divider"):
            raise AssertionError(f"a card has no {block['type']}")

    def _part(self, part: Json) -> None:
        if part["type"] == "rich_text_list":
            for item in part["elements"]:
                self._fact(item)
            return
        self.all.append(words := read_rich(part))
        if part["type"] == "rich_text_quote":
            self.quote = words if self.quote is None else self.quote + words
            self.all[-1] = Words("", links=(), alive=(*words.alive, *words.links))
        elif words.links == () or words.said != _label(part):
            (self.lines if self.title else self.urgent).extend(words.said.split("\n"))
        else:
            self.link = words.links[0]

    def _fact(self, item: Json) -> None:
        self.all.append(words := read_rich(item))
        label = words.bold[0]
        self.facts[label] = words.said.removeprefix(label).removeprefix(": ")


def _label(part: Json) -> str:
    """Return the label of a part that is one link and nothing else."""
    only = part["elements"]
    return str(only[0].get("text", "")) if len(only) == 1 and only[0]["type"] == "link" else ""


def _choices(element: Mapping[str, object]) -> tuple[str, ...]:
    options = element.get("options")
    if element["type"] != "static_select" or not isinstance(options, list):
        return ()
    return tuple(str(option["value"]) for option in options)
