"""R25 over random schools: nobody barred receives, sees, counts or decides anything, and somebody always is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.contacts import contacts
from bot.cases.routing import barred_from, may_decide
from bot.domain.categories import Category, Severity
from bot.domain.comments import Author, ChannelRef
from bot.domain.roster import Roster, Site
from bot.interface.cards import Verb
from bot.store import Store, open_store, schema
from tests.alerts.school import School, judged, words
from tests.cases.test_routing import KEYS, rosters
from tests.store.examples import comment

VERBS = [Verb.ACKNOWLEDGE, Verb.CONFIRM, Verb.DISMISS, Verb.REMOVAL, Verb.ESCALATE, Verb.PERMIT, Verb.OPEN]
ALERTS = ChannelRef("discord", "900", "99")
people = st.sampled_from(KEYS)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Store]]:
    """One database for all examples: each brings its own roster and its own comment."""
    home: Path = tmp_path_factory.mktemp("schools")
    with asyncio.Runner() as runner:
        opening = open_store(home=home)
        yield runner, runner.run(opening.__aenter__())
        runner.run(opening.__aexit__(None, None, None))


def with_accounts(roster: Roster, site: Site, reachable: frozenset[str], *, shared: bool) -> Roster:
    known = {
        key: replace(person, accounts={"discord": f"@{key}"} if key in reachable else {})
        for key, person in roster.people.items()
    }
    return replace(roster, people=known, sites={site.key: replace(site, alert_channel=ALERTS if shared else None)})


@settings(max_examples=30)
@given(st.data())
def test_nobody_barred_sees_or_does_anything_and_somebody_is_told(
    runner: tuple[asyncio.Runner, Store], data: st.DataObject
) -> None:
    runner[0].run(example(runner[1], data))


async def example(store: Store, data: st.DataObject) -> None:
    roster, site = data.draw(rosters())
    roster = with_accounts(roster, site, data.draw(st.frozensets(people, min_size=3)), shared=data.draw(st.booleans()))
    async with store._engine.begin() as connection:
        for table in (
            schema.outbox,
            schema.reports,
            schema.snapshots,
            schema.deliveries,
            schema.case_events,
            schema.flags,
        ):
            await connection.execute(table.delete())
        await connection.execute(schema.screened.delete())
    school = await School(store, roster).open()
    judgement = judged(data.draw(st.sampled_from(list(Severity)[1:])), data.draw(st.sampled_from(Category)))
    author = data.draw(st.none() | people)
    parts: dict[str, Any] = {
        "author": Author("stranger" if author is None else f"@{author}"),
        "mentions": tuple(f"@{key}" for key in data.draw(st.frozensets(people, max_size=2))),
        "text": f"bad words about {data.draw(people)}",
        "permalink": "https://chat.example.org/a-place",
    }
    seen = comment(1, **parts)
    case_id = await school.flag(judgement, seen)
    await school.settle()
    if data.draw(st.booleans()):
        accused = data.draw(people)
        await school.command(data.draw(people), "report", seen)
        _, form = school.discord.forms.pop()
        await school.submit("reporter", "report", form.token, what="it hurts", target=f"@{accused}")
        await school.settle()
    case = await school.book.read(case_id)
    assert case is not None
    barred = barred_from(case.concern)

    for shown in school.all():
        key = (shown.to.person or "").lstrip("@")
        if key in barred or (shown.to.channel and any(roster.people[k].accounts for k in barred)):
            assert words(shown.card).strip() == "This alert is with someone else now."
    reachable = [key for key in contacts(case, roster) if key in roster.people and roster.people[key].accounts]
    deciders = [key for key in reachable if may_decide(roster, case.site, key, case.concern)]
    if deciders:
        assert "alert channel" in school.told() or set(deciders) & set(school.told())

    before = await school.events(case_id)
    for key in sorted(barred):
        for verb in VERBS:
            await school.press(key, verb, case_id)
        for name in ("confirm", "dismiss", "removal", "permit"):
            await school.submit(key, name, case_id.hex, rule="threat", reason="because")
        await school.command(key, "queue")
        assert "a-place" not in school.answer()
        assert "more" not in school.answer()
    assert school.discord.forms == []
    assert await school.events(case_id) == before

    for key in deciders[:1]:
        await school.press(key, Verb.DISMISS, case_id)
        assert len(school.discord.forms) == 1
        await school.submit(key, "dismiss", case_id.hex, reason="a quotation")
        assert (await school.events(case_id))[-1] == "dismissed"
