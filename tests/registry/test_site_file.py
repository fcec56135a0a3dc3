"""Site files: every mistake is one sentence that names the place, and a right file becomes exactly its roster."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.errors import SiteFileError
from bot.registry.site_file import ChannelPart, DistrictPart, LadderPart, PersonPart, SitePart, read_site_file
from tests.registry.lincoln import LINCOLN

Write = Callable[[str], Path]
PAGE = Path(__file__).parents[2].joinpath("docs", "site-file.md").read_text(encoding="utf-8")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "site.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_the_example_of_the_docs_is_read(write: Write) -> None:
    file = read_site_file(write(LINCOLN))
    (site,) = file.site
    assert (site.day_closes_at.hour, site.ladder[0].acknowledge_within.total_seconds()) == (15, 1800)
    assert [str(severity) for severity in site.ladder[0].severity] == ["critical", "high"]
    assert [channel.name for channel in site.channel] == ["room-12", "room-12-families"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('time_zone = "America/Los_Angeles"', 'time_zone = "Pacific"', "district, time_zone: must be a time zone"),
        ('policy = "lausd"', 'polcy = "lausd"', "district, polcy: is not known here"),
        ('kind = "class"', 'kind = "club"', "site “lincoln”, channel “room-12”, kind: input should be 'class'"),
        (
            'policy = "lausd"',
            'policy = "lausd"\nlanguages = []',
            "district, languages: must not be empty; name at least one, or leave the line out",
        ),
        ('severity = ["critical", "high"]', "severity = []", "severity: must not be empty; name at least one"),
        ('grades = "9-12"', 'grades = "ninth"', "channel “room-12”: grades must look like 9-12"),
        ('acknowledge_within = "30m"', 'acknowledge_within = "soon"', "acknowledge_within: must look like 30m or 2h"),
        ('day_closes_at = "15:00"', 'day_closes_at = "3pm"', "day_closes_at: must look like 15:00"),
        ('duty_days = "every day"', 'duty_days = ["Funday"]', "duty_days: must be “every day” or a list of days"),
        ('severity = ["critical", "high"]', 'severity = ["awful"]', "“awful” is no severity"),
        ('email = "principal@example.org"', 'email = "nobody"', "person “principal”, email: has characters"),
        ('key = "teacher"', 'key = "principal"', "the person “principal” stands there twice"),
        ('channel = "families"', 'channel = "room-12"', "the channel room-12 on local is registered twice"),
        ('local = "teacher"', 'local = "principal"', "two people have the local account principal"),
        ("[district]", "[district", "is not valid TOML"),
        (
            "[district]",
            '[district]\nwatch_staff_channels = "no"',
            "watch_staff_channels: input should be a valid boolean",
        ),
        ('site_administrator = "principal"', "", "site “lincoln”, site_administrator: is missing"),
    ],
)
def test_a_mistake_is_named_where_it_stands(write: Write, old: str, new: str, sentence: str) -> None:
    assert old in LINCOLN
    with pytest.raises(SiteFileError) as raised:
        read_site_file(write(LINCOLN.replace(old, new, 1)))
    assert sentence in str(raised.value)
    assert all("\n" not in problem for problem in raised.value.problems)


def test_all_mistakes_are_named_at_once(write: Write) -> None:
    text = LINCOLN.replace('grades = "9-12"', 'grades = "ninth"').replace('sign_off_by = "18:00"', "sign_off_by = 6")
    with pytest.raises(SiteFileError) as raised:
        read_site_file(write(text))
    assert len(raised.value.problems) >= 2


def test_a_class_of_children_under_13_is_refused_on_discord(write: Write) -> None:
    text = LINCOLN.replace('platform = "local"', 'platform = "discord"').replace('"9-12"', '"6-8"')
    with pytest.raises(SiteFileError, match="nobody under 13"):
        read_site_file(write(text))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SiteFileError, match="cannot be read"):
        read_site_file(tmp_path / "nothing.toml")


@pytest.mark.parametrize(
    ("policy", "read"), [("board", "board"), ("../ours", "{}/../ours"), ("/srv/pack", "/srv/pack")]
)
def test_the_path_of_a_pack_is_meant_from_the_files_folder(write: Write, policy: str, read: str) -> None:
    path = write(LINCOLN.replace('policy = "lausd"', f'policy = "{policy}"'))
    assert read_site_file(path).district.policy == read.format(path.parent)
    silent = read_site_file(write(LINCOLN.replace('policy = "lausd"', "")))
    assert "policy" not in silent.district.model_fields_set


def test_a_giant_file_is_refused_unread(write: Write) -> None:
    with pytest.raises(SiteFileError, match="larger than 4 MiB"):
        read_site_file(write("#" * (5 << 20)))


def test_the_file_in_the_docs_can_be_applied_as_it_stands(write: Write) -> None:
    example = PAGE.partition("```toml\n")[2].partition("```")[0]
    (site,) = read_site_file(write(example)).site
    assert [step.person for step in site.ladder] == ["principal", "assistant"]


def documented(heading: str) -> dict[str, str]:
    """Return what the page's table for a part of the file names, each key with its default as it stands there."""
    rows = PAGE.partition(f"\n| `{heading}` | default | |\n|---|---|---|\n")[2].partition("\n\n")[0].splitlines()
    cells = [row.split("|")[1:3] for row in rows]
    return {key: default.strip() for keys, default in cells for key in re.findall(r"`(\w+)`", keys)}


@pytest.mark.parametrize(
    ("heading", "part", "least"),
    [
        ("[district]", DistrictPart, {"name": "a"}),
        ("[[person]]", PersonPart, {"key": "a", "name": "a"}),
        ("[[site]]", SitePart, {"key": "a", "name": "a", "site_administrator": "a"}),
        ("[[site.ladder]]", LadderPart, {"person": "a"}),
        (
            "[[site.channel]]",
            ChannelPart,
            {"platform": "slack", "workspace": "a", "channel": "a", "name": "a", "kind": "class"},
        ),
    ],
)
def test_the_page_names_every_key_with_its_default(
    heading: str, part: type[BaseModel], least: Mapping[str, Any]
) -> None:
    named = documented(heading)
    assert set(named) == set(part.model_fields)
    assert {key for key, default in named.items() if default == "must be there"} == set(least)
    written = {
        key: tomllib.loads(f"x = {default.strip('`')}")["x"]
        for key, default in named.items()
        if default.startswith("`")
    }
    assert part.model_validate({**least, **written}) == part.model_validate(least)
    unwritten = named.keys() - written.keys() - least.keys()
    assert all(not getattr(part.model_validate(least), key) or named[key] == "all" for key in unwritten)
