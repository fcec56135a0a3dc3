"""A stolen database without its key reveals no words, no names, no reporter: every table, and the raw files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bot.domain.comments import Author
from bot.domain.roster import Person
from bot.errors import KeyFileError
from bot.evidence.packet import Packets
from bot.evidence.vault import Vault
from bot.interface.cards import Verb
from bot.store import open_store, schema
from bot.store.key_file import KEY_FILE
from bot.store.reports import NewReport, ReportWords
from tests.alerts.school import PACK, ROSTER, School
from tests.intake.test_no_words_in_clear import disguises, every_column, postgresql_files, sqlite_files
from tests.store.examples import NOON, SEVERE, VERSIONS, comment

FILLED = {
    "flags",
    "snapshots",
    "case_events",
    "reports",
    "custody",
    "custody_reasons",
    "custody_head",
    "kept_keys",
    "people",
    "outbox",
}


async def test_no_table_and_no_file_tells_anything(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = None if database.startswith("sqlite") else request.getfixturevalue("postgresql")
    token = uuid4().hex
    secrets = {
        kind: f"{kind}-{token[:14]}"
        for kind in (
            "words",
            "author",
            "account",
            "around",
            "neighbour",
            "reporter",
            "told",
            "reason",
            "note",
            "hold",
            "staff",
            "hook",
        )
    }
    author = Author(secrets["account"], secrets["author"])
    async with open_store(home=tmp_path / "home", url=database) as store:
        staff = Person(
            "extra", secrets["staff"], email=f"{secrets['staff']}@example.org", accounts={"discord": secrets["hook"]}
        )
        people = dict(ROSTER.people) | {"extra": staff}
        school = await School(store, roster=replace(ROSTER, people=people)).open()
        seen = comment(1, f"bad {secrets['words']}", author=author, mentions=(secrets["account"],))
        case = await school.flagged(seen=seen)
        await store.evidence.add_context(
            case, [comment(2, secrets["around"], author=Author("5", secrets["neighbour"]))], NOON
        )
        words = ReportWords(secrets["told"], target=secrets["staff"])
        reporter = Author(f"id-{secrets['reporter']}", secrets["reporter"])
        report = NewReport(school.channel, seen, reporter, words, NOON, SEVERE, VERSIONS, 5, NOON - NOON)
        assert await store.reports.file(report)
        await school.press("principal", Verb.PERMIT, case)
        await school.submit("principal", "permit", case.hex, reason=secrets["reason"])
        await school.submit(
            "principal", "confirm", case.hex, rule="threat", reason=secrets["reason"], note=secrets["note"]
        )
        vault = Vault(store, school.book, school.clock)
        await vault.hold(case, "principal", secrets["hold"])
        packet = await Packets(store, vault, school.book, PACK).make(
            case, "principal", secrets["reason"], language="en", redacted=False, show_reporter=True
        )
        await vault.reporters(case, "assistant", secrets["reason"])
        assert packet
        await school.settle()
        files = sqlite_files(database) if server is None else await postgresql_files(store, server)
        raw = b"\n".join([await every_column(store), *(file.read_bytes() for file in files)])
        async with store._engine.connect() as connection:
            for name in FILLED:
                table = schema.metadata.tables[name]
                assert (await connection.execute(select(func.count()).select_from(table))).scalar_one(), name
    assert case.bytes in raw or case.hex.encode() in raw, "the search must be able to find what is there"
    for kind, secret in secrets.items():
        assert [form for form in disguises(secret) if form in raw] == [], kind
    (tmp_path / "home" / KEY_FILE).unlink()
    with pytest.raises(KeyFileError, match="nothing sealed opens without it"):
        async with open_store(home=tmp_path / "home", url=database):
            pytest.fail("opened without its key")
