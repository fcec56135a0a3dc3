"""The accused and their own case: no door to it is theirs, whatever was decided, and whatever else they try."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.book import CaseBook
from bot.cases.case import Case
from bot.cases.routing import barred_from
from bot.cases.status import Status
from bot.daily.view import may_know
from bot.domain.cases import EventKind
from bot.domain.categories import Category
from bot.domain.comments import Author
from bot.evidence.permission import may_permit, may_read, who_permits
from bot.evidence.vault import Vault
from bot.interface.cards import Verb
from bot.records.forgetting import Forgetting
from bot.records.retention import Keeper
from bot.store import Store, open_store, schema
from bot.store.retention import Part, forget_reports
from tests.alerts.school import PACK, ROSTER, School, judged
from tests.desk.test_conflicts import FORMS, emptied
from tests.store.examples import ROOM, comment, unscored

VERBS = [
    Verb.ACKNOWLEDGE,
    Verb.ESCALATE,
    Verb.CLAIM,
    Verb.CONFIRM,
    Verb.DISMISS,
    Verb.REMOVAL,
    Verb.PERMIT,
    Verb.OPEN,
    Verb.CASE,
    Verb.NOTES,
    Verb.REPORTER,
    Verb.CLOSE,
    Verb.REOPEN,
    Verb.APPEAL,
    Verb.JUDGE,
    Verb.HAND_OVER,
]
OTHERS = ["assistant", "local-district", "safety-office"]
SECRET = "a reporter's canary words"
ACCUSATIONS = ["Ana Pryce shouts at us", "señora PRYCE", "Pr\u200byc\u0435", "la directora", "the principal did it"]


async def accused_of(school: School, how: str) -> UUID:
    """Return a case that may be about the principal, by a flag or by a report."""
    if how == "flag":
        return await school.flagged(judged(category=Category.BOUNDARY), comment(1, "la directora Pryce wrote to me"))
    case = await school.flagged(seen=comment(1, "bad words"))
    await reported(school, f"{how}: {SECRET}")
    return case


async def reported(school: School, what: str, by: str = "reporter") -> None:
    await school.command(by, "report", comment(1, "bad words"))
    await school.submit(by, "report", school.discord.forms.pop()[1].token, what=what)
    await school.settle()


async def read(school: School, case: UUID) -> Case:
    found = await school.book.read(case)
    assert found is not None
    return found


async def tries_everything(school: School, case: UUID) -> None:
    """Have the principal try every button, form and page there is, and learn and change nothing."""
    before, forms = await school.events(case), len(school.discord.forms)
    for verb in VERBS:
        await school.press("principal", verb, case)
        assert "canary" not in school.answer()
        assert "for other people to decide" in school.answer(), verb
    for form, values in {**FORMS, "reporter": {"reason": "me"}, "hand_over": {"to": "assistant"}}.items():
        await school.submit("principal", form, case.hex, **values)
        assert "canary" not in school.answer()
    for said in (case.hex, case.hex[:8]):
        await school.command("principal", "case", said=said)
        assert "not here any more" in school.answer()
    for name in ("queue", "status"):
        await school.command("principal", name)
        assert case.hex[:8] not in school.answer()
    assert await school.events(case) == before
    assert len(school.discord.forms) == forms
    about = await read(school, case)
    assert "principal" not in who_permits(about, school.roster)
    assert not may_permit(about, school.roster, "principal", school.clock())
    assert not may_read(about, school.roster, "principal")


@pytest.mark.parametrize("how", ["flag", *ACCUSATIONS])
async def test_a_confirmed_finding_gives_the_accused_no_power_over_it(school: School, how: str) -> None:
    case = await accused_of(school, how)
    await tries_everything(school, case)
    await school.submit("assistant", "confirm", case.hex, rule="boundary", reason="It is true.")
    await tries_everything(school, case)
    assert not may_know(await read(school, case), "principal")
    await school.submit("assistant", "close", case.hex, reason="done", number="7")
    await tries_everything(school, case)
    await school.submit("local-district", "appeal", case.hex, reason="look again")
    assert (await read(school, case)).status is Status.APPEALED
    await tries_everything(school, case)
    await school.submit("safety-office", "judge", case.hex, outcome="upheld", reason="It stays true.")
    await tries_everything(school, case)
    assert not may_know(await read(school, case), "principal")


@pytest.mark.parametrize("how", ["flag", *ACCUSATIONS])
async def test_who_was_wrongly_named_may_know_of_it_once_somebody_else_dismissed_it(school: School, how: str) -> None:
    case = await accused_of(school, how)
    await school.submit("assistant", "dismiss", case.hex, reason="It was somebody else.")
    assert may_know(await read(school, case), "principal")
    await tries_everything(school, case)
    await school.submit("assistant", "close", case.hex, reason="done")
    assert may_know(await read(school, case), "principal")
    await tries_everything(school, case)


async def test_an_appeal_or_another_report_puts_the_bar_back(school: School) -> None:
    case = await accused_of(school, "Pryce")
    await school.submit("assistant", "dismiss", case.hex, reason="nothing")
    await school.submit("local-district", "appeal", case.hex, reason="look again")
    assert not may_know(await read(school, case), "principal")
    await tries_everything(school, case)
    await school.submit("safety-office", "judge", case.hex, outcome="upheld", reason="It is nothing.")
    assert may_know(await read(school, case), "principal")
    await reported(school, "and there is more", by="other")
    assert not may_know(await read(school, case), "principal")
    await tries_everything(school, case)


async def test_a_reversed_finding_frees_them_and_a_reversed_dismissal_does_not(school: School) -> None:
    case = await accused_of(school, "Pryce")
    for turn, outcome in enumerate(["confirm", "dismiss"]):
        if turn:
            await school.submit("local-district", "reopen", case.hex, reason="again")
        await school.submit("assistant", outcome, case.hex, rule="bullying", reason="decided")
        await school.submit("assistant", "appeal", case.hex, reason="look again")
        judge = ["local-district", "safety-office"][turn]
        await school.submit(judge, "judge", case.hex, outcome="reversed", rule="bullying", reason="It was wrong.")
        assert (await school.events(case))[-1] == "reversed"
        assert may_know(await read(school, case), "principal") is (outcome == "confirm")
        await tries_everything(school, case)


async def test_nobody_frees_themselves(school: School) -> None:
    """The principal dismissed it before anybody knew that it was about them; the roster learns their name later."""
    case = await school.flagged(judged(category=Category.BOUNDARY), comment(1, "Quispe wrote to me"))
    await school.submit("principal", "dismiss", case.hex, reason="nothing")
    people = dict(school.roster.people)
    people["principal"] = replace(people["principal"], name="Ana Quispe")
    school.roster = replace(school.roster, people=people)
    await school.store.registry.replace(school.roster)
    assert "principal" in barred_from((await read(school, case)).concern)


async def test_when_the_reports_words_are_gone_the_accused_stays_out(school: School) -> None:
    case = await accused_of(school, "Pryce")
    await school.submit("assistant", "confirm", case.hex, rule="bullying", reason="true")
    await school.submit("assistant", "close", case.hex, reason="done", number="7")
    async with school.store._engine.begin() as connection:
        assert await forget_reports(connection, schema.reports.c.flag_id == case) == 1
    await tries_everything(school, case)


async def test_destroying_an_accusation_does_not_hand_it_to_the_accused_above_the_site(school: School) -> None:
    """The supervisor is accused; the principal refuses the evidence; now nobody knows any more whom it was about."""
    told = comment(1, "he touched me", mentions=("@local-district",))
    case = await school.flagged(judged(category=Category.ABUSE_DISCLOSURE), told)
    assert "local-district" in (await read(school, case)).barred
    await school.submit("principal", "permit", case.hex, reason="not to be kept", refuse="yes")
    assert (await read(school, case)).snapshot is None
    await school.settle(minutes=60 * 48)
    assert "local-district" in (await read(school, case)).barred
    assert school.cards("local-district") == []


async def refused(school: School, case: UUID) -> None:
    await school.submit("principal", "permit", case.hex, reason="not to be kept", refuse="yes")


async def destroyed(school: School, case: UUID) -> None:
    await Vault(school.store, school.book, school.clock).destroy(case, "principal", "not to be kept")


async def purged(school: School, case: UUID) -> None:
    await ended(school, case)
    school.clock.forward(days=3000)
    keeper = Keeper(school.store, school.book, PACK, school.clock)
    assert (await keeper.purge()).counts[Part.SNAPSHOTS] == 1


async def deleted(school: School, case: UUID) -> None:
    await ended(school, case)
    forgetting = Forgetting(school.store, school.book, school.clock)
    assert (await forgetting.delete(ROOM.ref, "7", "principal", "a request")).gone[Part.SNAPSHOTS]


async def ended(school: School, case: UUID) -> None:
    await school.submit("assistant", "confirm", case.hex, rule="bullying", reason="true")
    await school.submit("assistant", "close", case.hex, reason="done", number="7")


@pytest.mark.parametrize("gone", [refused, destroyed, purged, deleted])
async def test_whom_an_accusation_is_about_stays_known_when_its_words_are_gone(
    school: School, gone: Callable[[School, UUID], Awaitable[None]]
) -> None:
    """The district's safety contact decides where a case may be about everybody; here it is about them."""
    told = comment(1, "they told nobody", mentions=("@safety-office",), author=Author("7"))
    case = await school.flagged(judged(category=Category.BOUNDARY), told)
    await gone(school, case)
    assert (await read(school, case)).snapshot is None
    barred = (await CaseBook(school.store, school.clock, PACK).read(case)).barred  # type: ignore[union-attr]
    assert "safety-office" in barred
    assert "local-district" not in barred, "somebody is left to decide"
    await school.settle(minutes=60 * 48)
    assert school.cards("safety-office") == []


async def test_whom_a_report_accuses_stays_known_when_the_reporter_has_it_deleted(school: School) -> None:
    case = await accused_of(school, "Sam Keeper")
    await ended(school, case)
    forgetting = Forgetting(school.store, school.book, school.clock)
    assert (await forgetting.delete(ROOM.ref, "@reporter", "principal", "a request")).gone["reports"] == 1
    assert "safety-office" in (await read(school, case)).barred


async def test_notes_of_whom_cases_bar_link_nobody(school: School) -> None:
    for number in (1, 2):
        told = comment(number, "they told nobody", mentions=("@safety-office",))
        await destroyed(school, await school.flagged(judged(category=Category.BOUNDARY), told))
    tags = [row.person for row in await school.rows(schema.barred)]
    assert len(tags) == len(set(tags)) == 2


async def test_what_bars_from_a_flag_bars_from_the_review_item_of_the_same_words(school: School) -> None:
    """A comment that was flagged though it could not be scored whole makes two cases over one snapshot."""
    decision = unscored(school.channel, comment(1, "Ms. Pryce touched me"))
    decision = replace(decision, judgement=judged(category=Category.BOUNDARY), at=school.clock())
    await school.store.record(decision)
    await school.settle()
    both = [row.id for table in (schema.flags, schema.review_items) for row in await school.rows(table)]
    assert len(both) == 2
    for case in both:
        assert "principal" in (await read(school, case)).barred
    assert school.cards("principal") == []


async def test_a_mention_of_all_does_not_free_the_accused_safety_contact(school: School) -> None:
    """Of an insult that mentions everybody, only whom a report accuses is barred: others are left to decide."""
    every = tuple(f"@{key}" for key in ROSTER.people)
    case = await school.flagged(seen=comment(1, "bad words", mentions=every))
    await reported(school, "Sam Keeper knows of it")
    concerned = (await read(school, case)).barred
    assert "safety-office" in concerned
    assert "assistant" not in concerned


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Store]]:
    """One database for all examples."""
    home: Path = tmp_path_factory.mktemp("schools")
    with asyncio.Runner() as runner:
        opening = open_store(home=home)
        yield runner, runner.run(opening.__aenter__())
        runner.run(opening.__aexit__(None, None, None))


people = st.sampled_from(["principal", "principal", *OTHERS])
acts = st.lists(st.tuples(people, st.sampled_from(sorted(FORMS))), min_size=2, max_size=10)


@settings(max_examples=25)
@given(st.sampled_from(ACCUSATIONS), acts, st.booleans())
def test_the_accused_never_appears_in_the_cases_events(
    runner: tuple[asyncio.Runner, Store], accusation: str, script: list[tuple[str, str]], again: bool
) -> None:
    runner[0].run(lived(runner[1], accusation, script, again=again))


async def lived(store: Store, accusation: str, script: list[tuple[str, str]], *, again: bool) -> None:
    await emptied(store)
    school = await School(store, ROSTER).open()
    case = await school.flagged(seen=comment(1, "bad words", author=Author("77")))
    await reported(school, f"{accusation} {SECRET}")
    for number, (who, form) in enumerate(script):
        await school.submit(who, form, case.hex, **FORMS[form])
        if again and number == len(script) // 2:
            await reported(school, "again", by="other")
    events = (await read(school, case)).events
    assert all(event.person != "principal" and event.about != "principal" for event in events)
    decided = [event for event in events if event.kind in (EventKind.UPHELD, EventKind.REVERSED)]
    assert all(event.person in OTHERS for event in decided)
