"""`doctor`: whatever a person must still do is said, and nothing else counts as trouble."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import health
from bot.app.health import clock, examine
from bot.app.wiring import open_database
from bot.errors import ModelError
from bot.registry.applying import apply
from bot.registry.site_file import read_site_file
from bot.settings import Settings
from bot.store import HealthFact
from tests.registry.lincoln import LINCOLN


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(health, "load_model", lambda *_: (_ for _ in ()).throw(ModelError("no model")))
    return Settings(CROSSING_GUARD_HOME=tmp_path / "home")


async def told(settings: Settings, tmp_path: Path, content: str | None) -> dict[tuple[str, bool], list[str]]:
    """Apply a site file and return what doctor says, by subject and whether it is well."""
    if content is not None:
        path = tmp_path / "site.toml"
        path.write_text(content, encoding="utf-8")
        async with open_database(settings) as store:
            await apply(store, read_site_file(path))
    found: dict[tuple[str, bool], list[str]] = {}
    async for fact in examine(settings):
        found.setdefault((fact.subject, fact.well), []).append(fact.sentence)
    return found


async def test_no_site_yet_is_no_trouble(settings: Settings, tmp_path: Path) -> None:
    found = await told(settings, tmp_path, None)
    assert ("site", True) in found
    assert [subject for subject, well in found if not well] == ["toxicity model"]


async def test_a_missing_fact_needs_a_person_and_the_bots_own_notice_does_not(
    settings: Settings, tmp_path: Path
) -> None:
    found = await told(settings, tmp_path, LINCOLN)
    assert found["people", True]
    assert found["channel", True] == [
        "room-12 is not read yet: it still needs its notice, which the bot posts once it runs."
    ]
    (families,) = found["channel", False]
    assert families == "room-12-families is not read yet: it still needs who approved it, the day of approval."


async def test_a_name_without_a_person_needs_one(settings: Settings, tmp_path: Path) -> None:
    found = await told(settings, tmp_path, LINCOLN.replace('supervisor = "local-district"', 'supervisor = "ghost"'))
    assert found["people", False] == [
        "Site “lincoln”, supervisor: nobody has the key “ghost”; add a [[person]] or correct the key."
    ]


async def test_a_staff_channel_that_the_district_leaves_alone_is_no_trouble(settings: Settings, tmp_path: Path) -> None:
    found = await told(settings, tmp_path, LINCOLN.replace('kind = "parent"', 'kind = "staff"'))
    assert ("channel", False) not in found


def test_a_clock_before_the_program_was_made_is_wrong() -> None:
    assert clock(datetime(1970, 1, 1, tzinfo=UTC)) == HealthFact(
        "clock", well=False, sentence="The clock says 1970-01-01 00:00 UTC; set it right."
    )
    assert clock(datetime(2026, 11, 22, tzinfo=UTC)).well
