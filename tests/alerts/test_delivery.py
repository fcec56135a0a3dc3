"""Delivery: the right people, one card each, kept true in place; failures end before a person."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.alerts.delivery import Deliverer
from bot.alerts.errands import NOBODY_WAIT, TRIES, Errands
from bot.domain.cases import CaseEvent, EventKind
from bot.domain.categories import Category, Severity
from bot.domain.comments import Author, ChannelRef
from bot.domain.roster import EvidencePermission, Site
from bot.interface.cards import Verb
from bot.interface.texts import say
from bot.platform.protocol import Outsiders
from bot.store import ErrandKind, Store, open_store, schema
from bot.store.cases import NewEvent
from tests.alerts.school import PACK, ROSTER, SITE, THREAT, School, judged, verbs, words
from tests.store.examples import comment, unscored


def with_site(**parts: object) -> dict[str, Site]:
    return {"lincoln": replace(SITE, **parts)}  # type: ignore[arg-type]


async def test_a_flag_is_one_card_that_is_updated_in_place(store: Store) -> None:
    school = await School(store).open()
    case = await school.flagged()
    assert school.told() == ["principal"]
    (card,) = school.cards("principal")
    assert verbs(card) == {Verb.ACKNOWLEDGE, Verb.CONFIRM, Verb.DISMISS, Verb.REMOVAL, Verb.PERMIT, Verb.CASE}
    await school.press("assistant", Verb.ACKNOWLEDGE, case)
    await school.settle()
    assert school.told() == ["principal"]
    (card,) = school.cards("principal")
    assert "Benito Soto is on it since 2026-11-20 05:00." in words(card)
    assert Verb.ACKNOWLEDGE not in verbs(card)
    assert await school.settle(minutes=60) == 1, "the ladder's clock, which finds the case acknowledged"
    assert school.told() == ["principal"]


async def test_the_language_is_the_readers(school: School) -> None:
    await school.flagged(author=Author("@principal"))
    assert {shown.language for shown in school.all() if shown.to.person == "@assistant"} == {"es"}


async def test_a_critical_card_begins_with_911_and_says_whom_to_call(school: School) -> None:
    await school.flagged(THREAT)
    card = school.cards("principal")[0]
    said = words(card)
    assert said.startswith("Immediate danger: call 911.")
    assert (
        "1. Los Angeles School Police Department (LASPD)\n(213) 625-6631 (as of 2016-08-06). Verify before use." in said
    )
    assert "BUL-5798.0" in said
    assert "discharges" in said
    assert Verb.ESCALATE in verbs(card)


async def test_a_flag_that_is_not_critical_shows_no_route(school: School) -> None:
    await school.flagged()
    assert "LASPD" not in words(school.cards("principal")[0])


async def test_the_target_of_a_threat_is_warned_and_cannot_decide(school: School) -> None:
    case = await school.flagged(THREAT, mentions=("@coach",), text="I will hurt you", posted_at=None)
    (card,) = school.cards("coach")
    assert card.buttons == ()
    assert "hurt" not in words(card)
    assert card.link is None
    assert "may threaten you" in words(card)
    await school.press("coach", Verb.DISMISS, case)
    assert school.discord.forms == []


async def test_low_and_medium_flags_reach_the_teacher_without_buttons(school: School) -> None:
    await school.flagged(judged(Severity.MEDIUM, Category.OBSCENE))
    assert school.told() == ["principal", "teacher"]
    assert school.cards("teacher")[0].buttons == ()


async def test_a_platform_that_fails_for_a_while_is_tried_again(school: School) -> None:
    school.discord.failures = TRIES - 1
    await school.flag()
    for _ in range(TRIES):
        assert school.told() == []
        await school.settle(minutes=2)
    assert school.told() == ["principal"]
    assert "could not reach" not in words(school.cards("principal")[0])


async def test_after_the_last_try_the_next_contact_learns_of_it(school: School) -> None:
    school.discord.refuses = {"@principal"}
    await school.flag()
    for _ in range(TRIES):
        assert school.told() == []
        await school.settle(minutes=2)
    assert school.told() == ["assistant"]
    assert "No pudimos comunicarnos con Ana Pryce" in words(school.cards("assistant")[0], "es")
    assert await school.settle(minutes=20) == 0


async def test_when_nobody_can_be_reached_it_is_counted_and_goes_on_trying(
    school: School, caplog: pytest.LogCaptureFixture
) -> None:
    school.discord.refuses = {f"@{key}" for key in ROSTER.people}
    case = await school.flag(text="secret words")
    for _ in range(TRIES):
        await school.settle(minutes=2)
    assert await school.events(case) == [EventKind.UNREACHED]
    assert f"Nobody could be told of case {case}" in caplog.text
    assert "secret" not in caplog.text
    (alerts,) = [fact for fact in await school.store.check() if fact.subject == "alerts"]
    assert not alerts.well
    assert "1" in alerts.sentence
    school.discord.refuses = set()
    await school.settle(minutes=NOBODY_WAIT.total_seconds() / 60)
    assert school.told() == ["principal"]
    assert all(fact.well for fact in await school.store.check() if fact.subject == "alerts")


async def test_a_warned_target_is_nobody_who_can_act(school: School) -> None:
    school.discord.refuses = {f"@{key}" for key in ROSTER.people if key != "coach"}
    case = await school.flag(THREAT, mentions=("@coach",))
    for _ in range(TRIES):
        await school.settle(minutes=2)
    assert school.told() == ["coach"]
    assert await school.events(case) == [EventKind.UNREACHED]


async def test_two_errands_about_one_case_show_its_card_once(school: School) -> None:
    case = await school.flag()
    await school.store.cases.append(
        NewEvent(case, 0, CaseEvent(EventKind.REPORTED, school.clock()), errands=(ErrandKind.TELL,))
    )
    now = school.clock()
    assert sum(await asyncio.gather(*(school.errands.carry_out_due(now) for _ in range(3)))) == 2
    assert school.told() == ["principal"]


async def test_an_alert_channel_is_emptied_once_a_report_accuses_one_of_its_readers(school: School) -> None:
    await school.store.registry.replace(replace(ROSTER, sites=with_site(alert_channel=ALERTS)))
    await school.flagged()
    assert school.told() == ["alert channel"]
    await school.command("reporter", "report", comment(1))
    await school.submit("reporter", "report", school.discord.forms[-1][1].token, what="it was me", target="@assistant")
    await school.settle()
    assert school.told() == ["alert channel", "principal"]
    assert words(school.all()[0].card).strip() == "This alert is with someone else now."


async def test_a_comment_that_the_platform_will_not_remove_is_left_to_people(school: School) -> None:
    case = await school.flagged()
    await school.submit("principal", "removal", case.hex, rule="bullying", reason="because")
    school.discord.failures = 100
    for _ in range(TRIES):
        await school.settle(minutes=5)
    school.discord.failures = 0
    await school.settle(minutes=5)
    assert (await school.events(case))[-1] == EventKind.BY_HAND
    assert "by hand" in words(school.cards("principal")[0])


async def test_whoever_has_no_account_is_passed_over(school: School) -> None:
    people = {**ROSTER.people, "principal": replace(ROSTER.people["principal"], accounts={"slack": "U1"})}
    await school.store.registry.replace(replace(ROSTER, people=people))
    await school.flagged()
    assert school.told() == ["assistant"]
    assert "Ana Pryce" in words(school.cards("assistant")[0])


async def test_a_district_without_anybody_is_no_crash(school: School) -> None:
    await school.store.registry.replace(replace(ROSTER, people={}))
    case = await school.flagged()
    assert (school.told(), await school.events(case)) == ([], [EventKind.UNREACHED])


ALERTS = ChannelRef("discord", "900", "99")


async def test_the_alert_channel_stands_in_for_the_sites_people(school: School) -> None:
    await school.store.registry.replace(replace(ROSTER, sites=with_site(alert_channel=ALERTS)))
    await school.flagged(THREAT)
    assert school.told() == ["alert channel", "local-district"]


@pytest.mark.parametrize("trouble", ["open", "owner", "barred", "silent"])
async def test_the_alert_channel_is_not_used_where_a_barred_person_could_read(school: School, trouble: str) -> None:
    await school.store.registry.replace(replace(ROSTER, sites=with_site(alert_channel=ALERTS)))
    facts = school.discord.facts
    if trouble == "open":
        school.discord.facts = replace(facts, open_to=(Outsiders.EVERYONE,))
    if trouble == "owner":
        school.discord.facts = replace(facts, administrators=frozenset({"77"}))
    if trouble == "silent":
        school.discord.failures = 1
    await school.flagged(author=Author("@coach" if trouble == "barred" else "77"))
    assert school.told() == ["principal"]


async def test_without_permission_there_are_no_words_and_with_it_they_are_marked_and_written_down(
    school: School,
) -> None:
    case = await school.flagged(text="bad secret words")
    assert school.cards("principal")[0].quote is None
    assert [row.act for row in await school.rows(schema.custody)] == ["sealed"]
    await school.press("principal", Verb.PERMIT, case)
    await school.submit("principal", "permit", case.hex, reason="to investigate")
    await school.settle()
    card = school.cards("principal")[0]
    assert card.quote is not None
    assert card.quote.text == "bad secret words"
    assert [card.quote.text[a:b] for a, b in card.quote.marks] == ["bad"]
    assert Verb.PERMIT not in verbs(card)
    sealed, permitted, opened = await school.rows(schema.custody)
    assert [row.act for row in (sealed, permitted, opened)] == ["sealed", "permitted", "opened"]
    assert (opened.case_id, opened.why) == (case, "excerpt on an alert card")
    assert opened.person is not None


async def test_standing_permission_shows_the_excerpt_at_once(school: School) -> None:
    sites = with_site(evidence_permission=EvidencePermission.STANDING)
    await school.store.registry.replace(replace(ROSTER, sites=sites))
    await school.flagged(text="bad " + "x" * 500)
    quote = school.cards("principal")[0].quote
    assert quote is not None
    assert len(quote.text) == 200


async def test_possible_sexual_content_shows_neither_words_nor_link_whatever_was_permitted(school: School) -> None:
    sites = with_site(evidence_permission=EvidencePermission.STANDING)
    await school.store.registry.replace(replace(ROSTER, sites=sites))
    await school.flagged(judged(Severity.CRITICAL, Category.SEXUAL), text="bad words")
    card = school.cards("principal")[0]
    assert (card.quote, card.link) == (None, None)
    assert "bad" not in words(card)
    assert [row.act for row in await school.rows(schema.custody)] == ["sealed"]
    await school.command("principal", "queue")
    assert "https" not in school.answer()


async def test_the_explanation_redraws_the_card_with_narrower_marks(school: School) -> None:
    sites = with_site(evidence_permission=EvidencePermission.STANDING)
    await school.store.registry.replace(replace(ROSTER, sites=sites))
    seen = comment(1, "oh you bad thing")
    wide = judged().findings[0]
    await school.flagged(judged(findings=(replace(wide, start=0, end=16),)), seen)
    quote = school.cards("principal")[0].quote
    assert quote is not None
    assert quote.marks == ()
    await school.store.explain(school.channel, seen, [replace(wide, start=7, end=10)])
    await school.settle()
    quote = school.cards("principal")[0].quote
    assert quote is not None
    assert quote.marks == ((7, 10),)
    assert school.told() == ["principal"]


async def test_a_comment_no_machine_could_read_asks_a_person_to_read_it_in_place(school: School) -> None:
    await school.store.record(replace(unscored(school.channel, comment(1, "secret")), at=school.clock()))
    await school.settle()
    card = school.cards("principal")[0]
    assert "please read it in place" in say(card.title, "en")
    assert verbs(card) == {Verb.ACKNOWLEDGE, Verb.DISMISS, Verb.CASE}
    assert card.link is not None
    assert "secret" not in words(card)


async def test_cards_that_cannot_be_redrawn_do_not_hold_up_the_others(school: School) -> None:
    case = await school.flagged(author=Author("@principal"))
    assert sorted(school.told()) == ["assistant", "local-district"]
    school.discord.refuses = {"@assistant"}
    await school.press("local-district", Verb.ACKNOWLEDGE, case)
    await school.settle()
    assert "is on it" in words(school.cards("local-district")[0])
    assert "is on it" not in words(school.cards("assistant")[0])
    school.discord.refuses = set()
    await school.settle(minutes=5)
    assert "is on it" in words(school.cards("assistant")[0])


async def test_a_mistake_in_one_errand_does_not_silence_the_others(
    school: School, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case = await school.flag(text="secret")
    await school.flag(text="secret too")
    read = school.book.read

    async def broken(asked: object) -> object:
        if asked == case:
            raise ValueError("it said: secret")
        return await read(asked)  # type: ignore[arg-type]

    monkeypatch.setattr(school.book, "read", broken)
    await school.settle()
    assert len(school.told()) == 1
    assert "secret" not in caplog.text
    monkeypatch.undo()
    await school.settle(minutes=5)
    assert len(school.told()) == 2


async def test_run_delivers_what_comes_in_and_ends_when_cancelled(school: School) -> None:
    running = asyncio.create_task(school.errands.run())
    await school.flag()
    await school.discord.first.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert school.told() == ["principal"]


async def test_two_deliverers_share_the_errands_and_show_each_card_once(tmp_path: Path, database: str) -> None:
    home = tmp_path / "home"
    async with open_store(home=home, url=database) as one, open_store(home=home, url=database) as other:
        school = await School(one).open()
        for number in range(12):
            await school.flag(text=f"bad {number}")
        deliverer = Deliverer(other, {"discord": school.discord}, PACK, school.clock)
        second = Errands(other, school.clock, deliverer.carriers)
        now = school.clock()
        counts = await asyncio.gather(school.errands.carry_out_due(now), second.carry_out_due(now))
        assert sum(counts) == 12
        assert school.told() == ["principal"] * 12
        assert len({card.buttons[0].token for card in school.cards("principal")}) == 12


async def test_a_lease_that_ends_amid_delivery_shows_nothing_twice_once_it_was_noted(school: School) -> None:
    await school.flag()
    (errand,) = await school.store.outbox.claim(school.clock())
    assert await school.errands._carried_out(errand) is None
    assert await school.settle() == 0, "the lease still runs"
    assert await school.settle(minutes=3) == 1
    assert school.told() == ["principal"]
