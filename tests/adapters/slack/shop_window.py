"""Blocks as a web page that looks about as Slack does, for who has no workspace at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from adapters.slack.inert import Json

Entries = Mapping[str, Sequence[tuple[str, Sequence[Json] | Json]]]
"""By section: names and what is drawn, a message's blocks or a modal."""


def window(entries: Entries) -> str:
    """Return the page: a message or a modal for each entry, in columns."""
    sections = "".join(
        f"<h1>{escape(section)}</h1><main>{''.join(_entry(name, one) for name, one in shown)}</main>"
        for section, shown in entries.items()
    )
    return f"<!doctype html><meta charset=utf-8><title>Cards on Slack</title><style>{_CSS}</style>{sections}"


def _entry(name: str, drawn: Sequence[Json] | Json) -> str:
    shown = _modal(drawn) if isinstance(drawn, dict) else _message(drawn)
    return (
        f'<figure id="{escape(name.lower().replace(" ", "-"))}"><figcaption>{escape(name)}</figcaption>{shown}</figure>'
    )


def _message(blocks: Sequence[Json]) -> str:
    who = "<b>Crossing Guard</b> <i>APP</i> <small>10:15</small>"
    body = "".join(_block(one) for one in blocks)
    return f'<article><div class="face">🚸</div><div><p class="who">{who}</p>{body}</div></article>'


def _modal(view: Json) -> str:
    title, close, submit = (escape(view[part]["text"]) for part in ("title", "close", "submit"))
    body = "".join(_block(one) for one in view["blocks"])
    keys = f"<button>{close}</button><button class=primary>{submit}</button>"
    return f'<article class="modal"><h2>{title}</h2>{body}<div class="keys">{keys}</div></article>'


def _block(block: Json) -> str:
    match block["type"]:
        case "header":
            return f"<h3>{escape(block['text']['text'])}</h3>"
        case "actions":
            return f'<div class="actions">{"".join(map(_button, block["elements"]))}</div>'
        case "input":
            return _input(block)
        case _:
            return "".join(map(_part, block["elements"]))


def _part(part: Json) -> str:
    if part["type"] == "rich_text_list":
        return f"<ul>{''.join(f'<li>{_words(item)}</li>' for item in part['elements'])}</ul>"
    tag = "blockquote" if part["type"] == "rich_text_quote" else "p"
    return f"<{tag}>{_words(part)}</{tag}>"


def _words(part: Json) -> str:
    said = []
    for one in part["elements"]:
        words = escape(one.get("text") or one.get("url", ""))
        if one["type"] == "link":
            words = f"<a>{words}</a>"
        said.append(f"<b>{words}</b>" if one.get("style", {}).get("bold") else words)
    return "".join(said)


def _button(button: Json) -> str:
    return f'<button class="{escape(button.get("style", ""))}">{escape(button["text"]["text"])}</button>'


def _input(block: Json) -> str:
    element = block["element"]
    field = f"<div class=field>{escape(element.get('placeholder', {}).get('text', ''))}</div>"
    if element["type"] == "checkboxes":
        field = f"<label>☐ {escape(element['options'][0]['text']['text'])}</label>"
    elif element.get("multiline"):
        field = '<div class="field tall"></div>'
    optional = " <small>(optional)</small>" if block["optional"] else ""
    label, hint = escape(block["label"]["text"]), escape(block["hint"]["text"])
    return f"<p><b>{label}</b>{optional}</p>{field}<small>{hint}</small>"


_CSS = """
body { font: 15px/1.46 Lato, "Noto Sans", "DejaVu Sans", sans-serif; color: #1d1c1d; background: #fff; margin: 20px }
body { will-change: transform }
main { columns: 2 500px; column-gap: 24px }
h1 { font-size: 22px } h1:empty { display: none } h2, h3 { font-size: 18px; margin: 6px 0; line-height: 1.3 }
figure { break-inside: avoid; margin: 0 0 18px } figcaption { color: #616061; font-size: 12px; margin-bottom: 3px }
article { display: flex; gap: 8px; border: 1px solid #ddd; border-radius: 8px; padding: 10px 14px }
article > div { min-width: 0 } p, li { overflow-wrap: anywhere }
.modal { display: block } .keys { text-align: right; margin-top: 12px }
.face { width: 36px; height: 36px; border-radius: 6px; background: #ffe9b0; text-align: center; font-size: 22px }
.face { flex: none; line-height: 36px }
p { margin: 3px 0; white-space: pre-wrap } .who i { font: 10px sans-serif; background: #ddd; padding: 1px 3px }
small { color: #616061; font-size: 12px } a { color: #1264a3 } ul { margin: 3px 0; padding-left: 22px }
blockquote { border-left: 4px solid #ddd; margin: 6px 0; padding-left: 12px; white-space: pre-wrap }
button { font: bold 13px sans-serif; color: #1d1c1d; background: #fff; border: 1px solid #bbb; border-radius: 4px }
button { padding: 5px 11px; margin: 4px 8px 4px 0 } .primary { background: #007a5a; color: #fff; border-color: #007a5a }
.danger { background: #e01e5a; color: #fff; border-color: #e01e5a }
.field { border: 1px solid #999; border-radius: 4px; padding: 6px 10px; min-height: 20px; color: #616061 }
.tall { min-height: 52px }
"""
