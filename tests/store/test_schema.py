"""The page about what is kept names every table, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import bot.store
from bot.store.migrate import VERSION_TABLE
from bot.store.schema import metadata

PAGE = Path(bot.store.__file__).parents[2].joinpath("docs", "storage.md").read_text(encoding="utf-8")


def test_every_table_has_a_row_on_the_page_with_every_column_filled_in() -> None:
    section = PAGE.partition("\n## The tables\n")[2].partition("\n## ")[0]
    rows = [re.split(r" \| ", line.strip("| ")) for line in section.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted([*metadata.tables, VERSION_TABLE])
    assert all(len(row) == 5 and all(cell.strip() for cell in row) for row in rows)
