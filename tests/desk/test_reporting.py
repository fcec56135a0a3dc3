"""Reports: sealed before anything else, receipted, joined to the case there is, routed past the accused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.desk.reporting import MOST
from bot.domain.comments import Author, ChannelRef, Comment, CommentRef
from bot.interface.cards import Verb
from bot.interface.forms import Form
from bot.interface.texts import say
from bot.store import schema
from tests.alerts.school import School, verbs, words
from tests.store.examples import ROOM, comment
from tests.store.opened import opened


async def form_about(school: School, about: Comment | None, by: str = "reporter") -> Form:
    await school.command(by, "report", about)
    return school.discord.forms[-1][1]


async def report(school: School, about: Comment | None, by: str = "reporter", **values: str) -> None:
    form = await form_about(school, about, by)
    await school.submit(by, "report", form.token, **({"what": "canary what"} | values))
    await school.settle()


async def test_a_report_seals_the_comment_gives_a_code_and_reaches_the_school(school: School) -> None:
    seen = comment(1, "canary words", attachments=())
    await report(school, seen, unnamed="on")
    assert "Your code\nR-" in school.answer()
    assert "Your name is sealed" in school.answer()
    assert school.told() == ["principal", "teacher"]
    card = school.cards("principal")[0]
    assert "Someone reported a comment" in words(card)
    assert card.link == seen.permalink
    assert "canary" not in words(card)
    (snapshot,) = await school.rows(schema.snapshots)
    assert (await opened(school.store, snapshot.id)).comment == seen


async def test_no_row_holds_who_reported_or_what_in_clear(school: School) -> None:
    await report(school, comment(1, "canary words"), by="canary-person", target="canary target")
    for table in schema.metadata.sorted_tables:
        assert "canary" not in repr(await school.rows(table)), table.name


async def test_a_report_about_a_flagged_comment_joins_its_case(school: School) -> None:
    case = await school.flagged()
    await report(school, comment(1, "bad words, edited", revision="2"), removal="on")
    assert [row.id for row in await school.rows(schema.flags)] == [case]
    assert school.told() == ["principal"]
    card = school.cards("principal")[0]
    assert "A person has reported this comment." in words(card)
    assert "asks to have the comment removed" in words(card)
    assert len(await school.rows(schema.snapshots)) == 2
    await school.press("principal", Verb.OPEN, case)
    assert "canary what" in school.answer()
    assert "reporter" not in school.answer()


async def test_the_machines_flag_still_finds_its_place_beside_a_report(school: School) -> None:
    await report(school, comment(1))
    await school.flag(seen=comment(1))
    assert len(await school.rows(schema.flags)) == 2


@pytest.mark.parametrize("values", [{"target": "@principal"}, {"what": "the principal shouts at me"}])
async def test_a_report_about_the_administrator_goes_to_whoever_stands_above(
    school: School, values: dict[str, str]
) -> None:
    await report(school, comment(1), **values)
    assert "principal" not in school.told()
    assert "local-district" in school.told()


async def test_a_report_takes_a_case_out_of_the_hands_of_whom_it_accuses(school: School) -> None:
    case = await school.flagged()
    assert school.told() == ["principal"]
    await report(school, comment(1), target="Ana Pryce")
    assert words(school.cards("principal")[0]).strip() == "This alert is with someone else now."
    assert "local-district" in school.told()
    await school.press("principal", Verb.DISMISS, case)
    assert "for other people to decide" in school.answer()


async def test_a_channel_on_no_register_gives_its_reported_comment_and_nothing_more(school: School) -> None:
    elsewhere = ChannelRef("discord", "900", "unregistered")
    await report(school, Comment(CommentRef(elsewhere, "5"), "words", Author("9")))
    assert school.told() == ["principal"]
    channel = next(one.registered for one in await school.store.channels.all() if one.registered.ref == elsewhere)
    assert not channel.watched


async def test_a_report_without_a_comment_stands_for_itself(school: School) -> None:
    await report(school, None)
    assert school.told() == ["principal", "teacher"]
    assert Verb.OPEN in verbs(school.cards("principal")[0])


async def test_a_flood_is_limited_kindly_and_each_person_for_themselves(school: School) -> None:
    for number in range(MOST):
        await report(school, comment(number))
    await report(school, comment(99))
    assert "we have them all" in school.answer()
    await report(school, comment(99), by="someone else")
    assert "Your code" in school.answer()
    school.clock.forward(minutes=11)
    await report(school, comment(100))
    assert "Your code" in school.answer()
    assert len(await school.rows(schema.reports)) == MOST + 2


async def test_an_empty_report_can_be_sent_again_and_an_old_form_says_so(school: School) -> None:
    form = await form_about(school, comment(1))
    await school.submit("reporter", "report", form.token, what="  ")
    assert "write what happened" in school.answer()
    await school.submit("reporter", "report", form.token, what="this happened")
    assert "Your code" in school.answer()
    await school.submit("reporter", "report", form.token, what="twice")
    assert "open for too long" in school.answer()
    stale = await form_about(school, comment(2))
    school.clock.forward(hours=1)
    await school.submit("reporter", "report", stale.token, what="late")
    assert "open for too long" in school.answer()
    assert len(await school.rows(schema.reports)) == 1


async def test_codes_that_collide_and_cases_that_change_are_tried_again(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = iter("AAAAAA" + "AAAAAA" + "BBBBBB")
    monkeypatch.setattr("bot.store.reports.secrets.choice", lambda _: next(letters))
    await report(school, comment(1))
    await report(school, comment(2))
    assert sorted(row.code for row in await school.rows(schema.reports)) == ["R-AAAAAA", "R-BBBBBB"]
    async with school.store._engine.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(schema.flags))).scalar_one() == 2


async def test_a_damaged_register_of_people_never_keeps_a_report_out(school: School) -> None:
    await school.store.registry.replace(replace(school.roster, people={}, sites={}))
    await report(school, comment(1, channel=ROOM.ref))
    assert "Your code" in school.answer()


async def own_reports(school: School, by: str) -> str:
    await school.command(by, "status")
    return school.answer()


async def test_reporters_hear_how_far_it_is_in_fixed_words_each_once(school: School) -> None:
    await report(school, comment(1))
    await report(school, comment(1), by="other")
    (case,) = [row.id for row in await school.rows(schema.flags)]
    assert "Received" in await own_reports(school, "reporter")
    await school.submit("principal", "confirm", case.hex, rule="bullying", reason="secret reason")
    await school.settle()
    await school.submit("principal", "removal", case.hex, rule="bullying", reason="secret reason")
    await school.settle()
    await school.submit("principal", "time_out", case.hex, hours="24", rule="bullying", reason="secret reason")
    await school.submit("principal", "close", case.hex, reason="secret reason")
    await school.settle(minutes=10)
    for person in ("reporter", "other"):
        told = [words(card) for card in school.cards(person)]
        assert [said.splitlines()[0] for said in told] == [
            "A person has looked at your report",
            "The comment that you reported was removed",
            "Your report is closed",
        ]
        for hidden in ("secret", "Ana Pryce", "Pat", "bullying", "time", "hours"):
            assert hidden not in "".join(told)
    assert "Your report is closed" in await own_reports(school, "reporter")
    assert "R-" not in await own_reports(school, "nobody")


async def test_a_reporter_who_cannot_be_reached_holds_nothing_up(school: School) -> None:
    await report(school, comment(1))
    (case,) = [row.id for row in await school.rows(schema.flags)]
    school.discord.refuses.add("@reporter")
    await school.submit("principal", "dismiss", case.hex, reason="fine")
    for _ in range(10):
        await school.settle(minutes=60)
    assert school.cards("reporter") == []
    assert "A person has looked" in await own_reports(school, "reporter")


async def test_a_report_about_a_dismissed_comment_opens_its_case_again(school: School) -> None:
    case = await school.flagged()
    await school.submit("principal", "dismiss", case.hex, reason="fine")
    await report(school, comment(1))
    await school.command("principal", "queue")
    assert case.hex[:8] in school.answer()
    await school.submit("principal", "confirm", case.hex, rule="bullying", reason="Now I see it.")
    assert (await school.events(case))[-1] == "confirmed"


async def test_a_later_report_bars_whom_it_accuses_even_after_a_review(school: School) -> None:
    """Somebody decided, so the accused were free: a new accusation is one that nobody has looked at yet."""
    case = await school.flagged()
    await school.submit("assistant", "dismiss", case.hex, reason="fine")
    await report(school, comment(1), target="@principal")
    assert words(school.cards("principal")[0]).strip() == "This alert is with someone else now."
    await school.submit("principal", "dismiss", case.hex, reason="about me")
    assert "for other people to decide" in school.answer()
    await school.submit("assistant", "dismiss", case.hex, reason="I looked again.")
    assert (await school.events(case))[-1] == "dismissed"


async def test_the_form_says_who_may_open_the_name(school: School) -> None:
    form = await form_about(school, comment(1))
    assert form.told is not None
    for language, told in (("en", "the law may require it"), ("es", "la ley puede exigirlo")):
        assert told in say(form.told, language)


async def test_when_the_evidence_is_gone_the_author_is_still_kept_out(school: School) -> None:
    case = await school.flagged(author=Author("@principal"))
    async with school.store._engine.begin() as connection:
        await connection.execute(schema.snapshots.update().values(wrapped_key=None, ciphertext=None))
    await school.command("principal", "queue")
    assert "Nothing waits" in school.answer()
    await school.submit("principal", "dismiss", case.hex, reason="about me")
    assert "for other people to decide" in school.answer()


async def test_a_report_that_names_everybody_still_reaches_the_safety_contact(school: School) -> None:
    await report(school, comment(1), what="Pryce, Soto, Director and Keeper, all of them", target="@safety-office")
    assert "safety-office" in school.told()
    assert not {"principal", "assistant", "local-district"} & set(school.told())
    (case,) = [row.id for row in await school.rows(schema.flags)]
    await school.submit("safety-office", "dismiss", case.hex, reason="nobody is named for a reason")
    assert (await school.events(case))[-1] == "dismissed"


async def test_what_a_report_says_is_never_shown_from_memory_to_whom_it_accuses(school: School) -> None:
    case = await school.flagged()
    await report(school, comment(1), what="canary one")
    await school.command("other", "report", comment(1))
    token = school.discord.forms[-1][1].token
    await school.submit("other", "report", token, what="canary two: Ana Pryce shouts at us")
    await school.press("principal", Verb.OPEN, case)
    assert "canary" not in school.answer()
