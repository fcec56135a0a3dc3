"""The ledger for the district's files: one row for each channel and day, as CSV, JSON and PDF. Numbers, no words."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from bot.cases.case import Case
from bot.daily.calendar import state_of
from bot.daily.figures import alarms, response
from bot.daily.view import ChannelDay, DayView
from bot.domain.ledger import Gap
from bot.domain.roster import Roster
from bot.interface.sheets import cell

CLAIM = (
    "A signature says that a named person reviewed the listed items and was given links and a random sample to read in "
    "place. It states how much was screened; it does not prove that nothing was missed."
)
"""What a signature is worth (R11)."""

_COUNTS = (
    "posted", "screened", "unscored", "edited", "deleted", "unknown", "flagged", "reported", "open_at_end", "earlier",
    "deleted_earlier",
)  # fmt: skip


COLUMNS = (
    "site", "day", "opens_at", "closes_at", "on_duty", "state", "channel", "platform", *_COUNTS, "on_platform",
    "found_by_sweep", "swept_at", "gaps", "problems", "bot_was_down", "signed_by", "signed_at", "signed_late",
    "open_when_signed", "critical_open_when_signed",
)  # fmt: skip
"""What a row says, in order: the header of a file, also of one without rows."""


def rows_of(views: Sequence[DayView], roster: Roster, now: datetime) -> list[dict[str, Any]]:
    """Return a row for each channel and day; times are school-local, RFC 3339."""
    zone = ZoneInfo(roster.district.time_zone)
    return [_row(view, channel, roster, zone, now) for view in views for channel in view.channels]


def _row(view: DayView, channel: ChannelDay, roster: Roster, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    day, entry, signed = view.day, channel.entry, view.signed
    who = roster.people.get(signed.person) if signed else None
    return {
        "site": view.site.name,
        "day": day.date.isoformat(),
        "opens_at": _time(day.opens_at, zone),
        "closes_at": _time(day.closes_at, zone),
        "on_duty": day.on_duty,
        "state": str(state_of(view, now)),
        "channel": channel.channel.name,
        "platform": channel.channel.ref.platform,
        **{name: getattr(channel.counts, name) for name in _COUNTS},
        "on_platform": None if entry.swept is None else entry.swept.on_platform,
        "found_by_sweep": None if entry.swept is None else entry.swept.found,
        "swept_at": None if entry.swept is None else _time(entry.swept.at, zone),
        "gaps": "; ".join(_gap(gap, zone) for gap in channel.gaps),
        "problems": ", ".join(channel.mismatches),
        "bot_was_down": day.missed,
        "signed_by": (who.name if who else signed.person) if signed else None,
        "signed_at": _time(signed.at, zone) if signed else None,
        "signed_late": signed.late if signed else None,
        "open_when_signed": signed.open_items if signed else None,
        "critical_open_when_signed": signed.open_critical if signed else None,
    }


def _time(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")


def _gap(gap: Gap, zone: ZoneInfo) -> str:
    ended = "…" if gap.ended_at is None else _time(gap.ended_at, zone)
    closed = "not read since" if gap.closed_at is None else f"read by {_time(gap.closed_at, zone)}"
    return f"{_time(gap.began_at, zone)} to {ended} ({gap.cause}, {closed})"


def figures_of(views: Sequence[DayView]) -> dict[str, Any]:
    """Return how fast people answered, in minutes, and how each rule did: so that thresholds can be judged."""
    cases = _cases(views)
    answered = response(cases)
    return {
        "acknowledged_after_minutes": _minutes(answered.acknowledged),
        "decided_after_minutes": _minutes(answered.decided),
        "waiting": answered.waiting,
        "rules": [asdict(alarm) | {"false_alarms": alarm.false_alarms} for alarm in alarms(cases)],
    }


def _cases(views: Sequence[DayView]) -> list[Case]:
    return [case for view in views for case in view.cases]


def _minutes(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds() / 60)


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV with a header, always; no cell can be taken for a formula by a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_safe(row[name]) for name in COLUMNS] for row in rows)
    return out.getvalue()


def _safe(value: Any) -> Any:
    """Put an apostrophe before what a spreadsheet would calculate (OWASP, CSV injection)."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return cell(value)
        case _:
            return value


def as_json(district: str, rows: Sequence[Mapping[str, Any]], figures: Mapping[str, Any]) -> str:
    """Return rows and figures as one JSON object."""
    told = {"district": district, "claim": CLAIM, "entries": list(rows), "figures": figures}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def as_pdf(district: str, title: str, rows: Sequence[Mapping[str, Any]], made_at: datetime) -> bytes:
    """Return rows as pages to print; names reach the page as data, never as markup."""
    import typst  # noqa: PLC0415  (34 MB that only this needs)

    told = {"district": district, "title": title, "claim": CLAIM, "made_at": f"{made_at:%Y-%m-%d %H:%M %Z}"}
    shown = [{name: _printed(value) for name, value in row.items()} for row in rows]
    with resources.as_file(resources.files("bot")) as folder:
        made = typst.compile(
            folder.joinpath("daily", "ledger.typ").read_bytes(),
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(folder / "evidence" / "fonts")]),
            ignore_system_fonts=True,
            sys_inputs={"ledger": json.dumps(told | {"rows": shown})},
            timestamp=int(made_at.timestamp()),
        )
    return bytes(made)


def _printed(value: Any) -> str:
    return "" if value is None else str(_safe(value)).removeprefix("'")
