"""Blocks as a picture of text: for each block its kind, what stands in it, and what people can press or fill in."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from adapters.slack.inert import Json

_KIND = 11
_WIDTH = 84
_ELEMENTS = {
    "users_select": "a person",
    "conversations_select": "a channel",
    "checkboxes": "a box to tick",
}


def sketch(drawn: Sequence[Json] | Json) -> str:
    """Return the picture of a message's blocks, or of a modal: what is bold stands between stars."""
    if isinstance(drawn, dict):
        frame = f"{drawn['title']['text']}   ({drawn['callback_id']})"
        keys = f"[{drawn['close']['text']}] [{drawn['submit']['text']}]"
        return "\n".join([*_block("modal", [frame]), sketch(drawn["blocks"]), *_block("", [keys])])
    return "\n".join(line for block in drawn for line in _block(block["type"], _said(block)))


def _block(kind: str, said: Iterable[str]) -> Iterator[str]:
    """Yield a block's lines, wrapped, the kind before the first of them."""
    for line in said:
        hanging = {"│": "│ ", "•": "  ", "[": "    "}.get(line[:1], "")
        for part in textwrap.wrap(line, _WIDTH, subsequent_indent=hanging, break_on_hyphens=False) or [""]:
            yield f"{kind:<{_KIND}} {part}".rstrip()
            kind = ""


def _said(block: Json) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield block["text"]["text"]
        case "rich_text":
            for part in block["elements"]:
                yield from _part(part)
        case "actions":
            yield from (_button(one) for one in block["elements"])
        case "input":
            yield from _input(block)


def _part(part: Json) -> Iterator[str]:
    if part["type"] == "rich_text_list":
        for item in part["elements"]:
            yield f"• {_words(item)}"
        return
    mark = "│ " if part["type"] == "rich_text_quote" else ""
    for line in _words(part).split("\n"):
        yield f"{mark}{line}"


def _words(part: Json) -> str:
    said = []
    for one in part["elements"]:
        words = f"{one.get('text', '')} <{one['url']}>".strip() if one["type"] == "link" else one["text"]
        said.append(f"*{words}*" if one.get("style", {}).get("bold") else words)
    return "".join(said)


def _button(button: Json) -> str:
    style = f" ({button['style']})" if "style" in button else ""
    return f"[{button['text']['text']}]{style}  {button['action_id']}"


def _input(block: Json) -> Iterator[str]:
    element = block["element"]
    kind = _ELEMENTS.get(element["type"], "")
    if element["type"] == "static_select":
        kind = "one of: " + " / ".join(option["text"]["text"] for option in element["options"])
    elif element["type"] == "plain_text_input":
        lines = "text" if element["multiline"] else "a line"
        kind = f"{lines} of at most {element['max_length']} characters"
    yield f"{block['label']['text']}{' (optional)' if block['optional'] else ''}"
    yield f"[{kind}]  {element['action_id']}"
    yield block["hint"]["text"]
