"""Platform markup as a person sees it: mentions, custom emoji, links with labels, escaped angle brackets.

Discord: https://discord.com/developers/docs/reference (message formatting). Slack: "Formatting text for app
surfaces", where `&`, `<` and `>` of the writer arrive escaped.
"""

from __future__ import annotations

import re

from bot.screening.normalise.view import View

_ROUNDS = 4
"""Markup inside markup is nobody's writing; what is left after so many rounds loses its angle brackets."""

_ESCAPED = re.compile(r"&(?:amp;)*(?:(?P<sign>lt|gt)|amp);")
_MARKUP = re.compile(
    r"""<(?:
      a?(?P<emoji>:\w{1,32}:)\d{1,20}                                  # Discord <:name:123>, <a:name:123>
    | (?P<sign>[@#])[!&]?(?:[UWC][A-Z0-9]{1,20}|\d{1,20})(?:\|(?P<name>[^<>|]{0,80}))?   # <@123> <@&123> <#C1|name>
    | !(?P<call>here|channel|everyone)(?:\|[^<>|]{0,80})?              # Slack <!here>
    | !(?:subteam|date)\^[^<>|]{1,200}\|(?P<fallback>[^<>|]{1,200})    # Slack <!subteam^S1|@group>
    | !subteam\^[A-Z0-9]{1,20}(?P<group>)
    | t:\d{1,15}(?::[tTdDfFR])?(?P<time>)                              # Discord <t:1618953630:R>
    | (?P<command>/[\w -]{1,100}):\d{1,20}                             # Discord </name:123>
    | (?P<link>(?:https?://|mailto:|tel:)[^<>|\s]{1,2000})(?:\|(?P<label>[^<>]{0,500}))?
    )>""",
    re.VERBOSE,
)
_ANGLE = re.compile("[<>]")


def fold_markup(view: View) -> View:
    """Return `view` with platform markup replaced by what its reader sees."""
    if "&" in view.text:
        view = view.rewritten((m.start(), m.end(), _unescaped(m)) for m in _ESCAPED.finditer(view.text))
    for _ in range(_ROUNDS):
        if "<" not in view.text:
            return view
        shorter = view.rewritten((m.start(), m.end(), _readable(m)) for m in _MARKUP.finditer(view.text))
        if shorter is view:
            return view
        view = shorter
    if _MARKUP.search(view.text):
        return view.rewritten((m.start(), m.end(), " ") for m in _ANGLE.finditer(view.text))
    return view


def _unescaped(match: re.Match[str]) -> str:
    return {"lt": "<", "gt": ">", None: "&"}[match["sign"]]


def _readable(match: re.Match[str]) -> str:
    """Return what a person sees in place of one piece of markup."""
    if sign := match["sign"]:
        return sign + (match["name"] or ("someone" if sign == "@" else "channel"))
    if link := match["link"]:
        return match["label"] or link.removeprefix("mailto:").removeprefix("tel:")
    if call := match["call"]:
        return "@" + call
    for group in ("emoji", "fallback", "command"):
        if seen := match[group]:
            return str(seen)
    return "@group" if match["group"] is not None else "(time)"
