"""Draws the pages: a print-ready PDF that looks like the chat it came from, set by Typst (see decision 5).

Promise: people's words reach Typst as data, never as markup; fonts come with the program, nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from importlib import resources
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import typst

from bot.evidence.glyphs import initials, is_right_to_left, pieces
from bot.evidence.words import words_in
from bot.interface.texts import LANGUAGES

_WHERE = {
    "at the terminal": "terminal",
    "in chat": "chat",
    "excerpt on an alert card": "card",
    "flag": "comment",
    "report": "comment",
    "review": "comment",
    "upgrade": "comment",
    "context": "context",
}
"""What a custody row's fixed word says, as a key of the words."""

_COLOURS = ("4F6D8F", "7A5C86", "4D7C6A", "8A6A3F", "7D5560", "56728A", "6B7046", "6A5F94")


def pdf_of(contents: Mapping[str, Any], *, fingerprint: str, head: tuple[int, str], digest: str) -> bytes:
    """Return the packet's pages as PDF.

    `contents` is `packet.json`; `digest` is that file's SHA-256, `head` the end of the custody log, number and hash.
    """
    drawn = _Drawing(contents).document() | {
        "fingerprint": fingerprint,
        "head": {"number": str(head[0]), "hash": head[1]},
        "digest": digest,
    }
    home = resources.files("bot.evidence")
    with resources.as_file(home) as folder:
        made = typst.compile(
            folder.joinpath("page.typ").read_bytes(),
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(folder / "fonts")]),
            ignore_system_fonts=True,
            sys_inputs={"packet": json.dumps(drawn)},
            timestamp=int(datetime.fromisoformat(contents["made"]["at"]).timestamp()),
        )
    return bytes(made)


class _Drawing:
    """Turns a packet's contents into what the template draws: words chosen, times local, texts made printable."""

    def __init__(self, contents: Mapping[str, Any]) -> None:
        self._contents = contents
        self._words = words_in(contents["language"])
        self._zone = ZoneInfo(contents["time_zone"])
        self._language = contents["language"] if contents["language"] in LANGUAGES else "en"

    def document(self) -> dict[str, Any]:
        """Return everything that the template reads."""
        told, flag = self._contents, self._contents["flag"]
        return {
            "lang": self._language,
            "words": dict(self._words),
            "redacted": told["redacted"],
            "case": told["case"],
            "site": _line(told["site"]),
            "district": _line(told["district"]),
            "channel": _line(told["channel"]["name"]),
            "platform": self._words.get(f"platform.{told['channel']['platform']}", told["channel"]["platform"]),
            "severity": flag["severity"],
            "severity_word": self._words[f"severity.{flag['severity']}"],
            "facts": [fact for fact in self._facts() if fact["value"]],
            "chat": self._chat(),
            "revisions": [self._message(one, main=True) for one in told["revisions"]],
            "findings": list(self._findings()),
            "unread": flag["cause"] is not None,
            "versions": self._versions(flag),
            "reports": [self._report(one) for one in told["reports"]],
            "decisions": [self._decision(one) for one in told["decisions"]],
            "custody": [self._entry(one) for one in told["custody"]],
            "custody_note": self._words["custody_note"].format(zone=told["time_zone"]),
            "check_3": self._words["check_3"],
        }

    def _facts(self) -> Iterator[dict[str, Any]]:
        told, flag, made = self._contents, self._contents["flag"], self._contents["made"]
        yield self._fact("author", told["comment"]["author"])
        yield self._fact("posted", self._time(told["comment"]["posted_at"]))
        yield self._fact("flagged", self._time(flag["at"]))
        yield self._fact("rule", flag["rule_title"] or flag["rule"])
        yield self._fact("clause", flag["clause"])
        yield self._fact("consult", ", ".join(flag["consult"]))
        yield self._fact("made_at", self._time(made["at"]))
        yield self._fact("made_by", made["by"])
        yield self._fact("reason", made["reason"])

    def _fact(self, label: str, value: str | None) -> dict[str, Any]:
        return {"label": self._words[label], "value": _runs(value or "")}

    def _chat(self) -> list[dict[str, Any]]:
        """Return the comment among its context, in the order of the channel."""
        main = self._message(self._contents["comment"], main=True)
        around = [self._message(one, main=False) for one in self._contents["context"]]
        return sorted([main, *around], key=lambda one: (one["at"], not one["main"]))

    def _message(self, comment: Mapping[str, Any], *, main: bool) -> dict[str, Any]:
        edited = comment["edited_at"]
        return {
            "main": main,
            "at": comment["posted_at"] or "",
            "author": _line(comment["author"]),
            "initials": initials(comment["author"]),
            "colour": _COLOURS[sum(map(ord, comment["author"])) % len(_COLOURS)],
            "time": self._time(comment["posted_at"]),
            "edited": self._words["edited"].format(when=self._time(edited)) if edited else None,
            "text": _runs(comment["text"], comment["marks"]),
            "rtl": is_right_to_left(comment["text"]),
            "attachments": [self._attachment(item) for item in comment["attachments"]],
            "link": _runs(comment["permalink"]) if comment.get("permalink") and main else None,
        }

    def _attachment(self, item: Mapping[str, Any]) -> str:
        kind = self._words.get(f"kind.{item['kind']}", item["kind"])
        if item["size_bytes"] is None:
            return self._words["attachment_bare"].format(kind=kind)
        return self._words["attachment"].format(kind=kind, size=_size(item["size_bytes"]))

    def _findings(self) -> Iterator[dict[str, Any]]:
        for finding in self._contents["flag"]["findings"]:
            category = self._words.get(f"category.{finding['category']}", finding["category"])
            explained = finding["explanation"] if self._language == "en" else ""
            yield {
                "category": category,
                "explanation": _runs(explained),
                "score": f"{self._words['score']} {finding['score']:.2f}",
            }

    def _versions(self, flag: Mapping[str, Any]) -> str | None:
        if flag["policy"] is None:
            return None
        return self._words["versions"].format(policy=flag["policy"], model=flag["model"])

    def _report(self, report: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "when": self._words["reported"].format(when=self._time(report["at"])),
            "who": _runs(report["reporter"] or self._words["reporter_sealed"]),
            "statement": _runs(report["statement"]) if report["statement"] else None,
        }

    def _decision(self, decision: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "when": self._time(decision["at"]),
            "what": self._words.get(f"event.{decision['what']}", decision["what"].replace("_", " ")),
            "who": _line(decision["by"] or self._words["program"]),
            "rule": ", ".join(part for part in (decision["rule_title"], decision["about"]) if part) or None,
            "reason": _runs(decision["reason"]) if decision["reason"] else None,
            "note": _runs(decision["note"]) if decision["note"] else None,
        }

    def _entry(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        where = _WHERE.get(entry["why"])
        what = self._words.get(f"act.{entry['act']}", entry["act"].replace("_", " "))
        return {
            "number": str(entry["number"]),
            "when": self._time(entry["at"]),
            "what": f"{what} ({self._words[f'where.{where}']})" if where else what,
            "who": _line(entry["by"] or self._words["program"]),
            "reason": _runs(entry["reason"]) if entry["reason"] else None,
            "hash": entry["hash"][:16],
        }

    def _time(self, at: str | None) -> str:
        if at is None:
            return "–"
        return datetime.fromisoformat(at).astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S")


def _runs(text: str, marks: Sequence[Sequence[int]] = ()) -> list[dict[str, Any]]:
    """Return a text as the template draws it: plain and marked parts, and codes for what cannot be shown."""
    edges = sorted({0, len(text), *(min(max(edge, 0), len(text)) for mark in marks for edge in mark)})
    runs: list[dict[str, Any]] = []
    for start, end in pairwise(edges):
        marked = any(first <= start and end <= last for first, last in marks)
        runs += [{"t": piece, "code": code, "mark": marked} for piece, code in pieces(text[start:end])]
    return runs


def _line(text: str) -> list[dict[str, Any]]:
    """Return a name as one line."""
    return _runs(" ".join(text.split()))


def _size(size: int) -> str:
    units = ("B", "KB", "MB", "GB")
    amount, unit = float(size), 0
    while amount >= 1000 and unit < len(units) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f} {units[unit]}" if unit == 0 else f"{amount:.1f} {units[unit]}"
