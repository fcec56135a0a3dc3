"""A records request as a page to read, in English or Spanish, that loads nothing and runs nothing."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

from bot.records.words import words_in

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f}"
    "section{border-top:1px solid #bbb;margin-top:1.5rem}dt{font-weight:600}dd{margin:0 0 .5rem;white-space:pre-wrap;"
    "overflow-wrap:anywhere}"
)
_CODED: Mapping[str, str] = {
    "platform": "platform",
    "kind": "channel",
    "status": "status",
    "severity": "severity",
    "categories": "category",
    "attachments": "kind",
    "what": "event",
}
"""Under which names the document holds codes, and with what their words' keys begin."""


def page_of(document: Mapping[str, Any]) -> str:
    """Return the document in its own language, whatever people wrote: their words are escaped, and stay words."""
    page = _Page(document["language"])
    title = page.words["title"].format(site=document["site"])
    body = "".join(page.section(name, value) for name, value in document.items())
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    head = f'<meta charset="utf-8">{policy}<title>{_safe(title)}</title><style>{_STYLE}</style>'
    heading = f"<h1>{_safe(title)}</h1>"
    return f'<!doctype html><html lang="{page.language}"><head>{head}</head><body>{heading}{body}</body></html>\n'


class _Page:
    """Writes values of any depth; `language` is one that there are words for."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words = words_in(language)

    def section(self, name: str, value: Any) -> str:
        """Return one part of the document under its heading."""
        return f"<section><h2>{self._label(name)}</h2>{''.join(self._shown(name, value))}</section>"

    def _shown(self, name: str, value: Any) -> Iterator[str]:
        if isinstance(value, Mapping):
            yield "<dl>"
            for key, one in value.items():
                yield f"<dt>{self._label(key)}</dt><dd>{''.join(self._shown(key, one))}</dd>"
            yield "</dl>"
        elif isinstance(value, list):
            yield "<ol>" if value else "–"
            yield from (f"<li>{''.join(self._shown(name, one))}</li>" for one in value)
            yield "</ol>" if value else ""
        else:
            yield _safe(self._value(name, value))

    def _label(self, name: str) -> str:
        return _safe(self.words[f"label.{name}"])

    def _value(self, name: str, value: Any) -> str:
        if value is None:
            return self.words["hidden"] if name == "text" else "–"
        if isinstance(value, bool):
            return self.words["yes" if value else "no"]
        return self.words.get(f"{_CODED[name]}.{value}", str(value)) if name in _CODED else str(value)


def _safe(words: str) -> str:
    """Escape words, and show controls and marks that reorder or hide text as boxes."""
    return html.escape("".join(one if one.isprintable() or one == "\n" else "\N{WHITE SQUARE}" for one in words))
