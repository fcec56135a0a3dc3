"""`doctor`: whatever a person must still do is said, and nothing else counts as trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.app import health, looking
from bot.app.connecting import Connection
from bot.app.health import clock, examine
from bot.app.wiring import open_database
from bot.domain.channels import RegisteredChannel
from bot.domain.comments import ChannelKind
from bot.domain.custody import Act
from bot.errors import ModelError, SettingsError
from bot.platform.protocol import Outsiders
from bot.registry.applying import apply
from bot.registry.site_file import read_site_file
from bot.settings import Settings
from bot.store import HealthFact
from tests.platforms.recorder import Recorder
from tests.registry.lincoln import LINCOLN
from tests.store.examples import ROOM


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(health, "load_model", lambda *_: (_ for _ in ()).throw(ModelError("no model")))
    return Settings(CROSSING_GUARD_HOME=tmp_path / "home")


async def told(settings: Settings, tmp_path: Path, content: str | None) -> dict[tuple[str, bool], list[str]]:
    """Have a site file, and nothing that it leaves out; return what doctor says, by subject and whether it is well."""
    if content is not None:
        path = tmp_path / "site.toml"
        path.write_text(content, encoding="utf-8")
        async with open_database(settings) as store:
            await apply(store, read_site_file(path), prune=True)
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


async def test_a_channel_that_only_a_report_named_is_no_trouble(settings: Settings, tmp_path: Path) -> None:
    await told(settings, tmp_path, LINCOLN)
    async with open_database(settings) as store:
        await store.channels.save(RegisteredChannel(ROOM.ref, "elsewhere", ChannelKind.CLASS))
    found = await told(settings, tmp_path, None)
    assert "elsewhere is on no register and is not read; somebody reported a comment there." in found["channel", True]


async def test_a_name_without_a_person_needs_one(settings: Settings, tmp_path: Path) -> None:
    found = await told(settings, tmp_path, LINCOLN.replace('supervisor = "local-district"', 'supervisor = "ghost"'))
    assert found["people", False] == [
        "Site “lincoln”, supervisor: nobody has the key “ghost”; add a [[person]] or correct the key."
    ]


async def test_a_staff_channel_that_the_district_leaves_alone_is_no_trouble(settings: Settings, tmp_path: Path) -> None:
    content = LINCOLN.replace('kind = "parent"', 'kind = "staff"')
    found = await told(settings, tmp_path, content)
    assert ("channel", False) not in found
    alone = "room-12-families is a staff channel: it is left alone, unless the district has it watched."
    assert alone in found["channel", True]
    wanted = await told(settings, tmp_path, content.replace("[district]", "[district]\nwatch_staff_channels = true"))
    assert wanted["channel", False] == [
        "room-12-families is not read yet: it still needs who approved it, the day of approval."
    ]


async def test_the_pack_is_the_one_that_run_would_judge_by(settings: Settings, tmp_path: Path) -> None:
    (before,) = (await told(settings, tmp_path, None))["policy pack", True]
    assert before.startswith("“lausd”")
    district = LINCOLN.replace('policy = "lausd"', 'policy = "lbusd"')
    (sentence,) = (await told(settings, tmp_path, district))["policy pack", True]
    assert sentence.startswith("“lbusd”")
    explicit = settings.model_copy(update={"policy": "board"})
    (sentence,) = (await told(explicit, tmp_path, None))["policy pack", True]
    assert sentence.startswith("“board”")
    (sentence,) = (await told(settings, tmp_path, LINCOLN.replace('"lausd"', '"./gone"')))["policy pack", False]
    assert "There is no policy pack" in sentence


def test_a_clock_before_the_program_was_made_is_wrong() -> None:
    assert clock(datetime(1970, 1, 1, tzinfo=UTC)) == HealthFact(
        "clock", well=False, sentence="The clock says 1970-01-01 00:00 UTC; set it right."
    )
    assert clock(datetime(2026, 11, 22, tzinfo=UTC)).well


async def test_too_few_contacts_and_an_unreachable_last_responder_need_a_person(
    settings: Settings, tmp_path: Path
) -> None:
    well = await told(settings, tmp_path, LINCOLN)
    assert well["ladder", True] == ["Lincoln High School: 2 contacts can be reached, the last responder among them."]
    found = await told(settings, tmp_path, LINCOLN.replace('local = "assistant"\n', ""))
    (sentence,) = found["ladder", False]
    assert "only 1 of the ladder can be reached" in sentence
    assert "the last responder, “assistant”, cannot be reached" in sentence


async def test_mail_is_asked_for_where_nothing_else_reaches_somebody(settings: Settings, tmp_path: Path) -> None:
    assert ("mail", True) in await told(settings, tmp_path, LINCOLN)
    by_mail = LINCOLN.replace('local = "principal"\n', "")
    (sentence,) = (await told(settings, tmp_path, by_mail))["mail", False]
    assert sentence == "Only mail reaches “principal”, and no server is set; set SMTP_URL."
    wrong = settings.model_copy(update={"smtp_url": SecretStr("mail.example.org")})
    assert "SMTP_URL must look like" in (await told(wrong, tmp_path, by_mail))["mail", False][0]


async def test_an_approval_of_an_earlier_year_has_lapsed(settings: Settings, tmp_path: Path) -> None:
    assert ("renewal", True) in await told(settings, tmp_path, LINCOLN)
    old = await told(settings, tmp_path, LINCOLN.replace("approved_on = 2026-08-17", "approved_on = 2020-08-17"))
    assert "room-12" in old["renewal", False][0]


async def test_a_tampered_custody_log_is_named(settings: Settings, tmp_path: Path) -> None:
    assert ("custody log", True) in await told(settings, tmp_path, LINCOLN)
    async with open_database(settings) as store:
        await store.custody.append(Act.KEY_ROTATED, datetime.now(UTC), why="x", person=None)
        async with store._engine.begin() as connection:
            await connection.execute(text("DROP TRIGGER custody_update"))
            await connection.execute(text("UPDATE custody SET why = 'y'"))
    assert "Row 1 was changed." in (await told(settings, tmp_path, None))["custody log", False][0]


class _Refusing:
    """A platform that does not take the token, or takes it and sees one channel that is open to guests."""

    def __init__(self, refuses: bool) -> None:
        self.refuses = refuses
        self.recorder = Recorder("slack")

    def __call__(self, *_: object) -> _Refusing:
        return self

    async def __aenter__(self) -> Connection:
        if self.refuses:
            raise SettingsError("Slack refuses the token.")
        return Connection(self.recorder, lambda: True)

    async def __aexit__(self, *_: object) -> None:
        self.closed = True


async def test_a_refused_token_is_said_and_an_accepted_one_has_its_channels_inspected(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_token = settings.model_copy(update={"slack_bot_token": SecretStr("xoxb-1")})
    monkeypatch.setattr(looking, "slack_platform", _Refusing(refuses=True))
    assert (await told(with_token, tmp_path, LINCOLN))["slack", False] == ["Slack refuses the token."]
    good = _Refusing(refuses=False)
    monkeypatch.setattr(looking, "slack_platform", good)
    async with open_database(settings) as store:
        slack = replace(ROOM, ref=replace(ROOM.ref, platform="slack"), site="lincoln")
        await store.channels.save(slack)
        good.recorder.facts = replace(good.recorder.facts, open_to=(Outsiders.EXTERNAL_GUESTS,))
    found = await told(with_token, tmp_path, None)
    assert "Slack takes the token" in found["slack", True][0]
    assert "external guests" in found["permissions", False][0]
    assert good.closed
    async with open_database(settings) as store:
        await store.gaps.beat(("slack",), datetime.now(UTC))
    assert "The running bot listens" in (await told(with_token, tmp_path, None))["slack", True][0]
