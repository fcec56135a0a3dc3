"""The page of all cards and forms as Slack gets them, drawn by the adapter itself.

`python -m tests.adapters.slack.gallery` writes `docs/slack-cards.md`; a test holds the two together. With a folder
after it, it also writes the same gallery as `slack-cards.html` there, and the picture that the page shows.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from adapters.slack.blocks import draw_card
from adapters.slack.inert import Json
from adapters.slack.views import draw_form
from bot.interface.cards import Card
from tests.adapters.local.browser import a_browser
from tests.adapters.slack.shop_window import window
from tests.adapters.slack.sketch import sketch
from tests.adapters.slack.specimen_alerts import ALERTS
from tests.adapters.slack.specimen_cases import CASES, ELSEWHERE
from tests.adapters.slack.specimen_days import CHANNELS, DAYS, EVERYBODY, SITES
from tests.adapters.slack.specimen_forms import ASKED, ASKED_ELSEWHERE
from tests.adapters.slack.specimens import Specimen

DOCS = Path(__file__).parents[3] / "docs" / "slack-cards.md"
PICTURED = frozenset(
    {
        "A possible threat",
        "A flag with an excerpt",
        "The same in Spanish",
        "A case that is being looked into",
        "A day to sign off",
        "Whom did you call?",
    }
)
"""What stands on the picture."""

_WIDTH = 110
SECTIONS: dict[str, tuple[Specimen, ...]] = {
    "Alerts": ALERTS,
    "Cases": CASES,
    "The day": DAYS,
    "Channels": CHANNELS,
    "For everybody": EVERYBODY,
    "Sites": SITES,
    "Forms": ASKED,
    "Not offered on Slack": (*ELSEWHERE, *ASKED_ELSEWHERE),
}


def drawn(one: Specimen) -> list[Json] | Json:
    """Return what Slack gets: a card's blocks, or a form's modal."""
    if isinstance(one.shown, Card):
        return draw_card(one.shown, one.language)
    return draw_form(one.shown, one.language, "C0ROOM12")


def page() -> str:
    """Return the gallery as the page in the docs."""
    return _HEAD + "".join(_section(name, specimens) for name, specimens in SECTIONS.items())


def _section(name: str, specimens: tuple[Specimen, ...]) -> str:
    return f"\n## {name}\n" + "".join(_entry(one) for one in specimens)


def _entry(one: Specimen) -> str:
    blocks = drawn(one)
    return (
        f"\n### {one.name}\n\n{one.when}\n\n```text\n{sketch(blocks)}\n```\n\n"
        f"<details><summary>Block Kit</summary>\n\n```json\n{_json(blocks)}\n```\n\n</details>\n"
    )


def _json(value: Any, depth: int = 0) -> str:
    """Return a value as JSON in which whatever fits into a line stands on one."""
    short = json.dumps(value, ensure_ascii=False)
    if depth + len(short) <= _WIDTH or not isinstance(value, list | dict):
        return short
    inner, outer = " " * (depth + 1), " " * depth
    if isinstance(value, list):
        parts, ends = [_json(one, depth + 1) for one in value], "[]"
    else:
        parts, ends = [f'"{name}": {_json(one, depth + 1)}' for name, one in value.items()], "{}"
    return f"{ends[0]}\n" + ",\n".join(inner + part for part in parts) + f"\n{outer}{ends[1]}"


_HEAD = """# What the bot shows on Slack

Every card and every form, as the adapter draws it. School, people and words are invented.

- On the left stands the kind of each block, beside it what it holds. What is bold stands between stars.
- After a button stands its action id; a press also brings the case's token, as its value.
- After a question stands how it is answered, and the id under which the answer comes back.
- *Block Kit* folds out to exactly what Slack gets. Paste it into Slack's Block Kit Builder to see it live
  (a card's list goes under `"blocks"`).

![Six of the cards, drawn in a browser as Slack shows them](pictures/slack-cards.png)

This page is written by `python -m tests.adapters.slack.gallery`. A test fails when it and the adapter differ.
"""


async def photograph(html: str, picture: Path) -> None:
    """Take a picture of a page."""
    async with a_browser() as browser:
        tab = await browser.new_page(viewport={"width": 1120, "height": 400})
        await tab.set_content(html)
        await tab.screenshot(path=picture, full_page=True)


def main(folders: list[str]) -> None:
    """Write the page; and into each folder the gallery as a web page, with a picture of a few of its cards."""
    DOCS.write_text(page(), encoding="utf-8")
    entries = {name: [(one.name, drawn(one)) for one in specimens] for name, specimens in SECTIONS.items()}
    few = [entry for section in entries.values() for entry in section if entry[0] in PICTURED]
    for folder in folders:
        Path(folder, "slack-cards.html").write_text(window(entries), encoding="utf-8")
        asyncio.run(photograph(window({"": few}), Path(folder, "slack-cards.png")))


if __name__ == "__main__":
    main(sys.argv[1:])
