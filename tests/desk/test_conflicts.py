"""R25 through a case's whole life, over random schools: everybody tries everything, in any order.

Nobody barred receives, opens, counts or decides anything, however they come by it (reports that name them, claims,
hand-overs, appeals, notes, follow-ups, links, codes); and somebody who may decide always has it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.contacts import contacts
from bot.cases.case import Case
from bot.cases.routing import barred_from
from bot.domain.cases import EventKind
from bot.domain.categories import Category, Severity
from bot.domain.comments import Author
from bot.domain.people import DECIDERS
from bot.interface.cards import Verb
from bot.platform.capabilities import Capability
from bot.store import Store, open_store, schema
from tests.alerts.school import School, judged, words
from tests.alerts.test_conflicts import ALERTS, with_accounts
from tests.cases.test_routing import KEYS, rosters
from tests.platforms.recorder import Recorder
from tests.store.examples import comment

LINK = "https://chat.example.org/a-place"
FORMS: dict[str, dict[str, str]] = {
    "confirm": {"rule": "threat", "reason": "because"},
    "dismiss": {"reason": "because"},
    "removal": {"rule": "threat", "reason": "because"},
    "permit": {"reason": "because"},
    "note": {"note": "because"},
    "check": {"step": "A"},
    "called": {"agency": "laspd", "when": "now"},
    "incident": {"number": "7"},
    "follow_up": {"days": "7"},
    "looked": {"seen": "stopped"},
    "close": {"reason": "because", "number": "7"},
    "reopen": {"reason": "because"},
    "appeal": {"reason": "because"},
    "judge": {"outcome": "reversed", "reason": "because", "rule": "threat"},
    "time_out": {"hours": "1", "rule": "threat", "reason": "because"},
    "author_note": {"reason": "because"},
}
PRESSED = [Verb.ACKNOWLEDGE, Verb.ESCALATE, Verb.CLAIM]
person = st.sampled_from(KEYS)
acts = st.one_of(
    st.tuples(st.just("press"), person, st.sampled_from(PRESSED)),
    st.tuples(st.just("submit"), person, st.sampled_from(sorted(FORMS))),
    st.tuples(st.just("hand_over"), person, person),
    st.tuples(st.just("report"), person, st.none() | person),
)
scripts = st.tuples(person, person).flatmap(
    lambda two: st.sampled_from(
        [
            [("submit", two[0], "confirm"), ("submit", two[0], "appeal"), ("submit", two[0], "judge")],
            [("submit", two[0], "dismiss"), ("report", two[1], two[0]), ("submit", two[0], "confirm")],
            [("press", two[0], Verb.CLAIM), ("report", two[1], two[0]), ("submit", two[0], "note")],
            [("hand_over", two[0], two[1]), ("report", two[0], two[1]), ("submit", two[1], "close")],
        ]
    )
)
"""What people would try: to decide their own appeal, to go on once a report is about themselves."""

ALLOWED = ("moved.", "report.stage.", "case.author.", "evidence.notice.", "safety.")
"""What may stand before somebody who is barred: a stub, word of their own report, a note to them as the author."""


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Store]]:
    """One database for all examples: each brings its own roster and its own comment."""
    home: Path = tmp_path_factory.mktemp("schools")
    with asyncio.Runner() as runner:
        opening = open_store(home=home)
        yield runner, runner.run(opening.__aenter__())
        runner.run(opening.__aexit__(None, None, None))


@settings(max_examples=40)
@given(st.data())
def test_nobody_barred_takes_part_and_somebody_always_does(
    runner: tuple[asyncio.Runner, Store], data: st.DataObject
) -> None:
    runner[0].run(example(runner[1], data))


async def emptied(store: Store) -> None:
    tables = ("outbox", "watches", "reports", "snapshots", "deliveries", "case_events", "flags", "screened")
    async with store._engine.begin() as connection:
        for name in tables:
            await connection.execute(schema.metadata.tables[name].delete())


async def example(store: Store, data: st.DataObject) -> None:
    roster, site = data.draw(rosters())
    reachable = data.draw(st.frozensets(person, min_size=3))
    roster = with_accounts(roster, site, reachable, shared=data.draw(st.booleans()))
    await emptied(store)
    lists = [Capability.LIST_MEMBERS] if data.draw(st.booleans()) else []
    school = await School(store, roster, discord=Recorder("discord", Capability.REMOVE_COMMENT, *lists)).open()
    school.discord.readers[ALERTS] = frozenset(f"@{key}" for key in data.draw(st.frozensets(person)))
    author = data.draw(st.none() | person)
    parts: dict[str, Any] = {
        "author": Author("stranger" if author is None else f"@{author}"),
        "mentions": tuple(f"@{key}" for key in data.draw(st.frozensets(person, max_size=2))),
        "permalink": LINK,
    }
    seen = comment(1, **parts)
    judgement = judged(data.draw(st.sampled_from(list(Severity)[1:])), data.draw(st.sampled_from(Category)))
    case_id = await school.flag(judgement, seen)
    await school.settle()
    await check(school, case_id, data)
    accused: set[str] = set()
    for act in itertools.chain.from_iterable(data.draw(st.lists(scripts | acts.map(lambda act: [act]), max_size=4))):
        before = await read(school, case_id)
        await done(school, case_id, seen, act)
        after = await read(school, case_id)
        for event in after.events[len(before.events) :]:
            assert event.person is None or event.person not in before.barred
            if event.kind is EventKind.HANDED_OVER:
                assert event.about not in before.barred
            if event.kind in (EventKind.UPHELD, EventKind.REVERSED):
                assert event.person not in before.deciders, "the first decider never decides the appeal"
            accused = set() if after.concern.cleared else accused
            if event.kind is EventKind.REPORTED and act[2] is not None:
                accused.add(act[2])
        assert after.events[: len(before.events)] == before.events, "events are appended and never changed"
        spared = (accused | ({author} if author in reachable else set())) - barred_from(after.concern) - {None}
        assert len(spared) <= 1, "only where everybody is named, one is left over"
        for key in KEYS if spared else ():
            assert key in barred_from(after.concern) | spared or not roster.roles(key, site) & DECIDERS
        await school.settle()
        await school.settle()
        await check(school, case_id, data)


async def read(school: School, case_id: UUID) -> Case:
    case = await school.book.read(case_id)
    assert case is not None
    return case


async def done(school: School, case_id: UUID, seen: Any, act: tuple[str, str, Any]) -> None:
    kind, who, what = act
    if kind == "press":
        await school.press(who, what, case_id)
    elif kind == "submit":
        await school.submit(who, what, case_id.hex, **FORMS[what])
    elif kind == "hand_over":
        await school.submit(who, "hand_over", case_id.hex, to=what)
    else:
        await school.command(who, "report", seen)
        target = "" if what is None else f"@{what}"
        await school.submit(who, "report", school.discord.forms.pop()[1].token, what="it hurts", target=target)


async def check(school: School, case_id: UUID, data: st.DataObject) -> None:
    case, roster = await read(school, case_id), school.roster
    barred = case.barred
    able = {key for key in KEYS if roster.roles(key, case.site) & DECIDERS} - {case.concern.author}
    assert not able or able - case.barred, "a case cannot be named out of everybody's hands"
    for shown in school.all():
        key = (shown.to.person or "").lstrip("@")
        readable = shown.to.channel is not None and any(may_read(school, roster, who) for who in barred)
        if key in barred or readable:
            assert shown.card.title.key.startswith(ALLOWED), (key, shown.card.title.key)
    for key in sorted(barred)[:2]:
        await tries_to_look(school, case, key, data.draw(st.sampled_from([LINK, case.code, case.token])))
    in_reach = [key for key in contacts(case, roster) if key in roster.people and roster.people[key].accounts]
    deciders = [key for key in in_reach if key not in case.barred and case.may_be_decided_by(key, roster)]
    if deciders:
        told = set(school.told())
        assert set(deciders) & told or ("alert channel" in told and not case.spent), (deciders, told)


def may_read(school: School, roster: Any, key: str) -> bool:
    """Whether somebody may be able to read the alert channel, as far as anybody can know."""
    account = roster.people[key].accounts.get("discord")
    if Capability.LIST_MEMBERS not in school.discord.capabilities:
        return account is not None
    return account is not None and account in school.discord.readers[ALERTS]


async def tries_to_look(school: School, case: Case, key: str, named: str) -> None:
    """Somebody barred looks in every way there is, and learns nothing."""
    forms = len(school.discord.forms)
    for verb in (Verb.CASE, Verb.NOTES, Verb.OPEN, Verb.REPORTER, Verb.CONFIRM, Verb.JUDGE):
        await school.press(key, verb, case.id)
        assert hides(school, case)
    await school.submit(key, "case", "case", code=named)
    assert hides(school, case)
    for chosen in ("all", "mine", "follow_up"):
        await school.submit(key, "queue", "queue", show=chosen)
        assert hides(school, case)
        assert "And " not in school.answer()
    await school.submit(key, "reporter", case.token, reason="because")
    assert hides(school, case)
    await school.command(key, "status")
    waiting = [line for line in school.answer().splitlines() if line.isdigit()]
    assert waiting in ([], ["0"]), "barred people's counts omit the case"
    assert len(school.discord.forms) == forms


def hides(school: School, case: Case) -> bool:
    card = school.discord.answers[-1][1]
    said = words(card)
    return LINK not in said and case.code not in said and card.title.key.startswith(("desk.", "queue.", "case.empty"))
