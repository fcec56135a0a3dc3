"""What people report, and what commands answer."""

from __future__ import annotations

import asyncio
import re

from bot.interface.texts import say, text
from tests.platforms.seen import Answer, Ref
from tests.platforms.stage import Stage

CRUEL = "what an idiot you are"
TOLD = "He does this every day and she cries. Zanzibar."
CODE = re.compile(r"R-[0-9A-Z]{6}")


def words_of(key: str, language: str = "en") -> str:
    """Return what the bot says."""
    return say(text(key), language)


async def a_report(stage: Stage, person: str, ref: Ref, **values: str) -> Answer:
    """Open the report form in a comment's menu, fill it in and send it."""
    form = (await stage.report(person, ref)).form
    return await stage.submit(person, form, {"what": TOLD, **values})


async def test_a_report_gets_a_receipt_and_reaches_the_administrator(stage: Stage) -> None:
    """Somebody uses “Report to school” on a comment → a form, a receipt with a code, a card for the administrator."""
    ref = await stage.say("parent", "families", "nobody wants your kid here")
    await stage.nothing_for("principal")
    form = (await stage.report("leader", ref)).form
    assert form.title == words_of("form.report.title")
    assert form.required == {"what"}
    receipt = await stage.submit("leader", form, {"what": TOLD, "unnamed": "yes"})
    assert CODE.search(receipt.words)
    assert words_of("report.sealed") in receipt.words
    card = await stage.card("principal")
    assert card.title == words_of("report.alert")
    assert card.quote == "nobody wants your kid here"
    assert {"acknowledge", "confirm", "dismiss", "removal", "open", "case"} == set(card.buttons)


async def test_the_reporters_name_is_on_no_card(stage: Stage) -> None:
    """A report reaches the school → who reported is on no card, in no list and in no answer."""
    ref = await stage.say("student", "class", "nobody wants you here")
    await a_report(stage, "friend", ref)
    card = await stage.card("principal")
    opened = await stage.press("principal", "open", card)
    queue = await stage.command("principal", "queue")
    assert TOLD in opened.words
    for seen in (card.everything, opened.words, queue.words, *(one.everything for one in stage.cards_of("teacher"))):
        assert "Maya" not in seen


async def test_what_reporters_wrote_is_for_those_who_decide(stage: Stage) -> None:
    """Somebody reported a comment → what they wrote is on no card; who may decide reads it behind a button."""
    ref = await stage.say("student", "class", "nobody wants you here")
    await a_report(stage, "friend", ref)
    card, teachers = await stage.card("principal"), await stage.card("teacher")
    assert "Zanzibar" not in card.everything + teachers.everything
    assert teachers.buttons == ()
    assert (await stage.press("principal", "open", card)).said.quote == TOLD


async def test_a_report_joins_the_case_that_is_there(stage: Stage) -> None:
    """A flagged comment is reported, too → no second case: its cards say that a person reported it."""
    ref = await stage.say("student", "class", CRUEL)
    card = await stage.card("principal")
    await a_report(stage, "friend", ref, removal="yes")
    shown = await stage.shows(card, words_of("alert.reported_one"))
    assert words_of("alert.removal_wanted") in shown.lines
    await a_report(stage, "teacher", ref)
    await stage.shows(card, "2 times")
    await stage.card("principal")


async def test_floods_of_reports_are_limited_kindly(stage: Stage) -> None:
    """Somebody sends a sixth report within ten minutes → kind words, and what they sent before stands."""
    ref = await stage.say("parent", "families", "nobody wants your kid here")
    for _ in range(5):
        assert CODE.search((await a_report(stage, "leader", ref)).words)
    assert words_of("report.too_many") in (await a_report(stage, "leader", ref)).words
    assert CODE.search((await a_report(stage, "parent", ref)).words)
    await stage.shows(await stage.card("principal"), "6 times")


async def test_reports_at_the_same_moment_make_one_card(stage: Stage) -> None:
    """Several people report the same comment at the same moment → one case, and one card for each who is told."""
    ref = await stage.say("student", "class", "nobody wants you here")
    people = ("friend", "teacher", "assistant")
    forms = [(person, (await stage.report(person, ref)).form) for person in people]
    await asyncio.gather(*(stage.submit(person, form, {"what": TOLD}) for person, form in forms))
    await stage.shows(await stage.card("principal"), "3 times")
    await stage.card("teacher")


async def test_a_comment_in_an_unregistered_channel_can_be_reported(stage: Stage) -> None:
    """A comment is reported where the bot does not read → only that comment is kept, and the school is told."""
    ref = await stage.say("parent", "boosters", "nobody wants your kid here")
    other = await stage.say("leader", "boosters", CRUEL)
    assert CODE.search((await a_report(stage, "leader", ref)).words)
    assert (await stage.card("principal")).quote == "nobody wants your kid here"
    await stage.say("parent", "boosters", CRUEL)
    assert not await stage.is_known(other)
    await stage.card("principal")


async def test_whom_a_report_is_about_is_not_told(stage: Stage) -> None:
    """A report is about the administrator → the supervisor is told, the administrator is not."""
    ref = await stage.say("friend", "class", "see you at three")
    form = (await stage.report("student", ref)).form
    await stage.submit("student", form, {"what": TOLD, "target": stage.place.accounts["principal"]})
    await stage.card("director")
    await stage.nothing_for("principal")


async def test_a_comment_deleted_meanwhile_is_kept_as_it_was(stage: Stage) -> None:
    """The comment is deleted while the report form is open → the report keeps it as it was."""
    ref = await stage.say("student", "class", "nobody wants you here")
    form = (await stage.report("friend", ref)).form
    await stage.delete("student", ref)
    await stage.submit("friend", form, {"what": TOLD})
    assert (await stage.card("principal")).quote == "nobody wants you here"


async def test_the_form_and_receipt_speak_the_reporters_language(stage: Stage) -> None:
    """The reporter reads Spanish → form and receipt are in Spanish, the administrator's card in theirs."""
    stage.speaks["leader"] = "es"
    ref = await stage.say("parent", "families", "nobody wants your kid here")
    form = (await stage.report("leader", ref)).form
    assert form.title == words_of("form.report.title", "es")
    receipt = await stage.submit("leader", form, {"what": TOLD})
    assert receipt.said.title == words_of("report.thanks", "es")
    assert (await stage.card("principal")).title == words_of("report.alert")


async def test_a_report_needs_no_comment(stage: Stage) -> None:
    """Somebody types the report command → the same form and receipt, and the school is told."""
    form = (await stage.command("parent", "report")).form
    assert CODE.search((await stage.submit("parent", form, {"what": TOLD})).words)
    assert (await stage.press("principal", "open", await stage.card("principal"))).said.quote == TOLD


async def test_everyone_may_read_the_guidelines_and_the_rules(stage: Stage) -> None:
    """Anyone asks for guidelines or rules → they are shown to that person alone, in their language."""
    before = stage.cards_in("families")
    stage.speaks["parent"] = "es"
    assert (await stage.command("leader", "netiquette")).said.title == words_of("netiquette.title")
    assert (await stage.command("parent", "netiquette")).said.title == words_of("netiquette.title", "es")
    assert words_of("alert.emergency") in (await stage.command("leader", "policy")).words
    assert stage.cards_in("families") == before
    assert stage.cards_of("leader") == stage.cards_of("parent") == []


async def test_lists_are_for_those_who_look_after_the_channel(stage: Stage) -> None:
    """Somebody without a role asks for the queue or a case → one kind sentence, no count and no list."""
    await stage.say("student", "class", CRUEL)
    await stage.card("principal")
    for name in ("queue", "case"):
        assert (await stage.command("parent", name)).words.strip() == words_of("desk.not_for_you")
    assert "room-12" in (await stage.command("principal", "queue")).words
    assert words_of("status.watched") in (await stage.command("teacher", "status")).words


async def test_reporters_hear_how_far_their_report_is(stage: Stage) -> None:
    """A person has looked at a report → whoever reported hears so, in fixed words, and “status” shows it."""
    ref = await stage.say("student", "class", "nobody wants you here")
    await a_report(stage, "friend", ref)
    card = await stage.card("principal")
    assert words_of("report.stage.received") in (await stage.command("friend", "status", room="class")).words
    await stage.decide("principal", "dismiss", card, reason="A line from the play.")
    told = await stage.card("friend")
    assert told.title == words_of("report.stage.reviewed")
    assert "play" not in told.everything
    assert words_of("report.stage.reviewed") in (await stage.command("friend", "status", room="class")).words


async def test_whoever_turns_on_a_reporter_is_noticed(stage: Stage) -> None:
    """Whoever was reported turns to who reported → a card of its own, which says only that somebody is protected."""
    ref = await stage.say("student", "class", "nobody wants you here")
    await a_report(stage, "friend", ref)
    await stage.card("principal")
    await stage.say("student", "class", "@Maya thank you so much")
    _, card = await stage.cards("principal", 2)
    assert words_of("alert.watch.retaliation") in card.lines
    assert card.quote is None
    assert "Maya" not in card.around
