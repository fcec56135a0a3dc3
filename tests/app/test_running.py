"""What `run` has made ready before it connects: the site file and the district's own pack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bot.app import running
from bot.app.wiring import open_database, policy_in_force
from bot.domain.roster import District, Roster
from bot.errors import CrossingGuardError, PackError
from bot.registry.site_file import read_site_file
from bot.settings import Settings
from tests.policy.folders import copied, rewritten
from tests.registry.lincoln import LINCOLN


class WatchedError(Exception):
    """Thrown where the guard would begin to watch; `pack` is what it would judge by."""

    def __init__(self, pack: str) -> None:
        super().__init__(pack)
        self.pack = pack


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace platforms, model and guard; note every connection that is made."""
    made: list[str] = []

    @asynccontextmanager
    async def connected(*_: object) -> AsyncIterator[tuple[()]]:
        made.append("connected")
        yield ()

    @asynccontextmanager
    async def make_screener(_: object) -> AsyncIterator[None]:
        yield None

    def assembled(*given: Any, **_: object) -> NoReturn:
        raise WatchedError(given[3].name)

    monkeypatch.setattr(running, "chosen", lambda _: ())
    monkeypatch.setattr(running, "connected", connected)
    monkeypatch.setattr(running, "make_screener", make_screener)
    monkeypatch.setattr(running, "assembled", assembled)
    return made


def settings_of(tmp_path: Path, content: str | None, **given: str) -> Settings:
    values: dict[str, Any] = {"CROSSING_GUARD_HOME": tmp_path / "home", **given}
    if content is not None:
        (tmp_path / "site.toml").write_text(content, encoding="utf-8")
        values["CROSSING_GUARD_SITE_FILE"] = tmp_path / "site.toml"
    return Settings(**values)


async def pack_of(settings: Settings) -> str:
    with pytest.raises(WatchedError) as watched:
        await running.watch(settings)
    return watched.value.pack


async def test_the_districts_pack_judges_unless_the_settings_name_one(tmp_path: Path, connections: list[str]) -> None:
    district = LINCOLN.replace('policy = "lausd"', 'policy = "lbusd"')
    assert await pack_of(settings_of(tmp_path, None)) == "lausd"
    assert await pack_of(settings_of(tmp_path, district)) == "lbusd"
    assert await pack_of(settings_of(tmp_path, None)) == "lbusd"
    assert await pack_of(settings_of(tmp_path, district, CROSSING_GUARD_POLICY="lausd")) == "lausd"
    assert len(connections) == 4


async def test_a_pack_beside_the_site_file_is_found_from_anywhere(
    tmp_path: Path, connections: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rewritten(copied("lbusd", tmp_path) / "pack.yaml", "name: lbusd", "name: ours")
    content = LINCOLN.replace('policy = "lausd"', 'policy = "./lbusd"')
    monkeypatch.chdir("/")
    assert await pack_of(settings_of(tmp_path, content)) == "ours"
    async with open_database(settings_of(tmp_path, None)) as store:
        roster = await store.registry.read()
    assert roster is not None
    assert Path(roster.district.policy).is_absolute()
    assert connections


@pytest.mark.parametrize("policy", ["lasud", "./nowhere", "site.toml"])
async def test_a_site_file_whose_pack_cannot_be_used_is_refused_before_anything_is_changed(
    tmp_path: Path, connections: list[str], policy: str
) -> None:
    settings = settings_of(tmp_path, LINCOLN.replace('policy = "lausd"', f'policy = "{policy}"'))
    with pytest.raises(PackError, match="There is no policy pack"):
        await running.watch(settings)
    assert connections == []
    assert not (tmp_path / "home").exists()


async def test_a_mistake_in_the_site_file_is_told_before_anything_is_connected(
    tmp_path: Path, connections: list[str]
) -> None:
    with pytest.raises(CrossingGuardError, match="nobody has the key"):
        await running.watch(settings_of(tmp_path, LINCOLN.replace('r = "principal"', 'r = "ghost"')))
    assert connections == []


def test_the_pack_in_force_is_the_settings_then_the_districts_then_lausd() -> None:
    roster = Roster(District("D", policy="board"), {}, {})
    assert policy_in_force(Settings(), None).name == "lausd"
    assert policy_in_force(Settings(), roster).name == "board"
    assert policy_in_force(Settings(CROSSING_GUARD_POLICY="lausd"), roster).name == "lausd"


def test_a_shipped_pack_goes_by_its_name_even_beside_a_folder_of_that_name(tmp_path: Path) -> None:
    copied("lausd", tmp_path)
    (tmp_path / "site.toml").write_text(LINCOLN, encoding="utf-8")
    assert read_site_file(tmp_path / "site.toml").district.policy == "lausd"
