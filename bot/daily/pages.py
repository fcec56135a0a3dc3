"""A month as a page and as a picture: HTML for the browser, SVG to put anywhere. No scripts, nothing is fetched."""

from __future__ import annotations

from datetime import date
from html import escape

from bot.daily.calendar import Cell, Month, State
from bot.interface.texts import say, text

_COLOURS = {
    State.SIGNED: "#1d6b42",
    State.LATE: "#7a5b00",
    State.PARTLY: "#7a5b00",
    State.WAITING: "#1f5a94",
    State.OVERDUE: "#a61b1b",
    State.CLOSING: "#4f6470",
    State.IN_PROGRESS: "#4f6470",
    State.OFF_DUTY: "#5b6773",
}
"""Ink of at least 4.5 to 1 on white (WCAG 2.2, 1.4.3); a word and a mark say the same."""

_WIDTH, _HEIGHT, _TOP = 164, 84, 72
"""Of a day and of what stands above the first week; the longest line in either language fits into a day."""

_STYLE = """
body { font: 16px/1.45 system-ui, sans-serif; color: #1f2933; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border: 1px solid #c9d1d9; padding: .4rem .5rem; vertical-align: top; text-align: left; }
td { height: 5.5rem; font-size: .85rem; } td b { font-size: 1rem; } .state { font-weight: 600; } .no { color: #5b6773; }
@media (max-width: 44rem) {
  h1 { font-size: 1.4rem; } table, tbody, tr, td { display: block; } thead, .no { display: none; }
  td { height: auto; margin-bottom: .5rem; }
}
@media print { body { margin: 0; } }
"""


def html_of(month: Month, *, language: str = "en") -> str:
    """Return the month as a whole page."""
    title = escape(say(month.title, language))
    head = "".join(f'<th scope="col">{day}</th>' for day in weekdays(language))
    cells = ("".join(_html_cell(_number(on, month), cell, language) for on, cell in week) for week in month.weeks)
    rows = "".join(f"<tr>{row}</tr>" for row in cells)
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><main>'
        f"<h1>{title}</h1><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></main></body></html>"
    )


def _number(on: date, month: Month) -> str:
    """Return the number of one of the month's own days; the days beside it, which fill up its weeks, have none."""
    return str(on.day) if on.month == month.first.month else ""


def _html_cell(number: str, cell: Cell | None, language: str) -> str:
    if cell is None:
        return f'<td class="no">{number}</td>'
    lines = "<br>".join(map(escape, told(cell, language)))
    word = escape(state_word(cell, language))
    state = f'<span class="state" style="color:{_COLOURS[cell.state]}">{cell.mark} {word}</span>'
    return f"<td><b>{number}</b> {state}<br>{lines}</td>"


def weekdays(language: str) -> list[str]:
    """Return the days' short names, from Monday."""
    return [say(text(f"calendar.weekday.{day}"), language) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]


def state_word(cell: Cell, language: str) -> str:
    """Return how a day stands, in a word or two."""
    return say(text(f"calendar.state.{cell.state.name.lower()}"), language)


def told(cell: Cell, language: str) -> list[str]:
    """Return a day's numbers as short lines."""
    lines = [text("calendar.comments", count=cell.comments)]
    if cell.flagged:
        lines.append(text("calendar.flagged", count=cell.flagged, open=cell.open))
    return [say(line, language) for line in (*lines, *cell.remarks)]


def svg_of(month: Month, *, language: str = "en") -> str:
    """Return the month as a picture that scales."""
    height = _TOP + _HEIGHT * len(month.weeks) + 12
    width = _WIDTH * 7 + 24
    title = escape(say(month.title, language))
    drawn = 'role="img" font-family="system-ui, sans-serif" font-size="12" fill="#1f2933"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" aria-label="{title}" {drawn}>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="12" y="32" font-size="20" font-weight="600">{title}</text>',
    ]
    parts += [
        f'<text x="{12 + _WIDTH * n + 6}" y="60" fill="#5b6773">{day}</text>'
        for n, day in enumerate(weekdays(language))
    ]
    for row, week in enumerate(month.weeks):
        for column, (on, cell) in enumerate(week):
            x, y = 12 + _WIDTH * column, _TOP + _HEIGHT * row
            parts.append(_svg_cell(x, y, _number(on, month), cell, language))
    return "".join([*parts, "</svg>"])


def _svg_cell(x: int, y: int, number: str, cell: Cell | None, language: str) -> str:
    box = f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" fill="none" stroke="#c9d1d9"/>'
    at = f'x="{x + 6}" y="{y + 18}" font-size="14"'
    if cell is None:
        return f'{box}<text {at} fill="#5b6773">{number}</text>' if number else box
    day = f'<text {at} font-weight="600">{number}</text>'
    state = (
        f'<text x="{x + 30}" y="{y + 18}" font-weight="600" fill="{_COLOURS[cell.state]}">'
        f"{cell.mark} {escape(state_word(cell, language))}</text>"
    )
    lines = "".join(
        f'<text x="{x + 6}" y="{y + 36 + 15 * n}">{escape(line)}</text>'
        for n, line in enumerate(told(cell, language)[:3])
    )
    return box + day + state + lines
